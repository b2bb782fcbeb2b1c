import {
  asList,
  type ColumnBatch,
  MapValue,
  type SQLRow,
  type SQLValue,
  type StructType,
  VariantValue,
  type VectorMemory,
  vectorReader,
} from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { writeBloomHeader } from "../bloom/bloom-header.ts";
import type { FileRange } from "../metadata/parquet-metadata.ts";
import type { BloomOptions } from "./bloom-builder.ts";
import { ChunkWriter, type PageLimits } from "./chunk-writer.ts";
import type { ParquetWriteCodec } from "./compress-page.ts";
import { writeFooter, type WrittenPlace, type WrittenRowGroup } from "./write-footer.ts";
import { type WriteNode, writePlan, type WritePlan } from "./write-node.ts";
import { writeColumnIndex, writeOffsetIndex } from "./write-page-index.ts";

/** How a file is written. Sizes are limits that are checked now and then. */
export interface ParquetWriteOptions extends Partial<PageLimits> {
  /** `snappy` unless said. */
  readonly codec?: ParquetWriteCodec;
  readonly rowGroupRowsMax?: number;
  /** Compressed bytes, roughly. */
  readonly rowGroupBytesMax?: number;
  readonly keyValues?: Readonly<Record<string, string>>;
  /** Which columns have Bloom filters, by the names of their groups and their own with points between them. */
  readonly bloomFilters?: (column: string) => BloomOptions | undefined;
}

const defaults = {
  codec: "snappy",
  rowGroupRowsMax: 1 << 20,
  rowGroupBytesMax: 128 << 20,
  pageValuesMax: 20_000,
  pageBytesMax: 1 << 20,
  dictionaryBytesMax: 1 << 20,
  keyValues: {},
  bloomFilters: () => undefined,
} as const;

const magic = Buffer.from("PAR1");

/** Rows after which the size of a row group is looked at. */
const checkRows = 1024;

/**
 * Writes one Parquet file, as Spark does: pages of version 1, dictionaries where they pay, statistics of chunks and pages. `write` is given the bytes in their order
 * and keeps none of the arrays. A row group is held in memory until it is whole.
 */
export class ParquetWriter {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #schema: StructType;
  readonly #plan: WritePlan;
  readonly #options: typeof defaults | Required<ParquetWriteOptions>;
  readonly #groups: WrittenRowGroup[] = [];
  #chunks: ChunkWriter[];
  #rows = 0;
  #position = 0;

  /** @throws PARQUET_TYPE_NOT_WRITABLE */
  constructor(schema: StructType, write: (bytes: Uint8Array) => void, options: ParquetWriteOptions = {}) {
    this.#schema = schema;
    this.#plan = writePlan(schema);
    this.#options = { ...defaults, ...options };
    this.#write = write;
    this.#chunks = this.#newChunks();
    this.#emit(magic);
  }

