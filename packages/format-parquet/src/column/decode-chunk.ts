import { type ColumnVector, physicalBytes } from "@vonk/columnar/internal";
import { encoding } from "../metadata/parquet-enums.ts";
import type { ColumnChunk } from "../metadata/parquet-metadata.ts";
import type { Range } from "../page/decompress.ts";
import type { PageHeader } from "../page/page-header.ts";
import { rowsOf } from "../pruning/row-range.ts";
import type { LeafNode } from "../schema/parquet-node.ts";
import { type ChunkPages, pageBody, readChunkPages } from "./chunk-pages.ts";
import { refersToPage, decodeValues } from "./decode-values.ts";
import { headBytes, placeInVector } from "./place-in-vector.ts";
import { type ChunkSelection, selectPages } from "./chunk-selection.ts";
import type { Decoding } from "./decoding.ts";
import { codeWidth, decodeCodes, type Dictionary, gatherValues, isDictionaryEncoded } from "./dictionary.ts";
import { keepLevels, keepRows } from "./keep-rows.ts";
import { decodeLevels, levelRange, ValidityDecoder } from "./level-decoder.ts";

/** The values of a chunk, those that are not null together, with room for all. */
interface DenseValues {
  readonly at: number;
  /** Bytes of a value or code. */
  readonly width: 1 | 2 | 4 | 8 | 16;
  readonly nonNull: number;
  /** Present when the values are codes. */
  readonly dictionary?: NonNullable<ColumnVector["dictionary"]>;
}

/** The column chunk of a field that is no part of a list and of no struct that may be null. `rows` are those of the row group. */
export function decodeFlatChunk(decoding: Decoding, leaf: LeafNode, chunk: ColumnChunk, rows: number): ColumnVector {
  if (chunk.values !== rows) decoding.corrupt(`column ${leaf.name} has ${chunk.values} values in ${rows} rows`);
  const { selection, pages } = openChunk(decoding, leaf, chunk, rows);
  const length = selection?.rows ?? rows;
  if (pages.values !== length) decoding.corrupt(`pages of column ${leaf.name} have ${pages.values} values in ${length} rows`);
  const validity = new ValidityDecoder(decoding, length);
  const dense = decodeDense(decoding, leaf, chunk, pages, (page, repetition, definition) => {
    if (repetition !== undefined && repetition.end > repetition.start)
      decoding.corrupt("a column that does not repeat has levels of repetition");
    return validity.page(definition, page);
  });
  const vector = leafVector(decoding, leaf, dense, length, validity.bitmap);
  if (selection === undefined) return vector;
  keepRows(decoding, vector.data, dense.width, vector.validity, selection.keep);
  return { ...vector, length: rowsOf(selection.keep) };
}

/** Levels of a column chunk, a byte each. */
export interface LeafLevels {
  readonly definitions: number;
  /** Zeros when the column does not repeat. */
  readonly repetitions: number;
  readonly count: number;
}

/** The column chunk of a field within lists or structs, with the levels that say where its values belong. */
export function decodeNestedChunk(
  decoding: Decoding,
  leaf: LeafNode,
  chunk: ColumnChunk,
  rows: number,
): { readonly vector: ColumnVector; readonly levels: LeafLevels } {
  const { kernels, view, out, bytes } = decoding;
  const { selection, pages } = openChunk(decoding, leaf, chunk, rows);
  let count = pages.values;
  const definitions = decoding.allocate(count);
  const repetitions = decoding.allocate(count);
  let row = 0;
  let dense = decodeDense(decoding, leaf, chunk, pages, (page, repetition, definition) => {
    writeLevels(decoding, repetition, leaf.repetition, page.repetitionEncoding, page.values, repetitions + row);
    writeLevels(decoding, definition, leaf.definition, page.definitionEncoding, page.values, definitions + row);
    const nonNull = countLevels(bytes, definitions + row, page.values, leaf.definition);
    row += page.values;
    return nonNull;
  });
  if (selection !== undefined) {
    if (countLevels(bytes, repetitions, count, 0) !== selection.rows) decoding.corrupt(`pages of column ${leaf.name} have other rows`);
    const kept = keepLevels(decoding, leaf, { definitions, repetitions, count, values: dense.at, width: dense.width }, selection.keep);
    count = kept.count;
    dense = { ...dense, nonNull: kept.nonNull };
  }
  const bitmap = decoding.allocateBits(count);
  const slots = kernels.levelBitmap(definitions, repetitions, count, leaf.slot, leaf.definition, 255, bitmap, out);
  const isWhole = view.getUint32(out, true) === slots;
  return { vector: leafVector(decoding, leaf, dense, slots, isWhole ? 0 : bitmap), levels: { definitions, repetitions, count } };
}

/** Reads what is wanted of a chunk. */
function openChunk(
  decoding: Decoding,
  { form }: LeafNode,
  chunk: ColumnChunk,
  rows: number,
): { readonly selection: ChunkSelection | undefined; readonly pages: ChunkPages } {
  const { wanted } = decoding;
  const selection = wanted === undefined ? undefined : selectPages(decoding, chunk, wanted, rows);
  const isRaw = chunk.codec === "UNCOMPRESSED";
  const pages = readChunkPages(decoding, chunk, isRaw && form.type !== "INT96" && form.physical === "bytes", selection);
  return { selection, pages };
}

