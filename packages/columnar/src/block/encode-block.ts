import { BatchRecord, batchPlan } from "./batch-record.ts";
import { writeBlock } from "./block-layout.ts";
import { planColumn } from "./plan-column.ts";
import type { ValueFallback } from "./value-fallback.ts";

/** How {@link encodeBlock} treats odd values and where it writes. */
export interface EncodeBlockOptions {
  /** Encodes what has no column form; without one such a value is refused. */
  readonly fallback?: ValueFallback;
  /** Gives at least `bytes` bytes starting at a multiple of 8 within their buffer; the JavaScript heap when left out. */
  readonly allocate?: (bytes: number) => Uint8Array;
}

/**
 * The records of a batch as one block of columns; `openBlock` reads it.
 *
 * Numbers, strings, booleans, bigints, dates, null, undefined, arrays and plain objects of these come back as they were:
 * -0, NaN, invalid dates, lone surrogates, field order and missing prototypes included. Class instances, functions, sparse arrays,
 * arrays with more properties, objects with accessors or symbol keys go through the fallback. Identity is lost: an object met twice
 * becomes two, except in a block whose records are nested more than 64 levels deep or hold themselves: all of it goes through the fallback. Accessors and symbol keys are looked for on a sample of the records and on each that differs from it.
 *
 * @throws RECORD_NOT_ENCODABLE when a value needs a fallback and there is none
 * @throws RECORD_TOO_DEEP when records are nested too deeply and there is no fallback
 * @throws BLOCK_TOO_LARGE above 4 GiB, or 2^28 characters in a column of strings
 */
export function encodeBlock(records: readonly unknown[], options: EncodeBlockOptions = {}): Uint8Array {
  const [first] = records;
  const isBatch = first instanceof BatchRecord && records.length === 1;
  const column = isBatch ? batchPlan(first) : planColumn(records, options.fallback, "record");
  return writeBlock(records.length, column, options.allocate ?? allocateOnHeap);
}

function allocateOnHeap(bytes: number): Uint8Array {
  return new Uint8Array(bytes);
}