  /** Appends rows, whose values are in the order of the schema's fields. */
  writeRows(rows: Iterable<SQLRow>): void {
    const { columns } = this.#plan;
    for (const row of rows) {
      columns.forEach((node, index) => this.#shred(node, row[index] ?? null, 0, 0));
      this.#endRow();
    }
  }

  /** Appends the rows of a batch, whose columns are in the order of the schema's fields. */
  writeBatch(batch: ColumnBatch, memory: VectorMemory): void {
    const readers = batch.columns.map((vector) => vectorReader(vector, memory));
    const { columns } = this.#plan;
    for (let row = 0; row < batch.length; row++) {
      columns.forEach((node, index) => this.#shred(node, readers[index]?.(row) ?? null, 0, 0));
      this.#endRow();
    }
  }

  /** Ends the file; gives its size in bytes. */
  close(): number {
    if (this.#rows > 0) this.#endRowGroup();
    this.#emitPageIndexes();
    const footer = writeFooter(this.#schema, this.#plan, this.#groups, this.#options);
    this.#emit(footer);
    const tail = Buffer.alloc(8);
    tail.writeUInt32LE(footer.byteLength, 0);
    tail.set(magic, 4);
    this.#emit(tail);
    return this.#position;
  }

  #newChunks(): ChunkWriter[] {
    const { codec, bloomFilters } = this.#options;
    return this.#plan.leaves.map((leaf) => new ChunkWriter(leaf, codec, this.#options, bloomFilters(leaf.path.join("."))));
  }

  #emit(bytes: Uint8Array): void {
    this.#write(bytes);
    this.#position += bytes.byteLength;
  }

  #emitRange(...parts: readonly Uint8Array[]): FileRange {
    const position = this.#position;
    for (const part of parts) this.#emit(part);
    return { position, bytes: this.#position - position };
  }

  /** The indexes of all chunks, those of values first, as readers expect that want few of them. */
  #emitPageIndexes(): void {
    const chunks = this.#groups.flatMap((group) => group.chunks);
    const { leaves } = this.#plan;
    for (const [index, place] of chunks.entries()) {
      const leaf = leaves[index % leaves.length];
      const bytes = leaf === undefined ? undefined : writeColumnIndex(leaf, place.chunk.index);
      if (bytes !== undefined) place.columnIndex = this.#emitRange(bytes);
    }
    for (const place of chunks) {
      place.offsetIndex = this.#emitRange(writeOffsetIndex(place.chunk.index, place.position + place.chunk.dataOffset));
    }
  }

  /** Takes a value apart: `definition` is the level that what holds it has reached. */
  #shred(node: WriteNode, value: SQLValue, repetition: number, definition: number): void {
    if (value === null) return this.#shredNull(node, repetition, definition);
    if (node.kind === "leaf") return this.#chunk(node.leaf.index).add(repetition, value);
    if (node.kind === "struct") {
      const fields = node.isVariant ? variantParts(value) : asList(value);
      node.children.forEach((child, index) => this.#shred(child, fields[index] ?? null, repetition, node.definition));
      return;
    }
    const lists = node.isMap ? mapParts(value) : [asList(value)];
    const length = lists[0]?.length ?? 0;
    if (length === 0) return this.#shredNull(node, repetition, node.definition);
    for (let index = 0; index < length; index++) {
      const level = index === 0 ? repetition : node.repetition;
      node.children.forEach((child, part) => this.#shred(child, lists[part]?.[index] ?? null, level, node.definition + 1));
    }
  }

  #shredNull(node: WriteNode, repetition: number, definition: number): void {
    if (node.kind === "leaf") this.#chunk(node.leaf.index).addNull(repetition, definition);
    else for (const child of node.children) this.#shredNull(child, repetition, definition);
  }

  #chunk(leaf: number): ChunkWriter {
    const chunk = this.#chunks[leaf];
    assert(chunk !== undefined, "each column has a chunk");
    return chunk;
  }

  #endRow(): void {
    this.#rows++;
    const { rowGroupRowsMax, rowGroupBytesMax } = this.#options;
    const isTooLarge = this.#rows % checkRows === 0 && this.#chunks.reduce((sum, chunk) => sum + chunk.bytes, 0) >= rowGroupBytesMax;
    if (isTooLarge || this.#rows >= rowGroupRowsMax) this.#endRowGroup();
  }

  #endRowGroup(): void {
    const chunks: WrittenPlace[] = [];
    const blooms: (Uint8Array | undefined)[] = [];
    for (const writer of this.#chunks) {
      const { pages, bloom, ...chunk } = writer.finish();
      chunks.push({ chunk: { ...chunk, pages: [] }, position: this.#position });
      blooms.push(bloom);
      for (const page of pages) this.#emit(page);
    }
    for (const [index, place] of chunks.entries()) {
      const bits = blooms[index];
      if (bits !== undefined) place.bloomFilter = this.#emitRange(writeBloomHeader(bits.byteLength), bits);
    }
    this.#groups.push({ rows: this.#rows, chunks });
    this.#chunks = this.#newChunks();
    this.#rows = 0;
  }
}

function variantParts(value: SQLValue): readonly SQLValue[] {
  assert(value instanceof VariantValue, "a value of a variant column is a variant");
  return [value.value, value.metadata];
}

function mapParts(value: SQLValue): readonly (readonly SQLValue[])[] {
  assert(value instanceof MapValue, "a value of a map column is a map");
  return [value.keys, value.values];
}
