import type { Random } from "@vonk/common/internal";
import type { JobSubmission } from "../../message/job.ts";
import type { JobSelector } from "../../scheduler/scheduler-event.ts";
import { narrowParents } from "../../scheduler/narrow-parents.ts";
import { StorageLevels } from "../../storage/storage-level.ts";
import { LineageBuilder, type RDDExtras } from "../lineage-builder.ts";

/** What the simulated user does, and when. */
export interface Workload {
  readonly lineage: LineageBuilder;
  readonly jobs: readonly { readonly atMs: number; readonly submission: JobSubmission }[];
  readonly cancellations: readonly { readonly atMs: number; readonly selector: JobSelector }[];
  readonly unpersists: readonly { readonly atMs: number; readonly rddId: number }[];
  /** A partition whose tasks fail always; jobs that compute it cannot succeed. */
  readonly poison: { readonly rddId: number; readonly partition: number } | undefined;
}

/** Property of jobs whose tasks ask before they commit their output. */
export const commitProperty = "simulated.commit";

/**
 * A random lineage (chains, diamonds, unions, reused shuffles, cached RDDs) and a few jobs on it.
 * @param rarities draws what not every seed has: barrier stages, records that are not computed again as they were
 * @param sizes draws how many cores tasks take
 */
export function randomWorkload(random: Random, rarities: Random, sizes: Random): Workload {
  const lineage = randomLineage(random, rarities, sizes);
  const count = 1 + random.nextInt(8);
  const jobs = Array.from({ length: count }, (_, jobId) => ({ atMs: random.nextInt(7000), submission: randomJob(lineage, jobId, random) }));
  const cancellations = random.next() < 0.3 ? [{ atMs: random.nextInt(6000), selector: randomSelector(random, count) }] : [];
  const unpersists = random.next() < 0.3 ? [{ atMs: random.nextInt(6000), rddId: random.nextInt(lineage.rdds.size) }] : [];
  const poisoned = random.nextInt(lineage.rdds.size);
  const partitions = lineage.rdds.get(poisoned)?.numPartitions ?? 0;
  const poison = random.next() < 0.05 && partitions > 0 ? { rddId: poisoned, partition: random.nextInt(partitions) } : undefined;
  return { lineage, jobs, cancellations, unpersists, poison };
}

function randomLineage(random: Random, rarities: Random, sizes: Random): LineageBuilder {
  const sizeRate = sizes.next() < 0.3 ? 0.3 : 0;
  const barrierRate = rarities.next() < 0.3 ? 0.15 : 0;
  const effects = rarities.next() < 0.4 ? randomEffects : [undefined];
  const rare = (): RDDExtras => {
    const effect = effects[rarities.nextInt(effects.length)];
    return {
      ...(rarities.next() < barrierRate ? { isBarrier: true } : {}),
      ...(effect === undefined ? {} : { effect }),
      ...(sizes.next() < sizeRate ? { resources: { profileId: 1, cpus: 1 + sizes.nextInt(3) } } : {}),
    };
  };
  const lineage = new LineageBuilder();
  for (let count = 1 + random.nextInt(2); count > 0; count--) lineage.source(1 + random.nextInt(8));
  for (let count = 3 + random.nextInt(14); count > 0; count--) grow(lineage, random, rare());
  return lineage;
}

const randomEffects = [undefined, undefined, "unordered", "orderSensitive", "ordered", "indeterminate"] as const;

function grow(lineage: LineageBuilder, random: Random, rare: RDDExtras): void {
  const ids = [...lineage.rdds.keys()];
  // New RDDs mostly build on the newest, so that lineages get long.
  const pick = (): number => ids[random.next() < 0.6 ? ids.length - 1 : random.nextInt(ids.length)] ?? 0;
  const parent = pick();
  const width = lineage.rdds.get(parent)?.numPartitions ?? 1;
  const level: RDDExtras = random.next() < 0.35 ? { storageLevel: StorageLevels.MEMORY_ONLY } : {};
  const extras: RDDExtras = { ...level, ...rare };
  const kind = random.nextInt(6);
  if (kind === 0) lineage.narrow([parent], extras);
  else if (kind === 1) lineage.shuffled([parent], 1 + random.nextInt(6), extras);
  else if (kind === 2) lineage.shuffled([parent, pick()], 1 + random.nextInt(4), extras);
  else if (kind === 3)
    lineage.narrow([parent, ids.findLast((id) => id !== parent && lineage.rdds.get(id)?.numPartitions === width) ?? parent], extras);
  else if (kind === 4) union(lineage, parent, pick(), extras);
  else reuse(lineage, parent, extras, random);
}

