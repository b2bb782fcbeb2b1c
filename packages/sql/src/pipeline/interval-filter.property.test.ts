import {
  booleanType,
  createSegment,
  ExtentAllocator,
  integerType,
  longType,
  physicalBytes,
  type ColumnVector,
  type DataType,
  type PhysicalType,
} from "@vonk/columnar/internal";
import { call, conjunction, literal, type Expression } from "@vonk/dataframe/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { columnIntervals } from "./column-intervals.ts";
import { StageRunner } from "./run-stage.ts";
import { ThreadPipeline } from "./thread-pipeline.ts";

/* Comparisons with constants, many rows at once, against the same in JavaScript. */

const session = { timeZone: "UTC", nowMicros: 0n, user: "", catalog: "", database: "", version: "" };
const allocator = new ExtentAllocator(createSegment(32 * 2 ** 20), 0);
const thread = new ThreadPipeline({ memory: allocator.memory, allocator, makeRoom: () => false }, 7);

const widths: readonly PhysicalType[] = ["int8", "int16", "int32", "int64"];
const operators = ["=", "<", "<=", ">", ">=", "between"] as const;

function vectorOf(dataType: DataType, physical: PhysicalType, values: readonly bigint[]): ColumnVector {
  const width = physicalBytes[physical];
  const data = thread.batchMemory.allocate(width * values.length);
  for (const [row, value] of values.entries())
    for (let byte = 0; byte < width; byte++)
      thread.views.view.setUint8(data + row * width + byte, Number((value >> BigInt(8 * byte)) & 255n));
  return { dataType, physical, length: values.length, data, validity: 0 };
}

const drawnColumn = fc.constantFrom(...widths).chain((physical) => {
  const bits = BigInt(8 * physicalBytes[physical]);
  const edges = fc.constantFrom(-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n);
  return fc.record({
    physical: fc.constant(physical),
    some: fc.array(fc.oneof(fc.bigInt(-9n, 9n), edges), { minLength: 100, maxLength: 100 }),
  });
});

const drawnTest = fc.record({
  column: fc.nat(2),
  operator: fc.constantFrom(...operators),
  bounds: fc.tuple(fc.oneof(fc.bigInt(-9n, 9n), fc.bigInt(-(2n ** 40n), 2n ** 40n)), fc.bigInt(-9n, 9n)),
  isMirrored: fc.boolean(),
});

function conditionOf({
  column,
  operator,
  bounds,
  isMirrored,
}: {
  column: number;
  operator: string;
  bounds: readonly bigint[];
  isMirrored: boolean;
}): Expression {
  const left: Expression = { kind: "boundReference", ordinal: column, dataType: longType, nullable: true };
  const [low = 0n, high = 0n] = bounds;
  if (operator === "between") return call("between", [left, literal(low, longType), literal(high, longType)], booleanType);
  return call(operator, isMirrored ? [literal(low, longType), left] : [left, literal(low, longType)], booleanType);
}

function holds(
  { operator, bounds, isMirrored }: { operator: string; bounds: readonly bigint[]; isMirrored: boolean },
  value: bigint,
): boolean {
  const [low = 0n, high = 0n] = bounds;
  const [a, b] = isMirrored && operator !== "between" ? [low, value] : [value, low];
  switch (operator) {
    case "=":
      return a === b;
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      return value >= low && value <= high;
  }
}

test("intervals of columns of all widths keep the rows that the comparisons hold for", () => {
  fc.assert(
    fc.property(
      fc.array(drawnColumn, { minLength: 3, maxLength: 3 }),
      fc.array(drawnTest, { minLength: 1, maxLength: 4 }),
      fc.nat(3000),
      (columns, tests, rows) => {
        thread.beginTask();
        const valueAt = (column: number, row: number): bigint => columns[column]?.some[(row * 7 + column) % 100] ?? 0n;
        const vectors = columns.map(({ physical }, column) =>
          vectorOf(
            longType,
            physical,
            Array.from({ length: rows }, (_, row) => valueAt(column, row)),
          ),
        );
        const numbers = vectorOf(
          integerType,
          "int32",
          Array.from({ length: rows }, (_, row) => BigInt(row)),
        );
        const output: Expression = { kind: "boundReference", ordinal: 3, dataType: integerType, nullable: true };
        const condition = conjunction(tests.map(conditionOf));
        expect(columnIntervals(condition).rest).toBeUndefined();
        const plan = {
          source: { columns: [longType, longType, longType, integerType] },
          session,
          tag: 9,
          steps: [{ kind: "filter" as const, condition }],
          sink: { kind: "rows" as const, outputs: [output] },
        };
        const kept = [...new StageRunner(plan, thread).runBatches([{ length: rows, columns: [...vectors, numbers] }])];
        const expected = Array.from({ length: rows }, (_, row) => row).filter((row) =>
          tests.every((each) => holds(each, valueAt(each.column, row))),
        );
        expect(kept.map((row) => (Array.isArray(row) ? row[0] : undefined))).toEqual(expected);
      },
    ),
    { numRuns: 150 },
  );
});
