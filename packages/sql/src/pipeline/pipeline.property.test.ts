import {
  asText,
  booleanType,
  createSegment,
  dateType,
  decimalType,
  doubleType,
  ExtentAllocator,
  integerType,
  longType,
  stringType,
  type DataType,
  type SQLRow,
  type SQLValue,
} from "@vonk/columnar/internal";
import { call, caseWhen, cast, literal, typeOf, type Expression } from "@vonk/dataframe/internal";
import { compileExpression, keyText } from "@vonk/expression/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { buildTable } from "./build-table.ts";
import { isCompilable } from "./compilable.ts";
import { morselRows } from "./frame.ts";
import { StageRunner, type StageOutput } from "./run-stage.ts";
import type { Accumulator, Block, BlockPart, BuiltTable, ProbeType, StagePlan } from "./stage-plan.ts";
import { StageValues } from "./stage-values.ts";
import { ThreadPipeline } from "./thread-pipeline.ts";
import {
  allocator,
  code,
  day,
  flag,
  int,
  long,
  money,
  name,
  price,
  real,
  rowsOf,
  run,
  session,
  tag,
  thread,
  types,
} from "./testing/random-stage.ts";

/* Stages against the interpreter: the same rows through both. */

function blocksOf(outputs: readonly StageOutput[]): Block[] {
  return outputs.flatMap((output) => ("blocks" in output ? output.blocks : []));
}

/** The rows of blocks, by a stage that only reads. */
function read(blocks: readonly Block[], columns: readonly DataType[]): SQLRow[] {
  const outputs = columns.map((dataType, ordinal): Expression => ({ kind: "boundReference", ordinal, dataType, nullable: true }));
  const runner = new StageRunner({ source: { columns }, session, tag, steps: [], sink: { kind: "rows", outputs } }, thread);
  const part: BlockPart = { blocks };
  return [...runner.runBlocks([part])].filter((output): output is SQLRow => Array.isArray(output));
}

function check(size: number, body: (rows: SQLRow[]) => void): void {
  fc.assert(
    fc.property(rowsOf(size), (rows) => {
      thread.beginTask();
      body(rows);
      allocator.freeTag(tag);
    }),
    { numRuns: 120 },
  );
}

const yes = (name_: string, args: Expression[]): Expression => call(name_, args, booleanType);
const text = (value: string): Expression => literal(value, stringType);
const conditions: Readonly<Record<string, Expression>> = {
  "AND, OR and NOT of comparisons": yes("or", [
    yes("and", [yes(">", [long, literal(3n, longType)]), yes("not", [yes("=", [int, literal(2, integerType)])])]),
    yes("<=", [price, literal(500n, money)]),
  ]),
  "BETWEEN of dates": yes("between", [day, literal(-5000, dateType), literal(5000, dateType)]),
  IN: yes("in", [int, literal(1, integerType), literal(5, integerType), literal(null, integerType)]),
  "texts in order": yes("<", [name, text("f")]),
  "equal texts": yes("=", [name, text("longer than eight bytes")]),
  "LIKE with pieces": yes("like", [name, text("%special%requests%")]),
  "LIKE with ends": yes("like", [name, text("f%en")]),
  "LIKE of a whole text": yes("like", [name, text("é")]),
  "texts of a dictionary": yes("or", [yes("like", [code, text("%e%")]), yes("=", [code, text("A")])]),
  "IS NULL": yes("or", [yes("isnull", [day]), yes("isnotnull", [name])]),
  "a column": flag,
  "two columns of text": yes("=", [name, code]),
  "a start of a text": yes("in", [
    call("substring", [name, literal(2, integerType), literal(3, integerType)], stringType),
    text("ore"),
    text("on"),
  ]),
  "doubles, interpreted": yes(">", [real, literal(0, doubleType)]),
};

