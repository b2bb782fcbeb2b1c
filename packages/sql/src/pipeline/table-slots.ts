import { isWhole } from "./compilable.ts";
import type { DirectKey, TableFacts, TablePlan } from "./stage-plan.ts";
import type { ValueRange } from "./value-range.ts";

/** Slots a row that a direct table may have, and how many it may have in any case and at most: with a bitmap a slot takes a bit and a half. */
const directSlotsPerRow = 512;
const directSlotsMin = 2 ** 22;
const directSlotsMax = 2 ** 26;

/** How far a hash is shifted to be a slot of so many, a power of two. */
export function tableShift(slots: number): bigint {
  return BigInt(64 - Math.log2(slots));
}

/** The slots of a table of so many rows: one for each value of the keys when these are integers whose ranges are small for the rows that there are, else by their hash. */
export function tableSlots(
  plan: TablePlan,
  rows: number,
  rangeOf: (column: number) => ValueRange | undefined,
): Pick<TableFacts, "direct" | "slots"> {
  const direct = directKeys(plan, rows, rangeOf);
  if (direct === undefined) return { slots: 2 ** Math.ceil(Math.log2(Math.max(16, rows * 2))) };
  return { direct, slots: direct.reduce((product, { size }) => product * size, 1) };
}

function directKeys(plan: TablePlan, rows: number, rangeOf: (column: number) => ValueRange | undefined): DirectKey[] | undefined {
  const slotsMax = plan.isExistence ? directSlotsMax : Math.min(directSlotsMax, Math.max(directSlotsMin, rows * directSlotsPerRow));
  const direct: DirectKey[] = [];
  let stride = 1;
  for (const key of plan.keys) {
    const type = plan.types[key];
    if (type === undefined || !isWhole(type)) return undefined;
    const range = rangeOf(key);
    if (range === undefined || range.max - range.min >= BigInt(slotsMax)) return undefined;
    const size = Number(range.max - range.min) + 1;
    direct.push({ min: range.min, size, stride });
    stride *= size;
    if (stride > slotsMax) return undefined;
  }
  return direct;
}
