import type { SQLValue } from "@vonk/columnar/internal";
import { ByteSink } from "../encoding/byte-sink.ts";
import type { ValueWriter } from "./value-writer.ts";

/** Longer values are left out of statistics of chunks. */
const boundBytesMax = 256;

/** Least and greatest of the values of a chunk or page, as its footer entry or index has them. */
export class ChunkStatistics {
  readonly #writer: ValueWriter;
  #min: SQLValue = null;
  #max: SQLValue = null;
  #hasNaN = false;
  nulls = 0;

  constructor(writer: ValueWriter) {
    this.#writer = writer;
  }

  /** The least value, null when there is none. */
  get min(): SQLValue {
    return this.#min;
  }

  /** The greatest value, null when there is none. */
  get max(): SQLValue {
    return this.#max;
  }

  /** Whether there is no value at all. */
  get isEmpty(): boolean {
    return this.#min === null && !this.#hasNaN;
  }

  add(value: SQLValue): void {
    const { compare } = this.#writer;
    if (compare === undefined) return;
    if (Number.isNaN(value)) this.#hasNaN = true;
    else if (this.#min === null) this.#min = this.#max = value;
    else if (compare(value, this.#min) < 0) this.#min = value;
    else if (compare(value, this.#max) > 0) this.#max = value;
  }

  /** Adds the values of a page. */
  merge(page: ChunkStatistics): void {
    this.nulls += page.nulls;
    if (page.#hasNaN) this.#hasNaN = true;
    if (page.#min === null) return;
    this.add(page.#min);
    this.add(page.#max);
  }

  /** The two as PLAIN has them, without a length; undefined when there is no value, or one that has no place in an order. */
  bounds(): readonly [min: Uint8Array, max: Uint8Array] | undefined {
    if (this.#min === null || this.#hasNaN) return undefined;
    // Zero has two signs, which compare as equal here and not everywhere.
    return [this.#encode(this.#min === 0 ? -0 : this.#min), this.#encode(this.#max === 0 ? 0 : this.#max)];
  }

  /** As {@link bounds}, unless they are long. */
  shortBounds(): readonly [min: Uint8Array, max: Uint8Array] | undefined {
    const bounds = this.bounds();
    return bounds?.some((bound) => bound.byteLength > boundBytesMax) === true ? undefined : bounds;
  }

  #encode(value: SQLValue): Uint8Array {
    const sink = new ByteSink(32);
    this.#writer.put(sink, value);
    return this.#writer.type === "BYTE_ARRAY" ? sink.written().subarray(4) : sink.written();
  }
}
