import { catalogString } from "@vonk/columnar/internal";
import { expect, test } from "vitest";
import { parquetSchema } from "./parquet-node.ts";
import { restoreSparkTypes } from "./restore-spark-types.ts";
import type { SchemaElement } from "./schema-element.ts";

const element = (name: string, type: SchemaElement["type"], childCount = 0): SchemaElement => ({
  name,
  typeLength: 0,
  repetition: "optional",
  childCount,
  ...(type === undefined ? {} : { type }),
});
const file = parquetSchema([element("root", undefined, 2), element("a", "INT32"), element("b", "INT64")], "file");
const typesOf = (text: string | undefined): string[] =>
  restoreSparkTypes(file, text).schema.fields.map(({ dataType }) => catalogString(dataType));
const struct = (a: unknown, b: unknown): string =>
  JSON.stringify({
    type: "struct",
    fields: [
      { name: "a", type: a },
      { name: "b", type: b },
    ],
  });

test("intervals, with their fields", () => {
  expect(typesOf(struct("interval month", "interval hour to second"))).toEqual(["interval month", "interval hour to second"]);
});

test("what does not go with the columns, or is no schema, says nothing", () => {
  for (const text of [undefined, "", "{", "7", struct("interval day", "interval year"), struct("string", { type: "array" })])
    expect(typesOf(text)).toEqual(["int", "bigint"]);
});
