import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  doubleType,
  longType,
  type SQLValue,
  stringType,
  structField,
  structType,
  vectorMemory,
  vectorReader,
} from "@vonk/columnar/internal";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bytesSource,
  columnStatistics,
  decodeRowGroup,
  type ParquetMetadata,
  type ParquetPredicate,
  ParquetWriter,
  readParquetMetadata,
  rowGroupMayMatch,
} from "../src/internal.ts";
import { fileValues, testArena } from "./read-rows.ts";

const arena = testArena(8 << 20);

function open(name: string): { readonly metadata: ParquetMetadata; readonly source: ReturnType<typeof bytesSource> } {
  const source = bytesSource(name, readFileSync(join(import.meta.dirname, "golden", `${name}.parquet`)));
  return { source, metadata: readParquetMetadata(source) };
}

const key = (value: SQLValue): string | number | bigint | boolean =>
  value instanceof Uint8Array || typeof value === "string" ? Buffer.from(value).toString("latin1") : typeof value === "object" ? "" : value;

describe("statistics are the least and the greatest value", () => {
  test.each(["types", "decimal-integer", "split", "int96"])("%s", (name) => {
    const { source, metadata } = open(name);
    arena.reset();
    const values = fileValues(source, arena);
    for (const field of metadata.schema.fields) {
      const present = (values[field.name] ?? [])
        .filter((value) => value !== null)
        .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
      const statistics = columnStatistics(metadata, 0, field.name);
      expect(statistics?.nulls).toBe(name === "int96" ? undefined : 130 - present.length);
      if (name === "int96") expect(statistics?.min).toBeUndefined();
      else expect({ [field.name]: [statistics?.min, statistics?.max] }).toEqual({ [field.name]: [present[0], present.at(-1)] });
    }
  });
});

test("what the file does not have", () => {
  const { metadata } = open("small");
  expect(columnStatistics(metadata, 9, "id")).toBeUndefined();
  expect(columnStatistics(metadata, 0, "x")).toBeUndefined();
  expect(columnStatistics(metadata, 0, "id")).toEqual({ values: 60, min: 0n, max: 59n, isMinExact: true, isMaxExact: true, nulls: 0 });
  expect(rowGroupMayMatch(metadata, 0, [{ kind: "compare", column: "x", operator: "=", value: 1n }])).toBe(true);
  expect(rowGroupMayMatch(metadata, 9, [])).toBe(false);
});

test("row groups by predicates", () => {
  const { metadata } = open("small");
  const matching = (...predicates: ParquetPredicate[]): number[] => [0, 1].filter((group) => rowGroupMayMatch(metadata, group, predicates));
  const id = (operator: "=" | "!=" | "<" | "<=" | ">" | ">=", value: bigint): ParquetPredicate => ({
    kind: "compare",
    column: "id",
    operator,
    value,
  });
  expect(matching(id("=", 59n))).toEqual([0]);
  expect(matching(id("=", 100n))).toEqual([]);
  expect(matching(id("<", 60n))).toEqual([0]);
  expect(matching(id("<=", 60n))).toEqual([0, 1]);
  expect(matching(id(">", 59n), id("<", 70n))).toEqual([1]);
  expect(matching({ kind: "in", column: "id", values: [3n, 200n] })).toEqual([0]);
  expect(matching({ kind: "compare", column: "name", operator: "=", value: "n9" })).toEqual([]);
  const beginning = (begin: string): ParquetPredicate => ({
    kind: "starts-with",
    column: "name",
    prefix: new Uint8Array(Buffer.from(begin)),
  });
  expect(matching(beginning("n"))).toEqual([0, 1]);
  expect([matching(beginning("m")), matching(beginning("o"))]).toEqual([[], []]);
  expect(matching({ kind: "any", alternatives: [[id("=", 3n), beginning("o")], [id(">", 59n)]] })).toEqual([1]);
  expect(matching({ kind: "any", alternatives: [[id("<", 0n)], [beginning("z")]] })).toEqual([]);
  expect(matching({ kind: "is-null", column: "id" })).toEqual([]);
  expect(matching({ kind: "is-null", column: "name" })).toEqual([0, 1]);
  expect(matching({ kind: "is-not-null", column: "name" })).toEqual([0, 1]);
});

test("no row group with a matching row is left out", () => {
  const { source, metadata } = open("groups");
  const columns = ["i64", "text", "required"];
  const groups = metadata.rowGroups.map((_, group) => {
    arena.reset();
    const batch = decodeRowGroup(source, metadata, group, columns, arena);
    return batch.columns.map((vector) => {
      const read = vectorReader(vector, vectorMemory(arena.memory.buffer));
      return Array.from({ length: vector.length }, (_row, row) => read(row));
    });
  });
  const all = columns.map((_, column) => groups.flatMap((group) => group[column] ?? []));
  const holds = { "=": [0], "!=": [-1, 1], "<": [-1], "<=": [-1, 0], ">": [1], ">=": [0, 1] };
  const order = (a: SQLValue, b: SQLValue): number => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0);
  fc.assert(
    fc.property(fc.nat(2), fc.nat(129), fc.constantFrom("=", "!=", "<", "<=", ">", ">=" as const), (column, row, operator) => {
      const value = all[column]?.[row] ?? null;
      const predicate: ParquetPredicate = { kind: "compare", column: columns[column] ?? "", operator, value };
      groups.forEach((group, index) => {
        const isMet = value !== null && group[column]?.some((each) => each !== null && holds[operator].includes(order(each, value)));
        if (isMet === true) expect(rowGroupMayMatch(metadata, index, [predicate])).toBe(true);
      });
    }),
  );
});

test("statistics that are written are those of the values", () => {
  const schema = structType([
    structField("text", stringType),
    structField("number", doubleType),
    structField("zero", doubleType),
    structField("none", longType),
  ]);
  const texts = ["\u{1F600}", "\uFFFD", "a", "é", null, ""];
  const parts: Uint8Array[] = [];
  const writer = new ParquetWriter(schema, (bytes) => parts.push(bytes.slice()));
  writer.writeRows(texts.map((text, row) => [text, row === 1 ? NaN : row, row === 1 ? -0 : 0, null]));
  writer.close();
  const metadata = readParquetMetadata(bytesSource("file", Buffer.concat(parts)));
  expect(columnStatistics(metadata, 0, "text")).toMatchObject({ min: "", max: "\u{1F600}", nulls: 1 });
  expect(columnStatistics(metadata, 0, "number")).toEqual({ values: 6, nulls: 0, isMinExact: false, isMaxExact: false });
  expect(columnStatistics(metadata, 0, "zero")).toMatchObject({ min: -0, max: 0 });
  expect(columnStatistics(metadata, 0, "none")).toEqual({ values: 6, nulls: 6, isMinExact: false, isMaxExact: false });
});
