import { type ColumnBatch, vectorMemory, vectorReader, type RowReader, type SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { createLocalFileSystem } from "@vonk/filesystem/internal";
import type { BatchReader, PartitionReader } from "@vonk/sql/spi";
import { type Arena, BumpArena } from "../memory/arena.ts";
import type { ParquetMetadata, RowGroup } from "../metadata/parquet-metadata.ts";
import { fileSource, type ParquetSource } from "../metadata/parquet-source.ts";
import { matchingRows } from "../pruning/matching-rows.ts";
import type { ParquetPredicate } from "../pruning/parquet-predicate.ts";
import { decodeRowGroup } from "../reader/decode-row-group.ts";
import { LateColumns } from "../reader/late-columns.ts";

/** What tasks need to read files: which columns, in which order, and the footers by path, without row groups. */
export interface ReadPlan {
  readonly columns: readonly string[];
  /** Of what row groups have beside statistics, which are looked at before. */
  readonly predicates: readonly ParquetPredicate[];
  readonly footers: Readonly<Record<string, ParquetMetadata>>;
}

/** A row group of a file, with the chunks that the plan's columns need. */
export interface FilePart {
  readonly path: string;
  readonly rowGroup: RowGroup;
}

/** Address space of a thread's columns: pages that are not touched cost nothing. */
const arenaBytes = 2 ** 30;
const pageBytes = 65_536;
const arenaStart = 64;

let arena: BumpArena | undefined;

/** A thread decodes one row group at a time, always into the same memory. */
function threadArena(): BumpArena {
  const pages = arenaBytes / pageBytes;
  return (arena ??= new BumpArena(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }), arenaStart, arenaBytes));
}

/** The rows of row groups, as the interpreter has them. */
export function readPartitions(plan: ReadPlan): PartitionReader {
  const files = createLocalFileSystem().sync;
  assert(files !== undefined, "local files are read synchronously");
  const late = new LateColumns(plan.columns, plan.predicates);
  return function* (_partition, parts) {
    for (const part of parts) {
      const { path, rowGroup } = part as FilePart;
      const metadata = plan.footers[path];
      assert(metadata !== undefined, "the plan has the footer of each file");
      if (plan.columns.length === 0) {
        for (let row = 0; row < rowGroup.rows; row++) yield [];
        continue;
      }
      const handle = files.openSync(path);
      try {
        const memory = threadArena();
        memory.reset();
        const batch = decodePart(fileSource(path, files, handle), { ...metadata, rowGroups: [rowGroup] }, plan, late, memory);
        if (batch !== undefined) yield* rowsOf(batch, memory);
      } finally {
        files.closeSync(handle);
      }
    }
  };
}

/** The columns of row groups, in the caller's memory. */
export function readBatches(plan: ReadPlan): BatchReader {
  const files = createLocalFileSystem().sync;
  assert(files !== undefined, "local files are read synchronously");
  const late = new LateColumns(plan.columns, plan.predicates);
  return function* (parts, memory) {
    for (const part of parts) {
      const { path, rowGroup } = part as FilePart;
      const metadata = plan.footers[path];
      assert(metadata !== undefined, "the plan has the footer of each file");
      const handle = files.openSync(path);
      try {
        memory.reset();
        const batch = decodePart(fileSource(path, files, handle), { ...metadata, rowGroups: [rowGroup] }, plan, late, memory);
        if (batch !== undefined) yield batch;
      } finally {
        files.closeSync(handle);
      }
    }
  };
}

/** The rows of a row group that may meet the plan's predicates; undefined when there are none. `metadata` has that row group alone. */
function decodePart(
  source: ParquetSource,
  metadata: ParquetMetadata,
  { columns, predicates }: ReadPlan,
  late: LateColumns,
  arena: Arena,
): ColumnBatch | undefined {
  if (predicates.length === 0) return decodeRowGroup(source, metadata, 0, columns, arena);
  const rows = matchingRows(source, metadata, 0, predicates);
  return rows.length === 0 ? undefined : late.decode(source, metadata, rows, arena);
}

function* rowsOf(batch: ColumnBatch, { memory }: Arena): Generator<SQLRow> {
  const views = vectorMemory(memory.buffer);
  const readers: RowReader[] = batch.columns.map((column) => vectorReader(column, views));
  for (let row = 0; row < batch.length; row++) yield readers.map((read) => read(row));
}
