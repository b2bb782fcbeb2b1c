import { assert } from "@vonk/common/internal";
import { checksum, type SQLValue } from "@vonk/columnar/internal";
import { levelWidth } from "../column/level-decoder.ts";
import { ByteSink } from "../encoding/byte-sink.ts";
import { encodeHybrid } from "../encoding/hybrid-encoder.ts";
import { encoding, pageType } from "../metadata/parquet-enums.ts";
import { CompactWriter } from "../thrift/compact-writer.ts";
import { ChunkStatistics } from "./chunk-statistics.ts";
import { BloomBuilder, type BloomOptions } from "./bloom-builder.ts";
import { compressPage, type ParquetWriteCodec } from "./compress-page.ts";
import type { LeafPlan } from "./write-node.ts";
import type { WrittenPage } from "./write-page-index.ts";

/** Bounds of the pages of a chunk. */
export interface PageLimits {
  readonly pageValuesMax: number;
  readonly pageBytesMax: number;
  /** A dictionary that is larger is not added to; 0 for none. */
  readonly dictionaryBytesMax: number;
}

/** What the footer says of a chunk; positions count from the chunk's begin. */
export interface WrittenChunk {
  readonly pages: readonly Uint8Array[];
  readonly values: number;
  readonly uncompressedBytes: number;
  readonly compressedBytes: number;
  /** Where the first page of values lies. */
  readonly dataOffset: number;
  readonly encodings: readonly number[];
  readonly statistics: ChunkStatistics;
  /** What is known of each page of values. */
  readonly index: readonly WrittenPage[];
  /** The bits of its Bloom filter, when there is one. */
  readonly bloom?: Uint8Array;
}

/**
 * Collects the values and levels of a column in a row group. A page is encoded by a dictionary until that is too large; when the first page has
 * more than half as many different values as values, the chunk has no dictionary at all.
 */
export class ChunkWriter {
  readonly #leaf: LeafPlan;
  readonly #codec: ParquetWriteCodec;
  readonly #limits: PageLimits;
  readonly #statistics: ChunkStatistics;
  readonly #pages: Uint8Array[] = [];
  readonly #encodings = new Set<number>();
  readonly #dictionary = new ByteSink();
  readonly #codes = new Map<SQLValue, number>();
  readonly #bloom: BloomBuilder | undefined;
  readonly #index: WrittenPage[] = [];
  /** The page in which each value of the dictionary was met last. */
  readonly #lastPages: number[] = [];
  #page: ChunkStatistics;
  #rows = 0;
  #pageStart = 0;
  #isDictionaryOpen: boolean;
  #definitions: number[] = [];
  #repetitions: number[] = [];
  #values: SQLValue[] = [];
  #pageBytes = 0;
  #count = 0;
  #uncompressed = 0;
  #compressed = 0;

  constructor(leaf: LeafPlan, codec: ParquetWriteCodec, limits: PageLimits, bloom?: BloomOptions) {
    this.#leaf = leaf;
    this.#codec = codec;
    this.#limits = limits;
    this.#statistics = new ChunkStatistics(leaf.writer);
    this.#page = new ChunkStatistics(leaf.writer);
    this.#bloom = bloom === undefined ? undefined : new BloomBuilder(leaf, bloom);
    this.#isDictionaryOpen = limits.dictionaryBytesMax > 0 && leaf.writer.type !== "BOOLEAN";
  }

  /** Bytes of all pages so far, roughly. */
  get bytes(): number {
    return this.#compressed + this.#pageBytes;
  }

