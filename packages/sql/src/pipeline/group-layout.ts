import type { Accumulator } from "./stage-plan.ts";

/** Where things stand in a group's row: the hash at 0, bits of null keys at 8. */
export interface GroupLayout {
  readonly keys: readonly number[];
  readonly accumulators: readonly number[];
  readonly bytes: number;
}

/** The layout of groups with so many keys. */
export function groupLayout(keys: number, accumulators: readonly Accumulator[]): GroupLayout {
  let offset = 16 + 8 * keys;
  const places = accumulators.map(({ kind }) => {
    const at = offset;
    offset += kind === "count" ? 8 : 24;
    return at;
  });
  return { keys: Array.from({ length: keys }, (_, index) => 16 + 8 * index), accumulators: places, bytes: offset };
}
