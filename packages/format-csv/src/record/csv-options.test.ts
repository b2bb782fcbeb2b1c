import { booleanType, dateType, doubleType, integerType, longType, stringType, timestampType, decimalType } from "@vonk/columnar/internal";
import { expect, test } from "vitest";
import { csvOptions } from "./csv-options.ts";
import { TypeInference } from "./infer-types.ts";

test.each([
  ["header", "yes"],
  ["quote", "''"],
  ["sep", ""],
  ["compression", "lzma"],
])("%s cannot be '%s'", (option, value) => {
  expect(() => csvOptions({ [option]: value })).toThrow(expect.objectContaining({ code: "CSV_OPTION_INVALID" }));
});

test("names of options have no case", () => {
  expect(csvOptions({ HEADER: "TRUE", Delimiter: ";", codec: "GZIP" })).toMatchObject({
    header: true,
    separator: ";",
    compression: "gzip",
  });
});

test("the narrowest type that holds a column", () => {
  const inference = new TypeInference(9, "NA");
  inference.add(["1", "1", "1", "2020-01-02", "true", "NA", "1", "2020-01-02", "1"]);
  inference.add(["-7", "3000000000", "1.5e3", "NA", "FALSE", "", "x", "2020-01-02T03:04:05Z", "-92233720368547758080"]);
  inference.add(["", "2", "2", "2020-02-28"]);
  const types = [integerType, longType, doubleType, dateType, booleanType, stringType, stringType, timestampType, decimalType(20, 0)];
  expect(inference.types()).toEqual(types);
});
