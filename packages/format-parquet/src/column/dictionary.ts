import { encoding } from "../metadata/parquet-enums.ts";
import type { Range } from "../page/decompress.ts";
import type { ValueForm } from "../schema/value-form.ts";
import type { Decoding } from "./decoding.ts";

/** Values of a dictionary page, as a vector has them. */
export interface Dictionary {
  readonly at: number;
  readonly length: number;
}

/** Whether a page has codes of a dictionary. */
export function isDictionaryEncoded(code: number): boolean {
  return code === encoding.plainDictionary || code === encoding.rleDictionary;
}

/** Bytes of a code of so many values. */
export function codeWidth(length: number): 1 | 2 | 4 {
  return length <= 0x100 ? 1 : length <= 0x1_0000 ? 2 : 4;
}

/** Writes the codes of a page. @throws PARQUET_FILE_CORRUPT */
export function decodeCodes(decoding: Decoding, dictionary: Dictionary, range: Range, count: number, to: number): void {
  const { kernels } = decoding;
  const width = codeWidth(dictionary.length);
  run(decoding, width === 1 ? kernels.codes8 : width === 2 ? kernels.codes16 : kernels.codes32, dictionary, range, count, to);
}

/** Writes the values that the codes of a page stand for. @throws PARQUET_FILE_CORRUPT */
export function gatherValues(decoding: Decoding, form: ValueForm, dictionary: Dictionary, range: Range, count: number, to: number): void {
  const { kernels } = decoding;
  switch (form.physical) {
    case "int32":
    case "float32":
      return run(decoding, kernels.gather32, dictionary, range, count, to);
    case "int64":
    case "float64":
    case "bytes":
      return run(decoding, kernels.gather64, dictionary, range, count, to);
    case "int128":
      return run(decoding, kernels.gather128, dictionary, range, count, to);
    default:
      decoding.unsupported(`values of ${form.type} are encoded by a dictionary`);
  }
}

function run(
  decoding: Decoding,
  kernel: (...operands: number[]) => number,
  dictionary: Dictionary,
  range: Range,
  count: number,
  to: number,
): void {
  const width = range.start < range.end ? (decoding.bytes[range.start] ?? 0) : 255;
  if (width > 32) decoding.corrupt("the codes of a page have no width");
  if (kernel(range.start + 1, range.end, width, count, to, dictionary.length, dictionary.at) === 0)
    decoding.corrupt("the codes of a page end too early or are not in the dictionary");
}
