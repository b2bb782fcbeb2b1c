import type { SQLRow } from "@vonk/columnar/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { morselRows } from "./frame.ts";
import { flag, long, name, run } from "./testing/random-stage.ts";

test("rows that tests leave of several morsels stay whole and in order, however many they are of each", () => {
  const everyNth = fc.constantFrom(1, 2, 7, 100, 4000, morselRows * 2);
  fc.assert(
    fc.property(fc.array(everyNth, { minLength: 2, maxLength: 6 }), fc.integer({ min: 1, max: morselRows }), (shares, last) => {
      const rows = shares.flatMap((nth, morsel): SQLRow[] =>
        Array.from({ length: morsel + 1 < shares.length ? morselRows : last }, (_, index) => {
          const number = morsel * morselRows + index;
          return [BigInt(number), null, null, null, number % 3 === 0 ? null : `row ${number}`, null, index % nth === 0, null];
        }),
      );
      const expected = rows.flatMap((row) => (row[6] === true ? [[row[0], row[4]]] : []));
      expect(run({ steps: [{ kind: "filter", condition: flag }], sink: { kind: "rows", outputs: [long, name] } }, rows)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
});
