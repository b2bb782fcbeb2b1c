/**
 * Strings are joined into one text, written with a single call, and cut again by their lengths in code units.
 * Few distinct strings (seen on a sample) become a dictionary and codes.
 */
import { columnarErrors } from "../../errors.ts";
import type { BufferPlan, ColumnPlan, ColumnShape, TextEncoding } from "../column-shape.ts";
import { lengthsView, offsetsOf, planLengths } from "./number-column.ts";

const SAMPLE_COUNT = 64;
const SAMPLE_DISTINCT_MAX = 16;
const DICTIONARY_SIZE_MAX = 65536;
// Below the longest string that V8 makes, 2^29 - 24 code units.
const TEXT_LENGTH_MAX = 2 ** 28;

/** The text of a decoded string column: string i is `text.substring(offsets[i], offsets[i + 1])`. */
export interface TextColumn {
  readonly text: string;
  readonly offsets: Int32Array;
}

/** A column of strings; any UTF-16 text survives, lone surrogates included. */
export function planStrings(values: readonly string[]): ColumnPlan {
  if (looksRepetitive(values)) {
    const dictionary = planDictionary(values);
    if (dictionary !== undefined) return dictionary;
  }
  return planText(values);
}

/** A column of bigints: 64-bit integers when all fit, decimal text otherwise. */
export function planBigints(values: readonly bigint[]): ColumnPlan {
  for (let at = 0; at < values.length; at++) {
    if (BigInt.asIntN(64, values[at]!) === values[at]) continue;
    const text = planText(values.map(String));
    return { shape: { k: "big", d: text.shape }, buffers: text.buffers };
  }
  const write = (target: Uint8Array): void => new BigInt64Array(target.buffer, target.byteOffset, values.length).set(values);
  return { shape: { k: "i64" }, buffers: [{ bytes: values.length * 8, write }] };
}

/** Reads a `str` column; the whole text is decoded once. */
export function readText(shape: ColumnShape & { readonly k: "str" }, lengths: Uint8Array, text: Uint8Array): TextColumn {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.byteLength);
  return { text: bytes.toString(nodeEncoding(shape.e)), offsets: offsetsOf(lengthsView(shape.l, lengths)) };
}

/** The strings of a `str` column as an array. */
export function readStrings(shape: ColumnShape & { readonly k: "str" }, lengths: Uint8Array, text: Uint8Array): string[] {
  const column = readText(shape, lengths, text);
  const strings: string[] = [];
  for (let at = 0; at + 1 < column.offsets.length; at++) {
    strings.push(column.text.substring(column.offsets[at]!, column.offsets[at + 1]));
  }
  return strings;
}

function planText(values: readonly string[]): ColumnPlan {
  const lengths = new Int32Array(values.length);
  let total = 0;
  for (let at = 0; at < values.length; at++) {
    lengths[at] = values[at]!.length;
    total += values[at]!.length;
  }
  if (total > TEXT_LENGTH_MAX) throw columnarErrors.create("BLOCK_TOO_LARGE", { bytes: total, bytesMax: TEXT_LENGTH_MAX });
  const packed = planLengths(lengths);
  const text = values.join("");
  const written = planJoined(text);
  return { shape: { k: "str", e: written.encoding, l: packed.type }, buffers: [packed.buffer, written.buffer] };
}

function planJoined(text: string): { readonly encoding: TextEncoding; readonly buffer: BufferPlan } {
  const utf8Bytes = Buffer.byteLength(text, "utf8");
  const encoding: TextEncoding = utf8Bytes === text.length ? "ascii" : text.isWellFormed() ? "utf8" : "utf16";
  const bytes = encoding === "utf16" ? text.length * 2 : utf8Bytes;
  return {
    encoding,
    buffer: {
      bytes,
      write: (target) => void Buffer.from(target.buffer, target.byteOffset, bytes).write(text, 0, bytes, nodeEncoding(encoding)),
    },
  };
}

function planDictionary(values: readonly string[]): ColumnPlan | undefined {
  const codes = new Int32Array(values.length);
  const codeOf = new Map<string, number>();
  const sizeMax = Math.min(DICTIONARY_SIZE_MAX, values.length >>> 2);
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    let code = codeOf.get(value);
    if (code === undefined) {
      code = codeOf.size;
      if (code >= sizeMax) return undefined;
      codeOf.set(value, code);
    }
    codes[at] = code;
  }
  const strings = planText([...codeOf.keys()]);
  const packed = planLengths(codes);
  return { shape: { k: "dict", c: packed.type, d: strings.shape }, buffers: [packed.buffer, ...strings.buffers] };
}

function looksRepetitive(values: readonly string[]): boolean {
  if (values.length < SAMPLE_COUNT) return false;
  const step = Math.floor(values.length / SAMPLE_COUNT);
  const seen = new Set<string>();
  for (let at = 0; at < SAMPLE_COUNT; at++) seen.add(values[at * step]!);
  return seen.size <= SAMPLE_DISTINCT_MAX;
}

function nodeEncoding(encoding: TextEncoding): "latin1" | "utf8" | "utf16le" {
  if (encoding === "ascii") return "latin1";
  return encoding === "utf8" ? "utf8" : "utf16le";
}
