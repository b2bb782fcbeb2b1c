import { joinPath, partName } from "@vonk/filesystem/internal";
import type { FilesArgs } from "../compute/files.ts";
import type { SparkContext } from "../context/spark-context.ts";
import { coreErrors } from "../errors.ts";
import type { PreparedRDD, RDD } from "./rdd.ts";
import { savePartitions } from "./save-actions.ts";

/** What is known of an RDD's checkpoint: asked for, being written, or there. */
export interface Checkpoint {
  readonly kind: "reliable" | "local";
  state: "marked" | "writing" | "done";
  /** The folder of a reliable one, once it is written. */
  path?: string;
  /** The stored copy's place in the lineage, once it is written: Spark has an RDD for it. */
  copy?: { readonly rddId: number; readonly callSite: string };
}

/** Checkpoints asked for and not written, by context; most jobs have none to look for. */
const marked = new WeakMap<SparkContext, Set<RDD<unknown>>>();

/** Asks for a checkpoint, to be written after the next job. */
export function markCheckpoint(rdd: RDD<unknown>): void {
  const waiting = marked.get(rdd.context) ?? new Set();
  marked.set(rdd.context, waiting.add(rdd));
}

/** RDDs of a lineage that wait for their checkpoint, the nearest first; behind one of them nothing is looked for. */
export function waitingCheckpoints(rdd: RDD<unknown>): readonly RDD<unknown>[] {
  const waiting = marked.get(rdd.context);
  if (waiting === undefined || waiting.size === 0) return [];
  const found: RDD<unknown>[] = [];
  const seen = new Set<RDD<unknown>>();
  const open = [rdd];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    if (waiting.has(next)) found.push(next);
    else if (next.isPrepared) for (const dependency of next.prepared.dependencies) open.push(dependency.rdd);
  }
  return found;
}

/** The stored copy as Spark's lineage shows it. */
export function describeCopy({ kind, copy }: Checkpoint): string | undefined {
  if (copy === undefined) return undefined;
  return `${kind === "local" ? "LocalCheckpointRDD" : "ReliableCheckpointRDD"}[${copy.rddId}] at ${copy.callSite} []`;
}

/** Stores the records for good and gives the RDD's new properties: without parents, reading what was stored. */
export async function writeCheckpoint(rdd: RDD<unknown>, checkpoint: Checkpoint): Promise<PreparedRDD> {
  const prepared = checkpoint.kind === "local" ? await storeBlocks(rdd) : await writeFiles(rdd, checkpoint);
  marked.get(rdd.context)?.delete(rdd);
  return prepared;
}

/** @throws CHECKPOINT_DIR_MISSING */
export function checkpointFolder(rdd: RDD<unknown>): string {
  const folder = rdd.context.getCheckpointDir();
  if (folder === undefined) throw coreErrors.create("CHECKPOINT_DIR_MISSING", {});
  return joinPath(folder, rdd.context.applicationId, `rdd-${rdd.id}`);
}

async function writeFiles(rdd: RDD<unknown>, checkpoint: Checkpoint): Promise<PreparedRDD> {
  const { context } = rdd;
  const folder = checkpointFolder(rdd);
  const files = await context.fileSystems.get(folder);
  const path = files.qualify(folder);
  await savePartitions(rdd, path, { format: "blocks" }, { callSite: `checkpoint of ${rdd.toString()}` });
  const { numPartitions } = rdd.prepared;
  const sizes = new Map((await files.list(path)).map((file) => [file.path, file.bytes]));
  const splits = Array.from({ length: numPartitions }, (_, partition) => {
    const part = joinPath(path, partName(partition));
    return [{ path: part, start: 0, bytes: sizes.get(part) ?? 0 }];
  });
  checkpoint.path = path;
  const args: FilesArgs = { format: "blocks", splits };
  return detached(rdd, { kind: "files", parents: [], args: () => args });
}

/** Computes what the first job left out; every partition is in the block manager then. */
async function storeBlocks(rdd: RDD<unknown>): Promise<PreparedRDD> {
  const callSite = `localCheckpoint of ${rdd.toString()}`;
  await rdd.context.runBuiltin(rdd, "localCheckpoint", "isEmpty", undefined, { callSite });
  return detached(rdd, { kind: "lost", parents: [], args: () => ({}) });
}

function detached(rdd: RDD<unknown>, node: PreparedRDD["node"]): PreparedRDD {
  const { numPartitions, partitioner } = rdd.prepared;
  return { numPartitions, dependencies: [], node, ...(partitioner === undefined ? {} : { partitioner }) };
}
