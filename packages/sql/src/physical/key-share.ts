import type { StageTable } from "../pipeline/stage-plan.ts";

/** A table that most keys are in leaves little out: a test by it costs more than it saves. */
const shareMax = 0.6;

/** Whether it pays to test rows by whether their key is in a table. */
export function isSelective(table: StageTable): boolean {
  return table.direct !== undefined && keyShare(table) <= shareMax;
}

/**
 * About which share of rows has its key in a table: of the slots between its least and its greatest key those that are taken; where no key occurs twice,
 * of the rows that it would have without filters those that it has. One nation has all slots of its table, and is one of 25.
 */
export function keyShare(table: StageTable): number {
  const { rows, slots, base = 0 } = table;
  // Of a table that executors are to build it is not known yet.
  const isUnique = "heads" in table && table.heads !== 0 && table.next === 0;
  return rows / Math.max(slots, isUnique ? base : 0);
}
