import type { ColumnVector } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { blockVectors, blockWidth } from "./block-form.ts";
import { frameColumn } from "./batch-columns.ts";
import { emitInsert, emitRanks, type InsertForm } from "./emit-insert.ts";
import { shapeKey, shapeOf, type Frame } from "./frame.ts";
import { CompiledFunction } from "./stage-function.ts";
import type { BlockMemory } from "./block-writer.ts";
import { appendBits, setBits } from "./join-bits.ts";
import type { Block, BuiltTable, DirectKey, TablePlan } from "./stage-plan.ts";
import type { StageValues } from "./stage-values.ts";
import { tableShift, tableSlots } from "./table-slots.ts";
import { QueryMemory } from "./task-memory.ts";
import { codeKey, exported, withoutContext, type ThreadPipeline } from "./thread-pipeline.ts";
import type { ValueRange } from "./value-range.ts";

/** Heads of more slots than this do not stay in the cache: a bitmap before them turns most rows away. */
const bitmapSlotsMin = 32_768;

/** Puts the rows of blocks together and enters them into a table. */
export function buildTable(plan: TablePlan, blocks: readonly Block[], thread: ThreadPipeline, values: StageValues): BuiltTable {
  const memory = new QueryMemory(thread.access, plan.tag);
  const block = joinBlocks(plan, blocks, thread, memory);
  const vectors = blockVectors(block, plan.types);
  const rows = block.rows;
  const rangeOf = (key: number): ValueRange | undefined => {
    const vector = vectors[key];
    assert(vector !== undefined, "keys are columns of the table");
    return frameColumn(thread, vector, 0, true).range();
  };
  const { direct, slots } = tableSlots(plan, rows, rangeOf);
  const hasHeads = !(plan.isExistence && direct !== undefined);
  const hasBitmap = direct !== undefined && (!hasHeads || slots > bitmapSlotsMin);
  const isRanked = hasBitmap && hasHeads;
  const zeroed = (bytes: number): number => {
    const at = memory.allocate(bytes);
    thread.views.bytes.fill(0, at, at + bytes);
    return at;
  };
  const words = (slots >> 6) + 1;
  const bitmap = hasBitmap ? zeroed(8 * words) : 0;
  const ranks = isRanked ? memory.allocate(4 * words) : 0;
  const heads = hasHeads ? zeroed((isRanked ? rows + 1 : slots) * 4) : 0;
  const next = hasHeads ? memory.allocate(rows * 4 + 4) : 0;
  const places = { heads, next, bitmap, ranks, shift: direct === undefined ? tableShift(slots) : 0n, direct };
  const form = { keys: plan.keys, isDirect: direct !== undefined, setsBits: hasBitmap, setsHeads: hasHeads && !isRanked, isRanked: false };
  let { twice, nulls } = insert(form, vectors, places, thread, values);
  if (isRanked) {
    const count = thread.code("ranks", () => withoutContext(emitRanks()));
    exported(count.exports, "run")(bitmap, words, ranks);
    ({ twice, nulls } = insert({ ...form, setsBits: false, setsHeads: true, isRanked: true }, vectors, places, thread, values));
  }
  return {
    rows,
    types: plan.types,
    block,
    keys: plan.keys,
    ...(direct === undefined ? {} : { direct }),
    heads,
    slots,
    next: twice > 0 ? next : 0,
    bitmap,
    ranks,
    marks: plan.hasMarks ? zeroed(rows + 1) : 0,
    hasNullKey: nulls > 0,
  };
}

interface Places {
  readonly heads: number;
  readonly next: number;
  readonly bitmap: number;
  readonly ranks: number;
  readonly shift: bigint;
  readonly direct: readonly DirectKey[] | undefined;
}

function insert(
  form: InsertForm,
  vectors: readonly ColumnVector[],
  { direct, ...places }: Places,
  thread: ThreadPipeline,
  values: StageValues,
): { readonly twice: number; readonly nulls: number } {
  const [first] = vectors;
  const rows = first?.length ?? 0;
  const frame: Frame = { count: rows, columns: vectors.map((vector) => frameColumn(thread, vector, 0, true)), rows: [0], offset: 0 };
  const { taskMemory, views } = thread;
  const made = thread.code(`${codeKey(["insert", form])}${shapeKey(frame)}`, () => emitInsert(form, shapeOf(frame)));
  const code = new CompiledFunction(thread, made, taskMemory.allocate(made.context.bytes), values);
  const state = taskMemory.allocate(8);
  const given: Record<string, number | bigint> = { ...places, state };
  for (const [index, { min, size, stride }] of (direct ?? []).entries()) {
    given[`min${index}`] = min;
    given[`size${index}`] = size;
    given[`stride${index}`] = stride;
  }
  const twice = code.call(frame, given);
  return { twice, nulls: views.view.getUint32(state, true) };
}

/** One block of all rows; a single one stays where it is. */
export function joinBlocks(
  plan: Pick<TablePlan, "types" | "hasNullRow">,
  blocks: readonly Block[],
  thread: ThreadPipeline,
  memory: BlockMemory,
): Block {
  const filled = blocks.filter((block) => block.rows > 0);
  const [first] = filled;
  if (filled.length === 1 && first !== undefined && !plan.hasNullRow) return withoutBits(first, plan, thread);
  const rows = filled.reduce((sum, block) => sum + block.rows, 0);
  const room = rows + (plan.hasNullRow ? 1 : 0);
  const { bytes } = thread.views;
  const columns = plan.types.map((type, column) => {
    const width = blockWidth(type);
    const data = memory.allocate(room * width + 16);
    let at = data;
    for (const block of filled) {
      const from = block.columns[column]?.data ?? 0;
      bytes.copyWithin(at, from, from + block.rows * width);
      at += block.rows * width;
    }
    bytes.fill(0, at, at + width);
    const isNullable = plan.hasNullRow || filled.some((block) => hasNulls(block, column, thread));
    return { data, validity: isNullable ? joinBits(filled, column, room, thread, memory) : 0 };
  });
  return { rows, columns };
}

/** Without the bits of columns that have no nulls. */
function withoutBits(block: Block, plan: Pick<TablePlan, "types">, thread: ThreadPipeline): Block {
  const columns = block.columns.slice(0, plan.types.length);
  return {
    rows: block.rows,
    columns: columns.map((column, index) => (hasNulls(block, index, thread) ? column : { ...column, validity: 0 })),
  };
}

/** Whether one of a column's values is null. */
export function hasNulls(block: Block, column: number, thread: ThreadPipeline): boolean {
  const validity = block.columns[column]?.validity ?? 0;
  if (validity === 0) return false;
  const { bytes } = thread.views;
  const whole = block.rows >> 3;
  for (let index = 0; index < whole; index++) if (bytes[validity + index] !== 255) return true;
  const rest = (1 << (block.rows & 7)) - 1;
  return ((bytes[validity + whole] ?? 0) & rest) !== rest;
}

function joinBits(blocks: readonly Block[], column: number, room: number, thread: ThreadPipeline, memory: BlockMemory): number {
  const { bytes } = thread.views;
  const to = memory.allocate((room >> 3) + 1);
  bytes.fill(0, to, to + (room >> 3) + 1);
  let row = 0;
  for (const block of blocks) {
    const from = block.columns[column]?.validity ?? 0;
    if (from === 0) setBits(bytes, to, row, block.rows);
    else appendBits(bytes, to, row, from, block.rows);
    row += block.rows;
  }
  return to;
}
