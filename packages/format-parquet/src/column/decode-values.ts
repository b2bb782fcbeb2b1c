import { encoding } from "../metadata/parquet-enums.ts";
import type { Range } from "../page/decompress.ts";
import type { ValueForm } from "../schema/value-form.ts";
import { convertReferences, convertValues } from "./convert-values.ts";
import type { Decoding } from "./decoding.ts";

/** Whether vectors refer to the bytes of a page of this encoding: then these have to stay. */
export function refersToPage(form: ValueForm, code: number): boolean {
  return (
    form.physical === "bytes" && code !== encoding.plainDictionary && code !== encoding.rleDictionary && code !== encoding.deltaByteArray
  );
}

/**
 * Writes `count` values of a page, nulls left out, as a vector has them. Dictionary codes are not for here.
 * @throws PARQUET_FILE_CORRUPT, PARQUET_NOT_SUPPORTED
 */
export function decodeValues(decoding: Decoding, form: ValueForm, code: number, range: Range, count: number, to: number): void {
  switch (code) {
    case encoding.plain:
      return decodePlain(decoding, form, range, count, to);
    case encoding.rle:
      if (form.type === "BOOLEAN") return decodeBooleanRuns(decoding, range, count, to);
      break;
    case encoding.deltaBinaryPacked:
      if (form.type === "INT32" || form.type === "INT64") return decodeDelta(decoding, form, range, count, to);
      break;
    case encoding.deltaLengthByteArray:
      if (form.type === "BYTE_ARRAY") return decodeDeltaLength(decoding, form, range, count, to);
      break;
    case encoding.deltaByteArray:
      if (form.type === "BYTE_ARRAY" || form.type === "FIXED_LEN_BYTE_ARRAY") return decodeDeltaStrings(decoding, form, range, count, to);
      break;
    case encoding.byteStreamSplit:
      if (form.width > 0) return decodeStreams(decoding, form, range, count, to);
      break;
  }
  decoding.unsupported(`values of ${form.type} have encoding ${code}`);
}

const tooShort = "a page ends before its values";

function decodePlain(decoding: Decoding, form: ValueForm, { start, end }: Range, count: number, to: number): void {
  if (form.type === "BYTE_ARRAY") {
    const references = form.physical === "bytes" ? to : decoding.values.take(count * 8);
    if (decoding.kernels.plainBytes(start, end, count, references) === 0) decoding.corrupt(tooShort);
    if (references !== to) convertReferences(decoding, form, references, count, to);
    return;
  }
  const bytes = form.type === "BOOLEAN" ? (count + 7) >>> 3 : count * form.width;
  if (bytes > end - start) decoding.corrupt(tooShort);
  convertValues(decoding, form, start, count, to);
}

function decodeBooleanRuns(decoding: Decoding, { start, end }: Range, count: number, to: number): void {
  if (end - start < 4 || decoding.view.getUint32(start, true) > end - start - 4) decoding.corrupt(tooShort);
  const last = start + 4 + decoding.view.getUint32(start, true);
  if (decoding.kernels.codes8(start + 4, last, 1, count, to, 2, 0) === 0) decoding.corrupt(tooShort);
}

function decodeDelta(decoding: Decoding, form: ValueForm, { start, end }: Range, count: number, to: number): void {
  const { kernels, out } = decoding;
  const raw = form.conversion.kind === "none" ? to : decoding.values.take(count * form.width);
  const run = form.type === "INT32" ? kernels.delta32 : kernels.delta64;
  if (run(start, end, count, raw, out) === 0) decoding.corrupt("a page of deltas is wrong");
  if (raw !== to) convertValues(decoding, form, raw, count, to);
}

/** Decodes deltas of i32, and gives where they end. */
function decodeLengths(decoding: Decoding, { start, end }: Range, count: number, to: number): number {
  if (decoding.kernels.delta32(start, end, count, to, decoding.out) === 0) decoding.corrupt("the lengths of a page are wrong");
  return decoding.view.getUint32(decoding.out, true);
}

function decodeDeltaLength(decoding: Decoding, form: ValueForm, range: Range, count: number, to: number): void {
  const lengths = decoding.lengths.take(count * 4);
  const start = decodeLengths(decoding, range, count, lengths);
  const references = form.physical === "bytes" ? to : decoding.values.take(count * 8);
  if (decoding.kernels.lengthBytes(lengths, start, range.end, count, references) === 0) decoding.corrupt(tooShort);
  if (references !== to) convertReferences(decoding, form, references, count, to);
}

/** Each value begins with so many bytes of the one before it. */
function decodeDeltaStrings(decoding: Decoding, form: ValueForm, range: Range, count: number, to: number): void {
  const { view, bytes } = decoding;
  const prefixes = decoding.lengths.take(count * 8);
  const suffixes = prefixes + count * 4;
  const middle = decodeLengths(decoding, range, count, prefixes);
  let from = decodeLengths(decoding, { start: middle, end: range.end }, count, suffixes);
  const total = deltaStringBytes(decoding, prefixes, suffixes, count, range.end - from);
  const references = form.physical === "bytes" ? to : decoding.values.take(count * 8);
  let at = decoding.allocate(total);
  let previous = at;
  for (let index = 0; index < count; index++) {
    const prefix = view.getUint32(prefixes + index * 4, true);
    const suffix = view.getUint32(suffixes + index * 4, true);
    bytes.copyWithin(at, previous, previous + prefix);
    bytes.copyWithin(at + prefix, from, from + suffix);
    view.setUint32(references + index * 8, at, true);
    view.setUint32(references + index * 8 + 4, prefix + suffix, true);
    previous = at;
    from += suffix;
    at += prefix + suffix;
  }
  if (form.type === "FIXED_LEN_BYTE_ARRAY" && total !== count * form.width) decoding.corrupt("values of one width have several");
  if (references !== to) convertReferences(decoding, form, references, count, to);
}

/** Bytes of all values, once it is sure that no prefix is longer than the value before it and that the suffixes are there. */
function deltaStringBytes(decoding: Decoding, prefixes: number, suffixes: number, count: number, left: number): number {
  const { view } = decoding;
  let total = 0;
  let read = 0;
  let length = 0;
  for (let index = 0; index < count; index++) {
    const prefix = view.getUint32(prefixes + index * 4, true);
    const suffix = view.getUint32(suffixes + index * 4, true);
    read += suffix;
    if (prefix > length || read > left) decoding.corrupt("the lengths of a page are wrong");
    length = prefix + suffix;
    total += length;
  }
  return total;
}

function decodeStreams(decoding: Decoding, form: ValueForm, { start, end }: Range, count: number, to: number): void {
  const { width } = form;
  if (count * width > end - start) decoding.corrupt(tooShort);
  const isDirect = form.conversion.kind === "none" && form.physical !== "bytes";
  const raw = isDirect ? to : form.physical === "bytes" ? decoding.allocate(count * width) : decoding.values.take(count * width);
  decoding.kernels.unsplit(start, count, width, raw);
  if (!isDirect) convertValues(decoding, form, raw, count, to);
}