test.each(Object.entries(conditions))("filter: %s", (_, condition) => {
  const evaluate = compileExpression(condition, session);
  const outputs = types.map((dataType, ordinal): Expression => ({ kind: "boundReference", ordinal, dataType, nullable: true }));
  check(60, (rows) => {
    expect(run({ steps: [{ kind: "filter", condition }], sink: { kind: "rows", outputs } }, rows)).toEqual(
      rows.filter((row) => evaluate(row) === true),
    );
  });
});

const wide = decimalType(26, 4);
const cheap = yes("<", [int, literal(3, integerType)]);
const values: Readonly<Record<string, Expression>> = {
  "products of decimals": call("*", [price, call("-", [literal(1n, decimalType(1, 0)), price], decimalType(13, 2))], wide),
  "sums that may overflow are left to the interpreter": call(
    "+",
    [cast(price, decimalType(14, 4)), cast(price, decimalType(14, 4))],
    decimalType(15, 4),
  ),
  "a wider decimal": cast(int, decimalType(12, 2)),
  "an integer as a double": cast(int, doubleType),
  "sums of doubles": call("+", [real, call("*", [real, literal(0.5, doubleType)], doubleType)], doubleType),
  CASE: caseWhen([cheap, price, yes("=", [code, text("A")]), literal(null, money)], literal(7n, money)),
  "CASE without ELSE": caseWhen([cheap, name]),
  COALESCE: call("coalesce", [price, literal(3n, money)], money),
  year: call("year", [day], integerType),
  month: call("month", [day], integerType),
  "the rest of a text": call("substring", [name, literal(2, integerType)], stringType),
  "an interpreted text": call("upper", [code], stringType),
  "a condition": yes("and", [flag, cheap]),
};

test.each(Object.entries(values))("value: %s", (_, output) => {
  const evaluate = compileExpression(output, session);
  check(60, (rows) => {
    const blocks = blocksOf(run({ steps: [], sink: { kind: "blocks", outputs: [output, code] } }, rows));
    expect(read(blocks, [typeOf(output), stringType])).toEqual(rows.map((row) => [evaluate(row), row[7]]));
  });
});

test("dates are taken apart by generated code, upper case is not", () => {
  expect(isCompilable(values["year"] ?? code)).toBe(true);
  expect(isCompilable(values["an interpreted text"] ?? code)).toBe(false);
});

const accumulators: readonly Accumulator[] = [
  { kind: "count", dataType: longType },
  { kind: "count", argument: name, dataType: longType },
  { kind: "sum", argument: price, dataType: decimalType(38, 2), result: decimalType(22, 2) },
  { kind: "min", argument: long, dataType: longType },
  { kind: "max", argument: day, dataType: dateType },
];

function expectedGroups(rows: readonly SQLRow[], keys: readonly number[]): SQLRow[] {
  const groups = new Map<string, SQLValue[]>();
  if (keys.length === 0) groups.set("", [0n, 0n, null, null, null]);
  for (const row of rows) {
    const own = keys.map((key) => row[key] ?? null);
    const id = own.map((value) => `${typeof value}${value === null ? "" : asKey(value)}`).join("|");
    const group = groups.get(id) ?? [...own, 0n, 0n, null, null, null];
    groups.set(id, group);
    const at = keys.length;
    group[at] = big(group[at]) + 1n;
    if (row[4] !== null) group[at + 1] = big(group[at + 1]) + 1n;
    if (row[2] !== null) group[at + 2] = big(group[at + 2]) + big(row[2]);
    if (row[0] !== null && (group[at + 3] === null || big(row[0]) < big(group[at + 3]))) group[at + 3] = row[0] ?? null;
    if (row[3] !== null && (group[at + 4] === null || big(row[3]) > big(group[at + 4]))) group[at + 4] = row[3] ?? null;
  }
  return sorted([...groups.values()]);
}

function asKey(value: SQLValue): string {
  return keyText(value);
}

function big(value: SQLValue | undefined): bigint {
  return typeof value === "bigint" ? value : typeof value === "number" ? BigInt(value) : 0n;
}

