import { arrayType, doubleType, integerType, longType, stringType, structField, structType, booleanType } from "@vonk/columnar/internal";
import {
  alias,
  aggregateCall,
  attribute,
  call,
  literal,
  type Attribute,
  type Expression,
  type LogicalPlan,
} from "@vonk/dataframe/internal";
import { expect, test } from "vitest";
import type { BuiltTable, StageStep } from "../pipeline/stage-plan.ts";
import type { Table } from "../source/table.ts";
import { withEarlyTests } from "./early-tests.ts";
import { joinSize } from "./join-size.ts";
import type { BuildSide } from "./pipeline.ts";
import { planPipeline } from "./plan-pipeline.ts";
import { joinsOf, reduced, testsOf } from "./semi-join-reduction.ts";

function table(name: string, rowCount: number, columns: readonly Attribute[], hasBatches = true): LogicalPlan {
  const source: Table = {
    name,
    hasBatches,
    schema: structType(columns.map((column) => structField(column.name, column.dataType))),
    statistics: { sizeBytes: rowCount * 8, rowCount, columns: {} },
    scan: () => ({ description: "", partitions: [], reader: { module: "", export: "", args: {} } }),
  };
  return { kind: "table", table: source, output: columns, filters: [] };
}

const id = attribute("id", longType, true);
const value = attribute("value", integerType, true);
const facts = table("facts", 1_000_000, [id, value]);
const key = attribute("key", longType, true);
const name = attribute("name", stringType, true);
const dimension = table("dimension", 1000, [key, name]);
const all = (...columns: Attribute[]): Set<number> => new Set(columns.map((column) => column.exprId));
const equal = (a: Expression, b: Expression): Expression => call("=", [a, b], booleanType);
const join = (left: LogicalPlan, right: LogicalPlan, joinType: "inner" | "semi" | "left" | "full", condition: Expression): LogicalPlan => ({
  kind: "join",
  left,
  right,
  joinType,
  condition,
  lateral: false,
});

test("expressions that differ from row to row by themselves go row by row", () => {
  const drawn = alias(call("rand", [literal(1n, longType)], doubleType), "r");
  expect(planPipeline({ kind: "project", projections: [drawn], child: facts }, all())).toBeUndefined();
  expect(planPipeline({ kind: "project", projections: [value], child: facts }, all(value))).toBeDefined();
});

test("sources without batches, nested columns and full joins go row by row", () => {
  expect(planPipeline(table("rows", 10, [id], false), all(id))).toBeUndefined();
  expect(planPipeline(table("lists", 10, [attribute("list", arrayType(longType), true)]), all())).toBeUndefined();
  expect(planPipeline(join(facts, dimension, "full", equal(id, key)), all(id))).toBeUndefined();
});

test("the smaller side is built, whichever it is", () => {
  const both = [join(facts, dimension, "inner", equal(id, key)), join(dimension, facts, "inner", equal(id, key))];
  for (const plan of both) {
    const pipeline = planPipeline(plan, all(value, name));
    expect(pipeline?.source).toMatchObject({ kind: "table", name: "facts" });
    expect(pipeline?.steps).toMatchObject([{ kind: "join", joinType: "inner", build: { rows: 1000, keys: [0] } }]);
    expect(pipeline?.bindings.get(name.exprId)).toMatchObject({ kind: "boundReference", ordinal: 3 });
  }
});

test("a semi join with a large right side marks the rows of the left", () => {
  const pipeline = planPipeline(join(dimension, facts, "semi", equal(id, key)), all(name));
  expect(pipeline?.source).toMatchObject({ kind: "marked", wantsMatched: true, probe: { source: { name: "facts" } } });
});

test("filters make a side smaller, joins do not make the larger side larger", () => {
  const filtered: LogicalPlan = { kind: "filter", condition: equal(value, literal(1, integerType)), child: facts };
  expect(joinSize(filtered)).toEqual({ rows: 100_000, base: 1_000_000 });
  expect(joinSize(join(filtered, dimension, "inner", equal(id, key)))).toEqual({ rows: 100_000, base: 1_000_000 });
});

test("groups are planned with their sums, and counts of different values as two groupings", () => {
  const sum = alias(aggregateCall("sum", [value], longType), "s");
  const plan: LogicalPlan = { kind: "aggregate", groupings: [id], aggregates: [sum], child: facts };
  expect(planPipeline(plan, all())?.source).toMatchObject({ kind: "groups", accumulators: [{ kind: "sum", result: longType }] });
  const count = alias(aggregateCall("count", [value], longType, { distinct: true }), "c");
  const distinct = planPipeline({ ...plan, aggregates: [count] }, all());
  expect(distinct?.source).toMatchObject({ kind: "groups", child: { source: { kind: "groups", accumulators: [] } } });
});

const built = (rows: number, slots: number): BuiltTable => ({
  rows,
  types: [longType],
  block: { rows, columns: [] },
  keys: [0],
  direct: [{ min: 0n, size: slots, stride: 1 }],
  heads: 1,
  slots,
  next: 0,
  bitmap: 1,
  ranks: 0,
  marks: 0,
  hasNullKey: false,
});

test("what most rows fail is tested first", () => {
  const probe = (ordinal: number, rows: number): StageStep => ({
    kind: "probe",
    table: built(rows, 100),
    keys: [{ kind: "boundReference", ordinal, dataType: longType, nullable: true }],
    joinType: "inner",
    nullAware: false,
  });
  const steps = [probe(0, 50), probe(1, 2), probe(2, 1)];
  // The third key is no column of the source.
  expect(withEarlyTests(steps, 2).map((step) => (step.kind === "probe" ? [step.joinType, step.table.rows] : []))).toEqual([
    ["semi", 2],
    ["semi", 50],
    ["inner", 50],
    ["inner", 2],
    ["inner", 1],
  ]);
  expect(withEarlyTests([probe(0, 90)], 1)).toHaveLength(1);
});

test("groups that a join cannot use are not made", () => {
  const grouped: LogicalPlan = {
    kind: "aggregate",
    groupings: [id],
    aggregates: [id, alias(aggregateCall("sum", [value], longType), "s")],
    child: facts,
  };
  const other = attribute("other", longType, true);
  const stream = join(table("stream", 5_000_000, [other]), dimension, "inner", equal(other, key));
  const pipeline = planPipeline(join(stream, grouped, "left", equal(key, id)), all(other, id));
  const joins = pipeline === undefined ? [] : joinsOf(pipeline);
  const [first, second] = joins;
  expect(joins).toHaveLength(2);
  if (first === undefined || second === undefined) return;
  const sideFor = (table: BuiltTable): BuildSide => reduced(second.step.build, testsOf(second, joins, new Map([[first.step, table]])));
  expect(sideFor(built(10, 1000)).pipeline.source).toMatchObject({
    kind: "groups",
    child: { steps: [{ kind: "probe", joinType: "semi" }] },
  });
  expect(sideFor(built(900, 1000)).pipeline.source).toMatchObject({ child: { steps: [] } });
});
