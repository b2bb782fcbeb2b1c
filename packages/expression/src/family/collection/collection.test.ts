import {
  arrayType,
  booleanType,
  dateType,
  decimalType,
  integerType,
  mapType,
  MapValue,
  stringType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { call, cast, literal, type Expression } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import { findFunction } from "../../function/registry.ts";
import { callByName, evaluateCall, showCall, type TestArgument } from "../../testing/call-by-name.ts";

const array = (...values: TestArgument[]): Expression => callByName("array", values);
const map = (...values: TestArgument[]): Expression => callByName("map", values);
const struct = (...values: TestArgument[]): Expression => callByName("named_struct", values);
const apply = callByName;
const nothing = literal(null, integerType);

test.each<[string, TestArgument[], string]>([
  ["array", [1, 2.5, nothing], "[1.0, 2.5, null] ARRAY<DOUBLE>"],
  ["map", ["a", 1, "b", nothing], "{a -> 1, b -> null} MAP<STRING, INT>"],
  ["named_struct", ["a", 1, "b", "x"], "{1, x} STRUCT<a: INT NOT NULL, b: STRING NOT NULL>"],
  ["sequence", [5, 1, -2], "[5, 3, 1] ARRAY<INT>"],
  [
    "sequence",
    [
      cast(literal("2020-01-31", stringType), dateType),
      cast(literal("2020-03-31", stringType), dateType),
      callByName("make_ym_interval", [0, 1]),
    ],
    "[2020-01-31, 2020-02-29, 2020-03-31] ARRAY<DATE>",
  ],
  ["array_repeat", ["a", 2], "[a, a] ARRAY<STRING>"],
  ["element_at", [array(1, 2, 3), -1], "3 INT"],
  ["element_at", [map("a", 1), "b"], "NULL INT"],
  ["[]", [array(1, 2), 0], "1 INT"],
  ["getfield", [struct("a", 1), "A"], "1 INT"],
  ["getfield", [array(struct("a", 1), struct("a", 2)), "a"], "[1, 2] ARRAY<INT>"],
  ["size", [map(1, 2)], "1 INT"],
  ["concat", [array(1, 2), array(3n)], "[1, 2, 3] ARRAY<BIGINT>"],
  ["map_entries", [map(1, "a")], "[{1, a}] ARRAY<STRUCT<key: INT NOT NULL, value: STRING NOT NULL>>"],
  ["map_from_entries", [array(struct("k", 1, "v", "a"))], "{1 -> a} MAP<INT, STRING>"],
  ["map_concat", [map(1, "a"), map(2, "b")], "{1 -> a, 2 -> b} MAP<INT, STRING>"],
  ["str_to_map", ["a:1,b"], "{a -> 1, b -> null} MAP<STRING, STRING>"],
  ["array_contains", [array(1, nothing), 2], "NULL BOOLEAN"],
  ["array_position", [array(1, 2, 2), 2], "2 BIGINT"],
  ["array_insert", [array(1, 2), -4, 9], "[9, null, 1, 2] ARRAY<INT>"],
  ["array_union", [array(1, nothing), array(nothing, 2)], "[1, null, 2] ARRAY<INT>"],
  ["array_except", [array(1, 2, 2), array(1)], "[2] ARRAY<INT>"],
  ["arrays_overlap", [array(1, nothing), array(2)], "NULL BOOLEAN"],
  ["array_join", [array("a", literal(null, stringType), "b"), "-", "?"], "a-?-b STRING"],
  ["sort_array", [array(2, nothing, 1), false], "[2, 1, null] ARRAY<INT>"],
  ["slice", [array(1, 2, 3), -2, 2], "[2, 3] ARRAY<INT>"],
  ["flatten", [array(array(1), array(2, 3))], "[1, 2, 3] ARRAY<INT>"],
  ["arrays_zip", [array(1, 2), array("a")], "[{1, a}, {2, null}] ARRAY<STRUCT<0: INT, 1: STRING>>"],
])("%s %#", (name, args, shown) => expect(showCall(name, args).replaceAll("`", "")).toBe(shown));

describe("lambdas", () => {
  test("see elements, places and the variables around them", () => {
    expect(evaluateCall("transform", [array(1, 2), (x, i) => apply("+", [x ?? null, i ?? null])])).toEqual([1, 3]);
    const table = evaluateCall("transform", [
      array(1, 2),
      (x) => apply("transform", [array(10, 20), (y) => apply("+", [x ?? null, y ?? null])]),
    ]);
    expect(table).toEqual([
      [11, 21],
      [12, 22],
    ]);
  });

  test.each<[string, TestArgument[], SQLValue]>([
    ["filter", [array(1, 2, 3), (x) => apply(">", [x ?? null, 1])], [2, 3]],
    ["exists", [array(1, nothing), (x) => apply(">", [x ?? null, 1])], null],
    ["forall", [array(1, nothing), (x) => apply(">", [x ?? null, 1])], false],
    ["aggregate", [array(1, 2, 3), 0, (a, x) => apply("+", [a ?? null, x ?? null]), (a) => apply("*", [a ?? null, 10])], 60],
    ["zip_with", [array(1, 2), array(3), (a, b) => apply("coalesce", [b ?? null, a ?? null])], [3, 2]],
    ["array_sort", [array(1, 3, 2), (a, b) => apply("-", [b ?? null, a ?? null])], [3, 2, 1]],
    ["array_sort", [array(2, nothing, 1)], [1, 2, null]],
    ["map_filter", [map(1, 0, 2, 2), (k, v) => apply(">", [k ?? null, v ?? null])], new MapValue([1], [0])],
    ["transform_keys", [map(1, 0), (k) => apply("+", [k ?? null, 1])], new MapValue([2], [0])],
    ["transform_values", [map(1, 0), (_k, v) => apply("+", [v ?? null, 1])], new MapValue([1], [1])],
    [
      "map_zip_with",
      [map(1, "a"), map(1, "b", 2, "c"), (_k, a, b) => apply("concat_ws", ["", a ?? null, b ?? null])],
      new MapValue([1, 2], ["ab", "c"]),
    ],
    [
      "map_zip_with",
      [
        map(literal(15n, decimalType(2, 1)), "a"),
        map(literal(150n, decimalType(3, 2)), "b", literal(2n, decimalType(3, 2)), "c"),
        (k) => k ?? nothing,
      ],
      new MapValue([150n, 2n], [150n, 2n]),
    ],
  ])("%s", (name, args, value) => expect(evaluateCall(name, args)).toEqual(value));

  test("keys that have no common type are no keys of map_zip_with", () => {
    expect(() => evaluateCall("map_zip_with", [map(1, 1), map("1", 1), (k) => k ?? nothing])).toThrow(
      expect.objectContaining({ code: "DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES" }),
    );
  });

  test("a test must be a BOOLEAN", () => {
    expect(() => evaluateCall("filter", [array(1), (x) => x ?? literal(null, booleanType)])).toThrow(
      "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE",
    );
  });
});

function rowsOf(name: string, args: TestArgument[]): (readonly SQLValue[])[] {
  const definition = findFunction(name);
  if (definition?.kind !== "generator") return expect.fail(`no generator ${name}`);
  const built = callByName(name, args);
  if (built.kind !== "call") return expect.fail(name);
  const values = built.args.map((argument) => (argument.kind === "literal" ? argument.value : evaluateCall("coalesce", [argument])));
  return Array.from(
    definition.rows({
      name,
      args: [],
      dataType: built.dataType,
      mode: "ansi",
      session: { timeZone: "UTC", nowMicros: 0n, user: "", catalog: "", database: "", version: "" },
    })(...values),
  );
}

test("generators", () => {
  expect(rowsOf("explode", [array(1, 2)])).toEqual([[1], [2]]);
  expect(rowsOf("posexplode", [map("a", 1)])).toEqual([[0, "a", 1]]);
  expect(rowsOf("explode_outer", [literal(null, arrayType(integerType))])).toEqual([[null]]);
  expect(rowsOf("inline", [array(struct("a", 1, "b", "x"))])).toEqual([[1, "x"]]);
  expect(rowsOf("stack", [2, 1, 2, 3])).toEqual([
    [1, 2],
    [3, null],
  ]);
});

test.each<[string, TestArgument[], string]>([
  ["element_at", [array(1), 0], "INVALID_INDEX_OF_ZERO"],
  ["element_at", [array(1), 2], "INVALID_ARRAY_INDEX_IN_ELEMENT_AT"],
  ["[]", [array(1), 1], "INVALID_ARRAY_INDEX"],
  ["[]", [1, 1], "INVALID_EXTRACT_BASE_FIELD_TYPE"],
  ["getfield", [struct("a", 1), "b"], "FIELD_NOT_FOUND"],
  ["map", [1, 1, 1, 2], "DUPLICATED_MAP_KEY"],
  ["map", [nothing, 1], "NULL_MAP_KEY"],
  ["map", [1, 1, true, 2], "DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES"],
  ["named_struct", [1, 2], "DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING"],
  ["array", [1, true], "DATATYPE_MISMATCH.DATA_DIFF_TYPES"],
  ["array_append", [array(1), true], "DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES"],
  ["map_contains_key", [map(1, 2), true], "DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES"],
  ["sequence", [1, 5, -1], "ILLEGAL_SEQUENCE_BOUNDARIES"],
  ["slice", [array(1), 0, 1], "INVALID_PARAMETER_VALUE.START"],
  ["slice", [array(1), 1, -1], "INVALID_PARAMETER_VALUE.NEGATIVE"],
  ["array_max", [literal(null, arrayType(mapType(stringType, stringType)))], "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE"],
])("%s %#: %s", (name, args, code) =>
  expect(() => evaluateCall(name, args)).toThrow(code.startsWith("INVALID_ARRAY") ? `[${code}]` : code),
);

test("a call of a variable that no lambda has is refused", () => {
  const stray: Expression = { kind: "lambdaVariable", name: "x", exprId: -1, dataType: integerType, nullable: true };
  expect(() => evaluateCall("coalesce", [call("array", [stray], arrayType(integerType))])).toThrow("UNKNOWN_FUNCTION");
});