  /** Adds what is missing at a level. */
  addNull(repetition: number, definition: number): void {
    assert(definition < this.#leaf.definition, "a value that may not be null is not");
    this.#level(repetition, definition);
    this.#page.nulls++;
  }

  /** Adds a value that is not null. */
  add(repetition: number, value: SQLValue): void {
    this.#level(repetition, this.#leaf.definition);
    this.#values.push(value);
    this.#pageBytes += typeof value === "string" ? value.length + 4 : value instanceof Uint8Array ? value.byteLength + 4 : 8;
  }

  /** Ends the chunk. */
  finish(): WrittenChunk {
    this.#endPage();
    let dataOffset = 0;
    const pages = [...this.#pages];
    if (this.#codes.size > 0) {
      const page = this.#compress(pageType.dictionary, this.#dictionary.written(), (header) =>
        header.structField(7, () => {
          header.integerField(1, this.#codes.size);
          header.integerField(2, encoding.plain);
        }),
      );
      dataOffset = page.reduce((sum, part) => sum + part.byteLength, 0);
      pages.unshift(...page);
      this.#encodings.add(encoding.plain);
    }
    return {
      pages,
      values: this.#count,
      uncompressedBytes: this.#uncompressed,
      compressedBytes: this.#compressed,
      dataOffset,
      encodings: [...this.#encodings],
      statistics: this.#statistics,
      index: this.#index,
      ...(this.#bloom === undefined ? {} : { bloom: this.#bloom.finish() }),
    };
  }

  #level(repetition: number, definition: number): void {
    const { pageValuesMax, pageBytesMax } = this.#limits;
    // A page ends with a row.
    if (repetition === 0 && (this.#definitions.length >= pageValuesMax || this.#pageBytes >= pageBytesMax)) this.#endPage();
    if (repetition === 0) this.#rows++;
    this.#definitions.push(definition);
    this.#repetitions.push(repetition);
    this.#count++;
  }

  #endPage(): void {
    const values = this.#definitions.length;
    if (values === 0) return;
    const body = new ByteSink(this.#pageBytes + values + 64);
    encodeLevels(body, this.#repetitions, this.#leaf.repetition);
    encodeLevels(body, this.#definitions, this.#leaf.definition);
    const code = this.#encodeValues(body);
    this.#encodings.add(code).add(encoding.rle);
    const page = this.#compress(pageType.data, body.written(), (header) =>
      header.structField(5, () => {
        header.integerField(1, values);
        header.integerField(2, code);
        header.integerField(3, encoding.rle);
        header.integerField(4, encoding.rle);
      }),
    );
    this.#pages.push(...page);
    this.#statistics.merge(this.#page);
    const bytes = page[0].byteLength + page[1].byteLength;
    this.#index.push({ bytes, firstRow: this.#pageStart, statistics: this.#page });
    this.#page = new ChunkStatistics(this.#leaf.writer);
    this.#pageStart = this.#rows;
    this.#definitions = [];
    this.#repetitions = [];
    this.#values = [];
    this.#pageBytes = 0;
  }

  /** Appends the values of the page; gives their encoding. */
  #encodeValues(body: ByteSink): number {
    const codes = this.#isDictionaryOpen ? this.#dictionaryCodes() : undefined;
    if (codes !== undefined) {
      const width = Math.max(1, 32 - Math.clz32(this.#codes.size - 1));
      body.byte(width);
      encodeHybrid(body, codes, width);
      return encoding.rleDictionary;
    }
    const { writer } = this.#leaf;
    for (const value of this.#values) {
      this.#page.add(value);
      this.#bloom?.add(value);
    }
    if (writer.type === "BOOLEAN") encodeBooleans(body, this.#values);
    else for (const value of this.#values) writer.put(body, value);
    return encoding.plain;
  }

  #dictionaryCodes(): Uint32Array | undefined {
    const { writer } = this.#leaf;
    const page = this.#index.length;
    const codes = new Uint32Array(this.#values.length);
    this.#values.forEach((value, index) => {
      const key = keyOf(value);
      let code = this.#codes.get(key);
      if (code === undefined) {
        code = this.#codes.size;
        this.#codes.set(key, code);
        writer.put(this.#dictionary, value);
      }
      if (this.#lastPages[code] !== page) this.#page.add(value);
      if (this.#lastPages[code] === undefined) this.#bloom?.add(value);
      this.#lastPages[code] = page;
      codes[index] = code;
    });
    const isFirst = this.#pages.length === 0;
    this.#isDictionaryOpen = this.#dictionary.length <= this.#limits.dictionaryBytesMax;
    if (codes.length === 0) return undefined;
    if (!isFirst || this.#codes.size * 2 <= codes.length) return codes;
    this.#isDictionaryOpen = false;
    this.#codes.clear();
    this.#dictionary.clear();
    return undefined;
  }

  /** Header and compressed bytes of a page. */
  #compress(type: number, body: Uint8Array, fields: (header: CompactWriter) => void): readonly [Uint8Array, Uint8Array] {
    const compressed = compressPage(this.#codec, body);
    const header = new CompactWriter();
    header.struct(() => {
      header.integerField(1, type);
      header.integerField(2, body.byteLength);
      header.integerField(3, compressed.byteLength);
      header.integerField(4, checksum(compressed) | 0);
      fields(header);
    });
    const bytes = header.written();
    this.#uncompressed += bytes.byteLength + body.byteLength;
    this.#compressed += bytes.byteLength + compressed.byteLength;
    return [bytes, compressed];
  }
}

/** Zeros of both signs are two values, and bytes are equal by what they are. */
function keyOf(value: SQLValue): SQLValue {
  if (Object.is(value, -0)) return "-0";
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString("latin1") : value;
}

function encodeLevels(body: ByteSink, levels: readonly number[], levelMax: number): void {
  if (levelMax === 0) return;
  const encoded = new ByteSink();
  encodeHybrid(encoded, Uint32Array.from(levels), levelWidth(levelMax));
  body.u32(encoded.length);
  body.bytes(encoded.written());
}

function encodeBooleans(body: ByteSink, values: readonly SQLValue[]): void {
  for (let index = 0; index < values.length; index += 8) {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) if (values[index + bit] === true) byte |= 1 << bit;
    body.byte(byte);
  }
}
