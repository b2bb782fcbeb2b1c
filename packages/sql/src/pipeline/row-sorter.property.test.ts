import type { SQLRow } from "@vonk/columnar/internal";
import type { Expression } from "@vonk/dataframe/internal";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { rowComparison } from "../task/sort-rows.ts";
import type { SortKey } from "./stage-plan.ts";
import { allocator, int, long, name, rowsOf, run, session, tag, thread, types } from "./testing/random-stage.ts";

describe("orders", () => {
  const keysOf = (): fc.Arbitrary<SortKey[]> =>
    fc.uniqueArray(fc.record({ ordinal: fc.nat({ max: types.length - 1 }), ascending: fc.boolean(), nullsFirst: fc.boolean() }), {
      minLength: 1,
      maxLength: 3,
      selector: ({ ordinal }) => ordinal,
    });
  const all = types.map((dataType, ordinal): Expression => ({ kind: "boundReference", ordinal, dataType, nullable: true }));
  const compared = (keys: readonly SortKey[]): ((a: SQLRow, b: SQLRow) => number) =>
    rowComparison(
      keys.map(({ ordinal, ascending, nullsFirst }) => ({ kind: "sortOrder", child: all[ordinal] ?? long, ascending, nullsFirst })),
      session,
    );

  test("of columns of all types are the interpreter's, whole and cut off", () => {
    fc.assert(
      fc.property(rowsOf(60), keysOf(), fc.option(fc.nat({ max: 70 }), { nil: undefined }), (rows, keys, limit) => {
        thread.beginTask();
        const order = { outputs: all, keys, ...(limit === undefined ? {} : { limit }) };
        const met = run({ steps: [], order, sink: { kind: "rows", outputs: all } }, rows);
        const expected = rows.toSorted(compared(keys)).slice(0, limit ?? rows.length);
        expect(met).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  test("let rows go that cannot be among the first, whatever the way they come in", () => {
    const count = 200_000;
    const limit = 1000;
    for (const valueOf of [
      (row: number): bigint => BigInt(row),
      (row: number): bigint => BigInt(-row),
      (row: number): bigint => BigInt((row * 7919) % 65_537),
    ]) {
      const rows = Array.from({ length: count }, (_, row): SQLRow => [
        valueOf(row),
        row % 3 === 0 ? null : row,
        null,
        null,
        `${row}`,
        null,
        null,
        "A",
      ]);
      for (const keys of [
        [{ ordinal: 0, ascending: true, nullsFirst: true }],
        [
          { ordinal: 1, ascending: false, nullsFirst: true },
          { ordinal: 4, ascending: true, nullsFirst: true },
        ],
      ]) {
        thread.beginTask();
        const met = run({ steps: [], order: { outputs: all, keys, limit }, sink: { kind: "rows", outputs: [long, int, name] } }, rows);
        const expected = rows.toSorted(compared(keys)).slice(0, limit);
        expect(met).toEqual(expected.map((row) => [row[0], row[1], row[4]]));
        allocator.freeTag(tag);
      }
    }
  });
});
