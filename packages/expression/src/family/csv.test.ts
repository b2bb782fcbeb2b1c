import { expect, test } from "vitest";
import { callByName, evaluateCall, showCall, type TestArgument } from "../testing/call-by-name.ts";
import { splitCSV } from "../csv/csv-text.ts";

const options = (...pairs: string[]): TestArgument => callByName("map", pairs);

test.each<[string, TestArgument[], string]>([
  ["from_csv", ["1, 0.8", "a INT, b DOUBLE"], "{1, 0.8} STRUCT<a: INT, b: DOUBLE>"],
  [
    "from_csv",
    ["x;26/08/2015", "a INT, t DATE", options("sep", ";", "dateFormat", "dd/MM/yyyy")],
    "{null, 2015-08-26} STRUCT<a: INT, t: DATE>",
  ],
  ["to_csv", [callByName("named_struct", ["a", 1, "b", 'x,"y"'])], '1,"x,\\"y\\"" STRING'],
  ["to_csv", [callByName("named_struct", ["a", 'x,"y"']), options("escape", '"')], '"x,""y""" STRING'],
  ["from_csv", ['"""x"",y",1', "a STRING, b INT", options("escape", '"')], '{"x",y, 1} STRUCT<a: STRING, b: INT>'],
  [
    "to_csv",
    [callByName("named_struct", ["t", callByName("make_date", [2015, 8, 26])]), options("dateFormat", "dd/MM/yyyy")],
    "26/08/2015 STRING",
  ],
  ["schema_of_csv", ["1,abc,2.5,true,2020-01-01"], "STRUCT<_c0: INT, _c1: STRING, _c2: DOUBLE, _c3: BOOLEAN, _c4: DATE> STRING"],
])("%s %#", (name, args, shown) => expect(showCall(name, args)).toBe(shown));

test("quotes", () => {
  const format = { separator: ",", quote: '"', escape: "\\" };
  expect(splitCSV('a,"b,""c""",,"d\\"e"', format)).toEqual(["a", 'b,"c"', "", 'd"e']);
});

test("what is malformed is an error under FAILFAST", () => {
  expect(() => evaluateCall("from_csv", ["x", "a INT", options("mode", "FAILFAST")])).toThrow(
    "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION",
  );
  expect(() => callByName("to_csv", [1])).toThrow("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE");
});