function sorted(rows: readonly SQLRow[]): SQLRow[] {
  const keyOf = (row: SQLRow): string => row.map((value) => (value === null ? "null" : asKey(value))).join("|");
  return rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

test.each([
  ["one group", []],
  ["by text", [7]],
  ["by text of all kinds, and integers", [4, 1, 0]],
])("groups: %s", (_, keys) => {
  const groupings = keys.map((ordinal): Expression => ({
    kind: "boundReference",
    ordinal,
    dataType: types[ordinal] ?? longType,
    nullable: true,
  }));
  const columns = [...groupings.map(typeOf), ...accumulators.map(({ dataType }) => dataType)];
  const again = accumulators.map((accumulator, index): Accumulator => {
    const argument: Expression = { kind: "boundReference", ordinal: keys.length + index, dataType: accumulator.dataType, nullable: true };
    return { ...accumulator, kind: accumulator.kind === "count" ? "sum" : accumulator.kind, argument };
  });
  check(90, (rows) => {
    const half = rows.length >> 1;
    const count = keys.length === 0 ? 1 : 4;
    const parts = [rows.slice(0, half), rows.slice(half)].flatMap((some) =>
      blocksOf(run({ steps: [], sink: { kind: "groups", groupings, accumulators, averages: [], parts: count } }, some)),
    );
    const merge = groupings.map((grouping, ordinal): Expression => ({
      kind: "boundReference",
      ordinal,
      dataType: typeOf(grouping),
      nullable: true,
    }));
    const plan: StagePlan<BuiltTable> = {
      source: { columns },
      session,
      tag,
      steps: [],
      sink: { kind: "groups", groupings: merge, accumulators: again, averages: [], parts: 1 },
    };
    const blocks = Array.from({ length: count }, (_, index) => [
      ...new StageRunner(plan, thread).runBlocks([{ blocks: parts.filter(({ part }) => part === index) }]),
    ]).flatMap(blocksOf);
    expect(sorted(read(blocks, columns))).toEqual(expectedGroups(rows, keys));
  });
});

test("averages are rounded half up, away from zero", () => {
  const sink = {
    kind: "groups" as const,
    groupings: [],
    accumulators: [
      { kind: "sum" as const, argument: price, dataType: decimalType(38, 2) },
      { kind: "count" as const, argument: price, dataType: longType },
    ],
    averages: [{ sum: 0, count: 1, dataType: decimalType(16, 6) }],
    parts: 1,
  };
  check(30, (rows) => {
    const prices = rows.map((row) => row[2]).filter((value) => typeof value === "bigint");
    const sum = prices.reduce((a, b) => a + b, 0n) * 10_000n;
    const half = BigInt(prices.length) / 2n;
    const mean = prices.length === 0 ? null : (sum < 0n ? sum - half : sum + half) / BigInt(prices.length);
    const [row] = read(blocksOf(run({ steps: [], sink }, rows)), [decimalType(38, 2), longType, decimalType(16, 6)]);
    expect(row?.[2]).toEqual(mean);
  });
});

test("sums of few digits go on as columns of their own type", () => {
  const sums: readonly Accumulator[] = [{ kind: "sum", argument: price, dataType: decimalType(38, 2), result: decimalType(18, 2) }];
  const sink = { kind: "groups" as const, groupings: [code], accumulators: sums, averages: [], parts: 1 };
  const columns = [stringType, decimalType(38, 2)];
  check(30, (rows) => {
    const small = rows.map((row) => row.map((value, column) => (column === 2 && typeof value === "bigint" ? value % 100_000n : value)));
    const blocks = blocksOf(run({ steps: [], sink }, small));
    const sum: Expression = { kind: "boundReference", ordinal: 1, dataType: decimalType(18, 2), nullable: true };
    const plan: StagePlan<BuiltTable> = { source: { columns }, session, tag, steps: [], sink: { kind: "blocks", outputs: [sum, sum] } };
    const moved = blocksOf([...new StageRunner(plan, thread).runBlocks([{ blocks }])]);
    const expected = read(blocks, columns).map((row) => [row[1], row[1]]);
    expect(read(moved, [decimalType(18, 2), decimalType(18, 2)])).toEqual(expected);
  });
});

/** A table of some rows by keys, as a build makes it. */
function tableOf(
  rows: readonly SQLRow[],
  keys: readonly number[],
  more: { hasNullRow?: boolean; isExistence?: boolean; hasMarks?: boolean },
): BuiltTable {
  const outputs = types.map((dataType, ordinal): Expression => ({ kind: "boundReference", ordinal, dataType, nullable: true }));
  const blocks = blocksOf(run({ steps: [], sink: { kind: "blocks", outputs } }, rows));
  thread.beginTask();
  const plan = { types, keys, hasNullRow: false, isExistence: false, hasMarks: false, tag, ...more };
  return buildTable(plan, blocks, thread, new StageValues(thread, session));
}

const joins: readonly (readonly [ProbeType, readonly number[], boolean])[] = [
  ["inner", [1], false],
  ["inner", [0, 1], false],
  ["inner", [4], true],
  ["left", [1], false],
  ["left", [4, 1], true],
  ["semi", [1], false],
  ["semi", [0], true],
  ["anti", [1], false],
  ["anti", [7, 1], true],
  ["mark", [1], true],
];

test.each(joins)("join: %s on columns %j, with a condition: %s", (joinType, keys, hasCondition) => {
  const joinKeys = keys.map((ordinal): Expression => ({
    kind: "boundReference",
    ordinal,
    dataType: types[ordinal] ?? longType,
    nullable: true,
  }));
  const condition = yes("not", [
    yes("=", [day, { kind: "boundReference", ordinal: types.length + 3, dataType: dateType, nullable: true }]),
  ]);
  const test_ = compileExpression(condition, session);
  fc.assert(
    fc.property(rowsOf(40), rowsOf(40), (left, right) => {
      thread.beginTask();
      const isExistence = (joinType === "semi" || joinType === "anti") && !hasCondition;
      const table = tableOf(right, keys, { hasNullRow: joinType === "left", isExistence, hasMarks: joinType === "mark" });
      const matches = (a: SQLRow, b: SQLRow): boolean =>
        keys.every((key) => a[key] !== null && a[key] === b[key]) && (!hasCondition || test_([...a, ...b]) === true);
      const pairs = joinType === "inner" || joinType === "left";
      const all = pairs ? [...types, ...types] : types;
      const outputs = all.map((dataType, ordinal): Expression => ({ kind: "boundReference", ordinal, dataType, nullable: true }));
      const step = { kind: "probe" as const, table, keys: joinKeys, joinType, nullAware: false, ...(hasCondition ? { condition } : {}) };
      const found = run({ steps: [step], sink: joinType === "mark" ? { kind: "none" } : { kind: "rows", outputs } }, left) as SQLRow[];
      if (joinType === "mark") {
        const marks = right.map((_, index) => thread.views.bytes[table.marks + index] === 1);
        expect(marks).toEqual(right.map((b) => left.some((a) => matches(a, b))));
      } else {
        const nothing = types.map(() => null);
        const expected = left.flatMap((a): SQLRow[] => {
          const own = right.filter((b) => matches(a, b));
          if (joinType === "semi") return own.length > 0 ? [a] : [];
          if (joinType === "anti") return own.length > 0 ? [] : [a];
          return own.length === 0 && joinType === "left" ? [[...a, ...nothing]] : own.map((b) => [...a, ...b]);
        });
        expect(sorted(found)).toEqual(sorted(expected));
      }
      allocator.freeTag(tag);
    }),
    { numRuns: 100 },
  );
});

test.each([
  ["a bitmap and ranks", [1], 2_000_000],
  ["a bitmap, of two columns", [0, 1], 300],
  ["a bitmap alone", [1], 3_000_000],
])("join by a table with %s", (kind, keys, range) => {
  const joinKeys = keys.map((ordinal): Expression => ({
    kind: "boundReference",
    ordinal,
    dataType: types[ordinal] ?? longType,
    nullable: true,
  }));
  const isExistence = kind === "a bitmap alone";
  const numbers = fc.array(fc.integer({ min: -range, max: range }), { maxLength: 60 });
  fc.assert(
    fc.property(numbers, numbers, (left, right) => {
      thread.beginTask();
      const rowsOf_ = (values_: readonly number[]): SQLRow[] =>
        values_.map((n, at) => [BigInt(at % 3) * 300n, n, 1n, at, "a", 1, true, "A"]);
      // The bounds make the range what it is, and keys that occur twice a chain.
      const build = rowsOf_([...right, -range, range, ...right.slice(0, 5)]);
      const probe = rowsOf_([...left, ...right, 0, range + 1]);
      const table = tableOf(build, keys, { isExistence });
      expect([table.bitmap !== 0, table.ranks !== 0]).toEqual([true, !isExistence]);
      const matches = (a: SQLRow, b: SQLRow): boolean => keys.every((key) => a[key] === b[key]);
      const joinType = isExistence ? ("semi" as const) : ("inner" as const);
      const outputs = (isExistence ? types : [...types, ...types]).map((dataType, ordinal): Expression => ({
        kind: "boundReference",
        ordinal,
        dataType,
        nullable: true,
      }));
      const step = { kind: "probe" as const, table, keys: joinKeys, joinType, nullAware: false };
      const found = run({ steps: [step], sink: { kind: "rows", outputs } }, probe) as SQLRow[];
      const expected = isExistence
        ? probe.filter((a) => build.some((b) => matches(a, b)))
        : probe.flatMap((a) => build.filter((b) => matches(a, b)).map((b) => [...a, ...b]));
      expect(sorted(found)).toEqual(sorted(expected));
      allocator.freeTag(tag);
    }),
    { numRuns: 60 },
  );
});

test("a probe that gives more rows than fit at once goes on", () => {
  thread.beginTask();
  const row: SQLRow = [1n, 1, 1n, 1, "a", 1, true, "A"];
  const table = tableOf(
    Array.from({ length: 300 }, () => row),
    [1],
    {},
  );
  const step = { kind: "probe" as const, table, keys: [int], joinType: "inner" as const, nullAware: false };
  const sink = {
    kind: "groups" as const,
    groupings: [],
    accumulators: [{ kind: "count" as const, dataType: longType }],
    averages: [],
    parts: 1,
  };
  const blocks = blocksOf(
    run(
      { steps: [step], sink },
      Array.from({ length: 500 }, () => row),
    ),
  );
  expect(read(blocks, [longType])).toEqual([[150_000n]]);
  allocator.freeTag(tag);
});

test("more rows than a frame has, more groups and longer texts than are expected", () => {
  thread.beginTask();
  const rows = Array.from({ length: morselRows + 5000 }, (_, index): SQLRow => [
    BigInt(index),
    index,
    1n,
    1,
    `${index}`.padEnd(40, "x"),
    1,
    true,
    "A",
  ]);
  const sink = {
    kind: "groups" as const,
    groupings: [name],
    accumulators: [{ kind: "count" as const, dataType: longType }],
    averages: [],
    parts: 1,
  };
  const groups = read(blocksOf(run({ steps: [], sink }, rows)), [stringType, longType]);
  expect(sorted(groups)).toEqual(sorted(rows.map((row) => [row[4] ?? null, 1n])));
  const long_ = ["x".repeat(9_000_000), "é"].map((value): SQLRow => [1n, 1, 1n, 1, value, 1, true, "A"]);
  const copied = read(blocksOf(run({ steps: [], sink: { kind: "blocks", outputs: [name] } }, long_)), [stringType]);
  expect(copied.map(([value]) => asText(value ?? null).length)).toEqual([9_000_000, 1]);
  allocator.freeTag(tag);
});

test("memory that the segment does not have is an error of its own", () => {
  const small = new ExtentAllocator(createSegment(2 ** 20), 0);
  const poor = new ThreadPipeline({ memory: small.memory, allocator: small, makeRoom: () => false }, 7);
  expect(() => poor.taskMemory.allocate(2 ** 22)).toThrow("PIPELINE_MEMORY_EXCEEDED");
});
