import { setFlagsFromString } from "node:v8";
import { setImmediate } from "node:timers/promises";
import { runInNewContext } from "node:vm";
import type { SQLRow } from "@vonk/columnar/internal";
import { integerType } from "@vonk/columnar/internal";
import type { Expression } from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { expect, test } from "vitest";
import { joinRows, type JoinPlan } from "./join-rows.ts";

const session: SessionValues = { timeZone: "UTC", nowMicros: 0n, user: "", catalog: "", database: "", version: "" };
const key: Expression = { kind: "boundReference", ordinal: 0, dataType: integerType, nullable: true };

test("the table of a join goes with the value of its broadcast, however long the stage is kept", async () => {
  let value: SQLRow[] = [
    [1, "a"],
    [2, "b"],
  ];
  const built = new WeakRef(value[0] ?? []);
  const plan = {
    build: {
      get value() {
        return value;
      },
    },
    joinType: "inner",
    leftKeys: [key],
    rightKeys: [key],
    leftWidth: 1,
    rightWidth: 2,
    nullAware: false,
    session,
  };
  const join = joinRows(plan as unknown as JoinPlan) as (partition: number, rows: Iterable<SQLRow>) => Iterable<SQLRow>;
  expect([...join(0, [[2], [3], [1]])]).toEqual([
    [2, 2, "b"],
    [1, 1, "a"],
  ]);
  value = [];
  // What a WeakRef was made of stays until the turn ends.
  await setImmediate();
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  expect(built.deref()).toBeUndefined();
  expect([...join(0, [[2]])]).toEqual([]);
});
