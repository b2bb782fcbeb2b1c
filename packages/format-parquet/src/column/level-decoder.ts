import { encoding } from "../metadata/parquet-enums.ts";
import type { PageHeader } from "../page/page-header.ts";
import type { Range } from "../page/decompress.ts";
import type { Decoding } from "./decoding.ts";

/** Bits of a level, at most 8. */
export function levelWidth(levelMax: number): number {
  return 32 - Math.clz32(levelMax);
}

/**
 * The range of the levels that a page of version 1 begins with: a length before them, or as many as there are bits.
 * Gives undefined when there are none.
 */
export function levelRange(decoding: Decoding, values: Range, levelMax: number, code: number, count: number): Range | undefined {
  if (levelMax === 0) return undefined;
  if (code === encoding.bitPacked) {
    const end = values.start + Math.ceil((count * levelWidth(levelMax)) / 8);
    if (end > values.end) decoding.corrupt("the levels of a page are longer than the page");
    return { start: values.start, end };
  }
  if (code !== encoding.rle) decoding.unsupported(`its levels have encoding ${code}`);
  if (values.end - values.start < 4) decoding.corrupt("a page ends before its levels");
  const length = decoding.view.getUint32(values.start, true);
  if (length > values.end - values.start - 4) decoding.corrupt("the levels of a page are longer than the page");
  return { start: values.start + 4, end: values.start + 4 + length };
}

/** Writes levels as a byte each. */
export function decodeLevels(decoding: Decoding, range: Range, levelMax: number, code: number, count: number, to: number): void {
  const width = levelWidth(levelMax);
  if (code === encoding.bitPacked) unpackLevels(decoding, range, levelMax, count, to);
  else if (decoding.kernels.codes8(range.start, range.end, width, count, to, levelMax + 1, 0) === 0)
    decoding.corrupt("the levels of a page are wrong");
}

/** The encoding of old, which begins with the highest bit of each byte. */
function unpackLevels(decoding: Decoding, range: Range, levelMax: number, count: number, to: number): void {
  const { bytes } = decoding;
  const width = levelWidth(levelMax);
  for (let index = 0, bit = 0; index < count; index++) {
    let level = 0;
    for (let step = 0; step < width; step++, bit++)
      level = (level << 1) | (((bytes[range.start + (bit >> 3)] ?? 0) >> (7 - (bit & 7))) & 1);
    if (level > levelMax) decoding.corrupt("the levels of a page are wrong");
    bytes[to + index] = level;
  }
}

/** Definition levels of a column that is not nested: a bitmap, made when the first null is met. */
export class ValidityDecoder {
  readonly #decoding: Decoding;
  readonly #rows: number;
  #row = 0;
  #nonNull = 0;
  #bitmap = 0;

  constructor(decoding: Decoding, rows: number) {
    this.#decoding = decoding;
    this.#rows = rows;
  }

  /** Values so far, nulls left out. */
  get nonNull(): number {
    return this.#nonNull;
  }

  /** 0 when no row is null. */
  get bitmap(): number {
    return this.#nonNull === this.#row ? 0 : this.#bitmap;
  }

  /** Takes the levels of a page, undefined when the column has none; gives how many values it has. */
  page(range: Range | undefined, page: PageHeader): number {
    const before = this.#nonNull;
    if (range === undefined || this.#isAllValid(range, page)) this.#addValid(page.values);
    else this.#addLevels(range, page);
    this.#row += page.values;
    return this.#nonNull - before;
  }

  /** Whether the levels are one run of ones. */
  #isAllValid({ start, end }: Range, { values, definitionEncoding }: PageHeader): boolean {
    if (definitionEncoding !== encoding.rle || end - start > 6) return false;
    const { bytes } = this.#decoding;
    let header = 0;
    let at = start;
    for (let scale = 1; at < end; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      header += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return header % 2 === 0 && header / 2 >= values && at < end && bytes[at] === 1;
  }

  #addValid(count: number): void {
    if (this.#bitmap !== 0) this.#decoding.kernels.setBits(this.#bitmap, this.#row, count);
    this.#nonNull += count;
  }

  #addLevels(range: Range, page: PageHeader): void {
    const decoding = this.#decoding;
    const { kernels, view, out } = decoding;
    if (this.#bitmap === 0) {
      this.#bitmap = decoding.allocateBits(this.#rows);
      kernels.setBits(this.#bitmap, 0, this.#row);
    }
    if (page.definitionEncoding === encoding.bitPacked) return this.#addPacked(range, page);
    view.setInt32(out, 0, true);
    if (kernels.levelBits(range.start, range.end, page.values, this.#bitmap, this.#row, out) === 0)
      decoding.corrupt("the levels of a page are wrong");
    this.#nonNull += view.getInt32(out, true);
  }

  #addPacked({ start }: Range, { values }: PageHeader): void {
    const { bytes, kernels } = this.#decoding;
    for (let index = 0; index < values; index++) {
      if ((((bytes[start + (index >> 3)] ?? 0) >> (7 - (index & 7))) & 1) === 0) continue;
      kernels.setBits(this.#bitmap, this.#row + index, 1);
      this.#nonNull++;
    }
  }
}
