import {
  arrayType,
  booleanType,
  decimalType,
  doubleType,
  integerType,
  longType,
  mapType,
  stringType,
  yearMonthIntervalType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { describe, expect, test } from "vitest";
import { findFunction } from "../../function/registry.ts";
import { aggregateRows, type TestColumn } from "../../testing/aggregate-rows.ts";
import { testSession } from "../../testing/call-by-name.ts";

const column = (type: DataType): TestColumn => ({ type });
const single = (...values: SQLValue[]): SQLValue[][] => values.map((value) => [value]);
const months = yearMonthIntervalType();

describe.each([1, 2, 3])("in %i parts", (parts) => {
  test.each<[string, TestColumn[], SQLValue[][], SQLValue]>([
    ["sum", [column(integerType)], single(1, null, 2), 3n],
    ["try_sum", [column(longType)], single(2n ** 63n - 1n, 1n, 5n), null],
    ["avg", [column(decimalType(4, 1))], single(10n, 15n), 12_500n * 10n],
    ["avg", [column(months)], single(1, 2), 2],
    ["stddev", [column(doubleType)], single(1, 2, 3), 1],
    ["var_pop", [column(doubleType)], single(1, 2, 3, 6), 3.5],
    ["var_samp", [column(doubleType)], single(1), null],
    ["collect_list", [column(integerType)], single(1, null, 1), [1, 1]],
    ["collect_set", [column(integerType)], single(1, 2, 1), [1, 2]],
    [
      "listagg",
      [column(stringType), { type: stringType, constant: "-" }],
      [
        ["b", "-"],
        [null, "-"],
        ["a", "-"],
      ],
      "b-a",
    ],
    [
      "listagg",
      [column(stringType), { type: integerType, order: "descending" }],
      [
        ["a", 1],
        ["b", 3],
        ["c", 2],
      ],
      "bca",
    ],
    [
      "mode",
      [column(integerType), { type: booleanType, constant: true }],
      [
        [2, true],
        [1, true],
        [2, true],
        [1, true],
      ],
      1,
    ],
    [
      "max_by",
      [column(stringType), column(integerType)],
      [
        ["a", 1],
        ["b", 3],
        ["c", null],
      ],
      "b",
    ],
    [
      "min_by",
      [column(stringType), column(integerType), { type: integerType, constant: 2 }],
      [
        ["a", 2, 2],
        ["b", 3, 2],
        ["c", 1, 2],
      ],
      ["c", "a"],
    ],
    ["bool_and", [column(booleanType)], single(true, null, false), false],
    ["any", [column(booleanType)], single(false, true), true],
    ["bit_xor", [column(integerType)], single(3, 5), 6],
    ["count_if", [column(booleanType)], single(true, false, null), 1n],
    ["median", [column(integerType)], single(1, 4, 2, 3), 2.5],
    [
      "percentile",
      [column(integerType), { type: arrayType(doubleType), constant: [0.25, 1] }],
      [
        [0, null],
        [10, null],
      ].map(([value]) => [value ?? null, 0]),
      [2.5, 10],
    ],
    [
      "percentile_cont",
      [
        { type: doubleType, constant: 0.25 },
        { type: months, order: "ascending" },
      ],
      [
        [0.25, 0],
        [0.25, 10],
      ],
      2,
    ],
    [
      "percentile_disc",
      [
        { type: doubleType, constant: 0.25 },
        { type: integerType, order: "descending" },
      ],
      [
        [0.25, 0],
        [0.25, 10],
      ],
      10,
    ],
    [
      "approx_percentile",
      [column(integerType), { type: doubleType, constant: 0.5 }],
      [
        [0, 0.5],
        [6, 0.5],
        [7, 0.5],
        [9, 0.5],
        [10, 0.5],
      ],
      7,
    ],
    ["approx_count_distinct", [column(integerType)], single(1, 1, 2, 3), 3n],
    [
      "histogram_numeric",
      [column(integerType), { type: integerType, constant: 2 }],
      [
        [0, 2],
        [1, 2],
        [10, 2],
      ],
      [
        [0, 2],
        [10, 1],
      ],
    ],
    [
      "nth_value",
      [column(stringType), { type: integerType, constant: 2 }],
      [
        ["a", 2],
        ["b", 2],
      ],
      "b",
    ],
  ])("%s %#", (name, columns, rows, value) => expect(aggregateRows(name, columns, rows, parts)).toEqual(value));

  test.each<[string, number]>([
    ["skewness", 0.98],
    ["kurtosis", 0.2],
    ["corr", 0.73],
    ["covar_samp", 25.67],
    ["regr_slope", 1.29],
    ["regr_intercept", -2.08],
    ["regr_r2", 0.53],
    ["regr_sxx", 60],
  ])("%s", (name, value) => {
    const pairs = [
      [1, 2],
      [2, 5],
      [3, 8],
      [4, 9],
      [20, 13],
    ].map(([y = 0, x = 0]) => [y, x]);
    const wide = !["skewness", "kurtosis"].includes(name);
    const result = aggregateRows(
      name,
      wide ? [column(doubleType), column(doubleType)] : [column(doubleType)],
      wide ? pairs : pairs.map(([y = 0]) => [y]),
      parts,
    );
    const whole = aggregateRows(
      name,
      wide ? [column(doubleType), column(doubleType)] : [column(doubleType)],
      wide ? pairs : pairs.map(([y = 0]) => [y]),
    );
    expect(result).toBeCloseTo(Number(whole), 9);
    expect(Math.sign(Number(result))).toBe(Math.sign(value));
  });
});

test("many values are counted within a few per cent", () => {
  const counted = aggregateRows(
    "approx_count_distinct",
    [column(integerType)],
    Array.from({ length: 20_000 }, (_, index) => [index]),
  );
  expect(Math.abs(Number(counted) - 20_000)).toBeLessThan(2000);
});

test("sums of intervals that overflow", () => {
  expect(() => aggregateRows("sum", [column(months)], single(2 ** 31 - 1, 1))).toThrow("INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION");
  expect(aggregateRows("try_avg", [column(months)], single(2 ** 31 - 1, 1))).toBeNull();
  expect(() => aggregateRows("max_by", [column(stringType), column(mapType(stringType, stringType))], [])).toThrow(
    "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE",
  );
});

describe("windows", () => {
  const values = ["a", "b", null, "d"];
  const over = (name: string, args: readonly SQLValue[] = [], ignoreNulls = false): SQLValue[] => {
    const definition = findFunction(name);
    if (definition?.kind !== "window") return expect.fail(name);
    const site = {
      name,
      args: args.map((value) => ({ dataType: integerType, constant: { value } })),
      dataType: integerType,
      mode: "ansi",
      session: testSession,
    } as const;
    const partition = {
      size: 4,
      peers: Int32Array.of(0, 0, 2, 3),
      ignoreNulls,
      argument: (index: number, row: number) => (index === 0 ? (values[row] ?? null) : (args[index] ?? null)),
    };
    return definition.evaluate(partition, site);
  };

  test("places", () => {
    expect(over("row_number")).toEqual([1, 2, 3, 4]);
    expect(over("rank")).toEqual([1, 1, 3, 4]);
    expect(over("dense_rank")).toEqual([1, 1, 2, 3]);
    expect(over("percent_rank")).toEqual([0, 0, 2 / 3, 1]);
    expect(over("cume_dist")).toEqual([0.5, 0.5, 0.75, 1]);
    expect(over("ntile", [3])).toEqual([1, 1, 2, 3]);
  });

  test("neighbours", () => {
    expect(over("lag", [null])).toEqual([null, "a", "b", null]);
    expect(over("lead", [null, 2, "x"])).toEqual([null, "d", "x", "x"]);
    expect(over("lag", [null, 1], true)).toEqual([null, "a", "b", "b"]);
  });
});
