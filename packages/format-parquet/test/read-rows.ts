import { type SQLValue, vectorMemory, vectorReader } from "@vonk/columnar/internal";
import { BumpArena, decodeRowGroup, type ParquetMetadata, type ParquetSource, readParquetMetadata } from "../src/internal.ts";

/** An arena over a memory of its own. */
export function testArena(bytes: number): BumpArena {
  const pages = Math.ceil(bytes / 65_536) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return new BumpArena(memory, 64, pages * 65_536 - 64);
}

/** The values of a column in all row groups. */
export function columnValues(source: ParquetSource, metadata: ParquetMetadata, column: string, arena: BumpArena): SQLValue[] {
  return metadata.rowGroups.flatMap((_, group) => {
    arena.reset();
    const [vector] = decodeRowGroup(source, metadata, group, [column], arena).columns;
    if (vector === undefined) return [];
    const read = vectorReader(vector, vectorMemory(arena.memory.buffer));
    return Array.from({ length: vector.length }, (__, row) => read(row));
  });
}

/** All columns of a file by name. */
export function fileValues(source: ParquetSource, arena: BumpArena): Record<string, SQLValue[]> {
  const metadata = readParquetMetadata(source);
  return Object.fromEntries(metadata.schema.fields.map(({ name }) => [name, columnValues(source, metadata, name, arena)]));
}