function writeLevels(decoding: Decoding, range: Range | undefined, levelMax: number, code: number, count: number, to: number): void {
  if (range === undefined || levelMax === 0) decoding.bytes.fill(0, to, to + count);
  else decodeLevels(decoding, range, levelMax, code, count, to);
}

function countLevels(bytes: Uint8Array, at: number, count: number, level: number): number {
  let found = 0;
  for (let index = at; index < at + count; index++) if (bytes[index] === level) found++;
  return found;
}

type ReadLevels = (page: PageHeader, repetition: Range | undefined, definition: Range | undefined) => number;

/** Decodes the pages of a chunk one behind the other; `readLevels` is given each page's levels and tells how many values it has. */
function decodeDense(decoding: Decoding, leaf: LeafNode, chunk: ColumnChunk, pages: ChunkPages, readLevels: ReadLevels): DenseValues {
  const { form } = leaf;
  const dictionary = decodeDictionary(decoding, leaf, chunk, pages);
  const isCoded = dictionary !== undefined && form.physical === "bytes" && pages.data.every((page) => isDictionaryEncoded(page.encoding));
  const width = isCoded ? codeWidth(dictionary.length) : valueBytes(leaf);
  const at = decoding.allocate(headBytes + pages.values * width) + headBytes;
  let nonNull = 0;
  for (const page of pages.data) {
    const to = at + nonNull * width;
    const place = placeInVector(form, chunk, page, to);
    // The levels that come before the values lie where the end of the page before is, until they are read.
    const end = place === undefined ? undefined : decoding.bytes.slice(place, to);
    const body = pageBody(decoding, chunk, page, refersToPage(form, page.encoding), place);
    const { repetition, definition, values } = cutLevels(decoding, leaf, page, body);
    const count = readLevels(page, repetition, definition);
    if (place !== undefined && end !== undefined) decoding.bytes.set(end, place);
    nonNull += count;
    if (count === 0) continue;
    if (!isDictionaryEncoded(page.encoding)) decodeValues(decoding, form, page.encoding, values, count, to);
    else if (dictionary === undefined) decoding.corrupt("a column chunk has codes but no dictionary");
    else if (isCoded) decodeCodes(decoding, dictionary, values, count, to);
    else gatherValues(decoding, form, dictionary, values, count, to);
  }
  if (!isCoded) return { at, width, nonNull };
  const values = { dataType: leaf.dataType, physical: form.physical, length: dictionary.length, data: dictionary.at, validity: 0 };
  return { at, width, nonNull, dictionary: { width: codeWidth(dictionary.length), values } };
}

interface PageParts {
  readonly repetition: Range | undefined;
  readonly definition: Range | undefined;
  readonly values: Range;
}

/** Takes the levels off a page of version 1; those of version 2 lie apart already. */
function cutLevels(decoding: Decoding, leaf: LeafNode, page: PageHeader, body: PageParts): PageParts {
  if (body.definition !== undefined) return { ...body, definition: leaf.definition === 0 ? undefined : body.definition };
  const repetition = levelRange(decoding, body.values, leaf.repetition, page.repetitionEncoding, page.values);
  const rest = { start: repetition?.end ?? body.values.start, end: body.values.end };
  const definition = levelRange(decoding, rest, leaf.definition, page.definitionEncoding, page.values);
  return { repetition, definition, values: { start: definition?.end ?? rest.start, end: rest.end } };
}

function decodeDictionary(decoding: Decoding, leaf: LeafNode, chunk: ColumnChunk, pages: ChunkPages): Dictionary | undefined {
  const page = pages.dictionary;
  if (page === undefined) return undefined;
  const code = page.encoding === encoding.plainDictionary ? encoding.plain : page.encoding;
  if (code !== encoding.plain || leaf.form.type === "BOOLEAN")
    decoding.unsupported(`a dictionary of ${leaf.form.type} has encoding ${page.encoding}`);
  const { values } = pageBody(decoding, chunk, page, leaf.form.physical === "bytes");
  const at = decoding.allocate(page.values * valueBytes(leaf));
  decodeValues(decoding, leaf.form, code, values, page.values, at);
  return { at, length: page.values };
}

function valueBytes(leaf: LeafNode): DenseValues["width"] {
  switch (physicalBytes[leaf.form.physical]) {
    case 1:
      return 1;
    case 4:
      return 4;
    case 16:
      return 16;
    default:
      return 8;
  }
}

/** Moves values to their rows. */
function leafVector(decoding: Decoding, leaf: LeafNode, dense: DenseValues, length: number, validity: number): ColumnVector {
  const { at, width, nonNull } = dense;
  if (validity !== 0) decoding.kernels[`spread${width}`](at, length, nonNull, validity);
  else if (nonNull !== length) decoding.corrupt(`column ${leaf.name} has ${nonNull} values in ${length} rows`);
  const { physical } = leaf.form;
  return {
    dataType: leaf.dataType,
    physical,
    length,
    data: at,
    validity,
    ...(dense.dictionary === undefined ? {} : { dictionary: dense.dictionary }),
  };
}
