import { arrayType, integerType, structField, structType, type SQLValue } from "@vonk/columnar/internal";
import { literal, type Expression } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import { findFunction } from "../../function/registry.ts";
import { callByName, evaluateCall, showCall, testSession, type TestArgument } from "../../testing/call-by-name.ts";
import { parseJSON } from "../../json/json-text.ts";

const of = (name: string, ...args: TestArgument[]): Expression => callByName(name, args);

test.each<[string, TestArgument[], string]>([
  ["get_json_object", ['{"a":[{"b":1},{"b":"x"}]}', "$.a[1].b"], "x STRING"],
  ["get_json_object", ['{"a":[{"b":1},{"b":"x"}]}', "$.a[*].b"], '[1,"x"] STRING'],
  ["get_json_object", ['{"a":1.50}', "$.a"], "1.50 STRING"],
  ["get_json_object", ['{"a":1', "$.a"], "NULL STRING"],
  ["json_array_length", ["[1,[2,3]]"], "2 INT"],
  ["json_object_keys", ['{"a":1,"b":{"c":1}}'], "[a, b] ARRAY<STRING>"],
  ["from_json", ['{"a":1, "b":"x"}', "a INT, b DOUBLE"], "{1, null} STRUCT<a: INT, b: DOUBLE>"],
  ["from_json", ['{"a"', "a INT"], "{null} STRUCT<a: INT>"],
  ["from_json", ['[1,"x",3]', "ARRAY<INT>"], "NULL ARRAY<INT>"],
  ["from_json", ['{"k":[1.5]}', "MAP<STRING, ARRAY<DECIMAL(4,2)>>"], "{k -> [1.50]} MAP<STRING, ARRAY<DECIMAL(4,2)>>"],
  ["from_json", ['{"t":"26/08/2015"}', "t DATE", of("map", "dateFormat", "dd/MM/yyyy")], "{2015-08-26} STRUCT<t: DATE>"],
  ["to_json", [of("named_struct", "a", 1, "b", literal(null, integerType), "c", of("map", 1, "x"))], '{"a":1,"c":{"1":"x"}} STRING'],
  ["to_json", [of("array", of("make_date", 2020, 1, 2))], '["2020-01-02"] STRING'],
  ["schema_of_json", ['[{"b":1},{"a":1.5,"b":null}]'], "ARRAY<STRUCT<a: DOUBLE, b: BIGINT>> STRING"],
])("%s %#", (name, args, shown) => expect(showCall(name, args)).toBe(shown));

test("json_tuple gives one row", () => {
  const definition = findFunction("json_tuple");
  if (definition?.kind !== "generator") return expect.fail();
  const rows = definition.rows({
    name: "json_tuple",
    args: [],
    dataType: structType([structField("c0", integerType)]),
    mode: "ansi",
    session: testSession,
  });
  expect(Array.from(rows('{"a":1,"b":[2]}', "a", "b", "c"))).toEqual<SQLValue[][]>([["1", "[2]", null]]);
});

describe("malformed text", () => {
  test.each(["", "{", "[1,]", "{'a':}", "01", "nul", '"a', "1 2"])("%s", (source) => expect(parseJSON(source)).toBeUndefined());

  test("is an error under FAILFAST", () => {
    expect(() => evaluateCall("from_json", ["{", "a INT", of("map", "mode", "FAILFAST")])).toThrow(
      "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
    );
  });

  test("schemas too", () => {
    expect(() => evaluateCall("from_json", ["{}", "a NOTYPE"])).toThrow("INVALID_SCHEMA.PARSE_ERROR");
    const column: Expression = { kind: "boundReference", ordinal: 0, dataType: arrayType(integerType), nullable: true };
    expect(() => callByName("from_json", ["{}", column])).toThrow("INVALID_SCHEMA.NON_STRING_LITERAL");
    expect(() => callByName("to_json", [of("array", 1), 1])).toThrow("INVALID_OPTIONS.NON_MAP_FUNCTION");
    expect(() => callByName("from_json", ["{}", "a INT", of("map", "mode", 1)])).toThrow("INVALID_OPTIONS.NON_STRING_TYPE");
    expect(() => callByName("to_json", [1])).toThrow("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
  });
});
