import { batchShapeText, openBatchRecord } from "./batch-record.ts";
import { type BlockParts, parseShape, readBlock } from "./block-layout.ts";
import { codeGenerationAllowed } from "./code-generation.ts";
import type { ColumnShape } from "./column-shape.ts";
import { type ColumnSource, openColumn } from "./column-source.ts";
import { type DecodeFunctions, flattenSource, generateDecoder } from "./decode-generator.ts";
import { interpretColumn, type ValueAt } from "./decode-interpreter.ts";
import { viewOf } from "./kernel/number-column.ts";
import type { ValueFallback } from "./value-fallback.ts";

const SHAPES_KEPT_MAX = 1024;
// A shape's decoder is compiled once this many of its records have been read.
const GENERATED_COUNT_MIN = 512;

/**
 * Reads a block; records are made anew by each call. Strings of 13 and more characters are views of their column's text and keep it alive:
 * what is kept for long should be detached (`detachText`), as keys in a `KeyIndex` are.
 */
export interface BlockReader {
  /** Records in the block. */
  readonly count: number;
  /** All records in order. */
  decode(): unknown[];
  /** The records `from` up to, not including, `to`. */
  decodeRange(from: number, to: number): unknown[];
  /** The records at `indices[from]` up to, not including, `indices[to]`. */
  decodeAt(indices: Int32Array, from: number, to: number): unknown[];
  /**
   * When all records are numbers, or all are tuples that begin with a number: these numbers, without making objects.
   * A view of the block where its form allows, to be read only.
   */
  keyNumbers(): Float64Array | Int32Array | undefined;
}

interface KnownShape {
  readonly shape: ColumnShape;
  recordsRead: number;
  decoder: DecodeFunctions | undefined;
}

const knownShapes = new Map<string, KnownShape>();

/**
 * Opens what `encodeBlock` wrote; columns are opened at the first read. The bytes must not change while the reader is in use.
 * @throws BLOCK_CORRUPT
 */
export function openBlock(bytes: Uint8Array, fallback?: ValueFallback): BlockReader {
  const parts = readBlock(bytes);
  if (parts.shapeText === batchShapeText) return new BatchBlockReader(parts);
  return new ColumnBlockReader(parts, knownShapeOf(parts.shapeText), fallback);
}

class ColumnBlockReader implements BlockReader {
  readonly count: number;
  readonly #parts: BlockParts;
  readonly #known: KnownShape;
  readonly #fallback: ValueFallback | undefined;
  #source: ColumnSource | undefined;
  #columns: readonly unknown[] | undefined;
  #valueAt: ValueAt | undefined;

  constructor(parts: BlockParts, known: KnownShape, fallback: ValueFallback | undefined) {
    this.count = parts.count;
    this.#parts = parts;
    this.#known = known;
    this.#fallback = fallback;
  }

  decode(): unknown[] {
    return this.decodeRange(0, this.count);
  }

  decodeRange(from: number, to: number): unknown[] {
    const decoder = this.#decoder(to - from);
    if (decoder !== undefined) return decoder.range(this.#flatColumns(), from, to);
    const valueAt = this.#interpreter();
    const records: unknown[] = [];
    for (let index = from; index < to; index++) records.push(valueAt(index));
    return records;
  }

  decodeAt(indices: Int32Array, from: number, to: number): unknown[] {
    const decoder = this.#decoder(to - from);
    if (decoder !== undefined) return decoder.at(this.#flatColumns(), indices, from, to);
    const valueAt = this.#interpreter();
    const records: unknown[] = [];
    for (let at = from; at < to; at++) records.push(valueAt(indices[at] ?? 0));
    return records;
  }

  keyNumbers(): Float64Array | Int32Array | undefined {
    const { shape } = this.#known;
    const key = shape.k === "tuple" ? shape.f[0] : shape;
    const bytes = this.#parts.buffers[0];
    if (key?.k !== "num" || bytes === undefined) return undefined;
    const values = viewOf(key.t, bytes);
    return values instanceof Float64Array || values instanceof Int32Array ? values : new Int32Array(values);
  }

  #decoder(count: number): DecodeFunctions | undefined {
    const known = this.#known;
    if (known.decoder !== undefined) return known.decoder;
    known.recordsRead += count;
    if (known.recordsRead < GENERATED_COUNT_MIN || !codeGenerationAllowed()) return undefined;
    known.decoder = generateDecoder(known.shape);
    return known.decoder;
  }

  #opened(): ColumnSource {
    this.#source ??= openColumn(this.#known.shape, { buffers: this.#parts.buffers, at: 0 }, this.count, this.#fallback);
    return this.#source;
  }

  #flatColumns(): readonly unknown[] {
    this.#columns ??= flattenSource(this.#opened());
    return this.#columns;
  }

  #interpreter(): ValueAt {
    this.#valueAt ??= interpretColumn(this.#opened());
    return this.#valueAt;
  }
}

/** A block whose only record is a batch. */
class BatchBlockReader implements BlockReader {
  readonly count = 1;
  readonly #parts: BlockParts;

  constructor(parts: BlockParts) {
    this.#parts = parts;
  }

  decode(): unknown[] {
    return [openBatchRecord(this.#parts.buffers)];
  }

  decodeRange(from: number, to: number): unknown[] {
    return from === 0 && to > 0 ? this.decode() : [];
  }

  decodeAt(_indices: Int32Array, from: number, to: number): unknown[] {
    return to > from ? this.decode() : [];
  }

  keyNumbers(): undefined {
    return undefined;
  }
}

function knownShapeOf(text: string): KnownShape {
  const known = knownShapes.get(text);
  if (known !== undefined) return known;
  if (knownShapes.size >= SHAPES_KEPT_MAX) knownShapes.clear();
  const made: KnownShape = { shape: parseShape(text), recordsRead: 0, decoder: undefined };
  knownShapes.set(text, made);
  return made;
}