function union(lineage: LineageBuilder, first: number, second: number, extras: RDDExtras): void {
  const length = lineage.rdds.get(first)?.numPartitions ?? 0;
  const more = lineage.rdds.get(second)?.numPartitions ?? 0;
  if (length + more > 16) return;
  const parents = [
    { rddId: first, mapping: { kind: "range", inStart: 0, outStart: 0, length } as const },
    { rddId: second, mapping: { kind: "range", inStart: 0, outStart: length, length: more } as const },
  ];
  lineage.narrow(parents, { ...extras, numPartitions: length + more });
}

/** Reads a shuffle that another RDD reads too, or gathers the parent's partitions in groups. */
function reuse(lineage: LineageBuilder, parent: number, extras: RDDExtras, random: Random): void {
  const shuffle = lineage.shuffles.get(random.nextInt(Math.max(lineage.shuffles.size, 1)));
  if (shuffle !== undefined) {
    lineage.reading([shuffle.shuffleId], shuffle.numReducers, extras);
    return;
  }
  const width = lineage.rdds.get(parent)?.numPartitions ?? 0;
  const groups = [Array.from({ length: width }, (_, index) => index)];
  lineage.narrow([{ rddId: parent, mapping: { kind: "groups", groups } }], { ...extras, numPartitions: 1 });
}

function randomJob(lineage: LineageBuilder, jobId: number, random: Random): JobSubmission {
  const ids = [...lineage.rdds.keys()];
  const rddId = ids[random.next() < 0.5 ? ids.length - 1 : random.nextInt(ids.length)] ?? 0;
  const properties: Record<string, string> = {
    "spark.jobGroup.id": `group${random.nextInt(2)}`,
    "spark.job.tags": `tag${random.nextInt(2)}`,
  };
  if (random.next() < 0.5) properties["spark.scheduler.pool"] = `pool${random.nextInt(3)}`;
  if (random.next() < 0.3) properties[commitProperty] = "true";
  const all = Array.from({ length: lineage.rdds.get(rddId)?.numPartitions ?? 0 }, (_, index) => index);
  const chance = random.next();
  if (chance < 0.7) return lineage.job(rddId, { jobId, properties });
  // Some of the partitions, none, or one of them twice.
  const some = all.filter(() => random.next() < 0.5);
  return lineage.job(rddId, { jobId, properties, partitions: chance < 0.9 ? some : [...some, ...some.slice(0, 1)] });
}

function randomSelector(random: Random, jobs: number): JobSelector {
  const kinds: readonly JobSelector[] = [
    { kind: "job", jobId: random.nextInt(jobs) },
    { kind: "stage", stageId: random.nextInt(6) },
    { kind: "group", groupId: `group${random.nextInt(2)}` },
    { kind: "tag", tag: `tag${random.nextInt(2)}` },
    { kind: "all" },
  ];
  return kinds[random.nextInt(kinds.length)] ?? { kind: "all" };
}

/** Mixes a value into a hash; the order of mixing matters, so a partition read twice or from the wrong place shows. */
export function mix(hash: number, value: number): number {
  const product = Math.imul(hash ^ value, 0x9e3779b1);
  return ((product ^ (product >>> 15)) + 0x7f4a7c15) >>> 0;
}

/** The value of a partition as its lineage defines it; undefined when it depends on the poisoned one. */
export function expectedValue(
  workload: Workload,
  rddId: number,
  partition: number,
  memo: Map<string, number | undefined> = new Map(),
): number | undefined {
  const key = `${rddId}.${partition}`;
  if (memo.has(key)) return memo.get(key);
  let hash: number | undefined = mix(rddId, partition);
  if (workload.poison?.rddId === rddId && workload.poison.partition === partition) hash = undefined;
  for (const dependency of workload.lineage.rdds.get(rddId)?.dependencies ?? []) {
    const isShuffle = dependency.kind === "shuffle";
    const parents = isShuffle
      ? Array.from({ length: workload.lineage.rdds.get(dependency.rddId)?.numPartitions ?? 0 }, (_, index) => index)
      : narrowParents(dependency.mapping, partition);
    for (const parent of parents) {
      const value = expectedValue(workload, dependency.rddId, parent, memo);
      if (hash === undefined || value === undefined) hash = undefined;
      else hash = mix(hash, isShuffle ? mix(value, partition) : value);
    }
  }
  memo.set(key, hash);
  return hash;
}
