import { expect, test } from "vitest";
import { longType, timestampType } from "./data-type.ts";
import { namedType } from "./named-type.ts";

test("types of one word are found by any of their names, in any case", () => {
  expect([namedType("BIGINT"), namedType("long"), namedType("Timestamp_LTZ")]).toEqual([longType, longType, timestampType]);
  expect([namedType("decimal"), namedType("string"), namedType("constructor"), namedType("")]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
