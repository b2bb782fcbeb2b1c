import { decimalType, longType, type ColumnBatch, type SQLRow } from "@vonk/columnar/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { blockVectors } from "./block-form.ts";
import { groupTypes, StageRunner } from "./run-stage.ts";
import type { Accumulator, GroupsSink } from "./stage-plan.ts";
import { batchOf, day, int, long, session, tag, thread, types } from "./testing/random-stage.ts";
import { vectorReader } from "@vonk/columnar/internal";

const counts: readonly Accumulator[] = [
  { kind: "count", argument: day, dataType: longType },
  { kind: "sum", argument: int, dataType: decimalType(38, 0) },
  { kind: "count", argument: int, dataType: longType },
  { kind: "count", dataType: longType },
];
const sink: GroupsSink = { kind: "groups", groupings: [long], accumulators: counts, averages: [], parts: 1 };

/** A batch whose columns without nulls say so, as those of files do. */
function batch(rows: readonly SQLRow[]): ColumnBatch {
  const { length, columns } = batchOf(rows);
  const isFull = (column: number): boolean => rows.every((row) => row[column] !== null);
  return { length, columns: columns.map((column, index) => (isFull(index) ? { ...column, validity: 0 } : column)) };
}

/** The counts of each group. */
function counted(batches: readonly (readonly SQLRow[])[]): Map<unknown, unknown[]> {
  const runner = new StageRunner({ source: { columns: types }, steps: [], sink, session, tag }, thread);
  const found = new Map<unknown, unknown[]>();
  const given = function* (): Generator<ColumnBatch> {
    for (const rows of batches) {
      thread.batchMemory.reset();
      yield batch(rows);
    }
  };
  for (const output of runner.runBatches(given())) {
    if (!("blocks" in output)) continue;
    for (const block of output.blocks) {
      const readers = blockVectors(block, groupTypes(sink)).map((vector) => vectorReader(vector, thread.views));
      for (let row = 0; row < block.rows; row++) {
        const [key, ...values] = readers.map((read) => read(row));
        found.set(key, values);
      }
    }
  }
  return found;
}

test("counts are right whichever columns have nulls in which batch", () => {
  const row = fc.record({ key: fc.bigInt(0n, 3n), day: fc.boolean(), int: fc.boolean() });
  const some = fc.record({ dayNulls: fc.boolean(), intNulls: fc.boolean(), rows: fc.array(row, { minLength: 1, maxLength: 20 }) });
  fc.assert(
    fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), (given) => {
      const batches = given.map(({ dayNulls, intNulls, rows }) =>
        rows.map(({ key, day: hasDay, int: hasInt }): SQLRow => {
          return [key, intNulls && !hasInt ? null : 1, null, dayNulls && !hasDay ? null : 10, null, null, null, null];
        }),
      );
      const all = batches.flat();
      const expected = new Map(
        [...new Set(all.map(([key]) => key))].map((key) => {
          const rows = all.filter((each) => each[0] === key);
          const ints = rows.filter((each) => each[1] !== null).length;
          return [
            key,
            [BigInt(rows.filter((each) => each[3] !== null).length), ints === 0 ? null : BigInt(ints), BigInt(ints), BigInt(rows.length)],
          ];
        }),
      );
      expect(counted(batches)).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
