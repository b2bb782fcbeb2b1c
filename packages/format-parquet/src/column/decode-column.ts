import type { ColumnVector } from "@vonk/columnar/internal";
import type { RowGroup } from "../metadata/parquet-metadata.ts";
import { rowsOf } from "../pruning/row-range.ts";
import type { ListNode, ParquetNode, StructNode } from "../schema/parquet-node.ts";
import { decodeFlatChunk, decodeNestedChunk, type LeafLevels } from "./decode-chunk.ts";
import type { Decoding } from "./decoding.ts";

/** The vector of a field of the schema in a row group. @throws PARQUET_FILE_CORRUPT, PARQUET_NOT_SUPPORTED, PARQUET_ARENA_FULL */
export function decodeColumn(decoding: Decoding, node: ParquetNode, group: RowGroup): ColumnVector {
  const { vector } = decodeNode(decoding, node, group, true);
  const rows = decoding.wanted === undefined ? group.rows : rowsOf(decoding.wanted);
  if (vector.length !== rows) decoding.corrupt(`column ${node.name} has ${vector.length} rows instead of ${rows}`);
  return vector;
}

interface Decoded {
  readonly vector: ColumnVector;
  /** Of any leaf below: what they say of this node they all say. */
  readonly levels: LeafLevels | undefined;
}

function decodeNode(decoding: Decoding, node: ParquetNode, group: RowGroup, isTop: boolean): Decoded {
  if (node.kind === "leaf") {
    const chunk = group.chunks[node.leaf];
    if (chunk === undefined) return decoding.corrupt(`a row group lacks column ${node.name}`);
    if (isTop) return { vector: decodeFlatChunk(decoding, node, chunk, group.rows), levels: undefined };
    return decodeNestedChunk(decoding, node, chunk, group.rows);
  }
  const children = node.children.map((child) => decodeNode(decoding, child, group, false));
  const levels = children[0]?.levels;
  if (levels === undefined) return decoding.unsupported(`column ${node.name} is a struct without fields`);
  const vectors = children.map((child) => child.vector);
  const vector = node.kind === "struct" ? structVector(decoding, node, levels, vectors) : listVector(decoding, node, levels, vectors);
  return { vector, levels };
}

function validityOf(decoding: Decoding, node: ParquetNode, levels: LeafLevels): { readonly length: number; readonly validity: number } {
  const { kernels, view, out } = decoding;
  const { definitions, repetitions, count } = levels;
  const bitmap = decoding.allocateBits(count);
  const length = kernels.levelBitmap(definitions, repetitions, count, node.slot, node.definition, node.repetition, bitmap, out);
  return { length, validity: view.getUint32(out, true) === length ? 0 : bitmap };
}

function structVector(decoding: Decoding, node: StructNode, levels: LeafLevels, children: readonly ColumnVector[]): ColumnVector {
  const { length, validity } = validityOf(decoding, node, levels);
  checkLengths(decoding, node, children, length);
  return { dataType: node.dataType, physical: "struct", length, data: 0, validity, children };
}

function listVector(decoding: Decoding, node: ListNode, levels: LeafLevels, children: readonly ColumnVector[]): ColumnVector {
  const { length, validity } = validityOf(decoding, node, levels);
  const data = decoding.allocate(length * 8);
  checkLengths(decoding, node, children, writeSlices(decoding, node, levels, data));
  return { dataType: node.dataType, physical: "list", length, data, validity, children };
}

/** Writes first entry and count of each list; gives how many entries there are. */
function writeSlices(decoding: Decoding, node: ListNode, { definitions, repetitions, count }: LeafLevels, data: number): number {
  const { bytes, view } = decoding;
  let entries = 0;
  let first = 0;
  let slot = -1;
  for (let index = 0; index < count; index++) {
    const definition = bytes[definitions + index] ?? 0;
    const repetition = bytes[repetitions + index] ?? 0;
    if (repetition <= node.repetition && definition >= node.slot) {
      if (slot >= 0) view.setUint32(data + slot * 8 + 4, entries - first, true);
      slot++;
      first = entries;
      view.setUint32(data + slot * 8, first, true);
    }
    if (repetition <= node.entryRepetition && definition >= node.entry) {
      if (slot < 0) decoding.corrupt(`column ${node.name} begins within a list`);
      entries++;
    }
  }
  if (slot >= 0) view.setUint32(data + slot * 8 + 4, entries - first, true);
  return entries;
}

function checkLengths(decoding: Decoding, node: ParquetNode, children: readonly ColumnVector[], length: number): void {
  if (children.some((child) => child.length !== length)) decoding.corrupt(`the parts of column ${node.name} differ in length`);
}
