import {
  integerType,
  longType,
  type SQLRow,
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
  matchingRows,
  type ParquetPredicate,
  type ParquetSource,
  readParquetMetadata,
  rowGroupMayMatch,
  type RowRange,
} from "../src/internal.ts";
import { tables, written } from "./arbitrary-tables.ts";
import { testArena } from "./read-rows.ts";

const arena = testArena(64 << 20);

/** A source that counts what is read of it. */
function counted(bytes: Uint8Array): ParquetSource & { bytesRead: number } {
  const source = bytesSource("file", bytes);
  const counting = {
    ...source,
    bytesRead: 0,
    read(position: number, target: Uint8Array): number {
      const read = source.read(position, target);
      counting.bytesRead += read;
      return read;
    },
  };
  return counting;
}

/** Rows of a row group, all or some. */
function readRows(source: ParquetSource, group: number, rows?: readonly RowRange[], metadata = readParquetMetadata(source)): SQLValue[][] {
  arena.reset();
  const names = metadata.schema.fields.map((field) => field.name);
  const batch = decodeRowGroup(source, metadata, group, names, arena, rows === undefined ? {} : { rows });
  const readers = batch.columns.map((vector) => vectorReader(vector, vectorMemory(arena.memory.buffer)));
  return Array.from({ length: batch.length }, (_, row) => readers.map((read) => read(row)));
}

const anyOf = (...alternatives: (readonly ParquetPredicate[])[]): ParquetPredicate => ({ kind: "any", alternatives });
const equal = (column: string, value: SQLValue): ParquetPredicate => ({ kind: "compare", column, operator: "=", value });

test("wanted rows are those of the whole row group, whatever the columns and their pages", () => {
  const cuts = fc.uniqueArray(fc.nat(60), { maxLength: 8 }).map((each) => each.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(
      tables,
      cuts,
      fc.constantFrom(3, 8),
      fc.constantFrom(0, 10_000),
      ({ schema, rows }, at, pageValuesMax, dictionaryBytesMax) => {
        fc.pre(rows.length > 0);
        const source = bytesSource("file", written(schema, rows, { pageValuesMax, dictionaryBytesMax }));
        const wanted: RowRange[] = [];
        for (let index = 0; index + 1 < at.length; index += 2) {
          const [start = 0, end = 0] = [at[index], at[index + 1]];
          if (start < rows.length) wanted.push({ start, end: Math.min(end, rows.length) });
        }
        const expected = wanted.flatMap(({ start, end }) => rows.slice(start, end));
        expect(readRows(source, 0, wanted)).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
});

const schema = structType([
  structField("id", longType),
  structField("day", integerType),
  structField("text", stringType),
  structField("tags", { kind: "array", element: stringType, containsNull: true }),
]);
const many = Array.from({ length: 20_000 }, (_, i): SQLRow => [
  BigInt(i * 7),
  i % 11 === 0 ? null : Math.floor(i / 100),
  `${"text ".repeat(i % 7)}${i}`,
  i % 5 === 0 ? null : [`t${i % 50}`, null],
]);
const pages = { pageValuesMax: 500, rowGroupRowsMax: 100_000 };

describe("a selective predicate reads little of the file", () => {
  const file = written(schema, many, pages);
  const metadata = readParquetMetadata(bytesSource("file", file));
  const whole = counted(file);
  readRows(whole, 0, undefined, metadata);

  test.each<readonly [name: string, predicates: readonly ParquetPredicate[], rows: number]>([
    ["a point", [equal("id", 70_000n)], 500],
    ["a range", [{ kind: "compare", column: "day", operator: ">=", value: 196 }], 500],
    ["two of a list", [{ kind: "in", column: "id", values: [0n, 139_993n, 5_000_000n] }], 1000],
    ["two columns", [{ kind: "compare", column: "id", operator: "<", value: 7000n }, equal("day", 9)], 500],
    ["no null", [{ kind: "is-null", column: "id" }], 0],
    ["a value between two that are there, in a page", [equal("id", 70_001n)], 500],
    ["a value beyond all", [equal("id", -1n)], 0],
    ["alternatives", [anyOf([equal("id", 0n)], [equal("id", 139_993n), equal("day", 199)])], 1000],
    ["alternatives in the same rows", [anyOf([{ kind: "compare", column: "id", operator: "<", value: 3500n }], [equal("day", 4)])], 500],
    ["alternatives beside another column", [anyOf([equal("id", 0n)], [equal("id", 70_000n)]), equal("day", 100)], 500],
    ["alternatives beyond all", [anyOf([equal("id", -1n)], [equal("day", -1), equal("id", 7n)])], 0],
  ])("%s", (_, predicates, count) => {
    const source = counted(file);
    const rows = matchingRows(source, metadata, 0, predicates);
    expect(rows.reduce((sum, { start, end }) => sum + end - start, 0)).toBe(count);
    if (count === 0) return expect(source.bytesRead).toBeLessThan(whole.bytesRead / 50);
    const expected = rows.flatMap(({ start, end }) => many.slice(start, end));
    expect(readRows(source, 0, rows, metadata)).toEqual(expected);
    // What is left are the indexes and the pages that may match.
    return expect(source.bytesRead).toBeLessThan(whole.bytesRead / 8);
  });

  test("what has no index is read whole", () => {
    const { rowGroups } = metadata;
    const chunks = rowGroups.flatMap((group) => group.chunks.map(({ columnIndex: _columns, offsetIndex: _offsets, ...chunk }) => chunk));
    const without = { ...metadata, rowGroups: rowGroups.map((group) => ({ ...group, chunks })) };
    const source = counted(file);
    expect(matchingRows(source, without, 0, [equal("id", 70_000n)])).toEqual([{ start: 0, end: many.length }]);
    expect(source.bytesRead).toBe(0);
    arena.reset();
    const batch = decodeRowGroup(source, without, 0, ["id"], arena, { rows: [{ start: 10, end: 12 }] });
    const [vector] = batch.columns;
    if (vector === undefined) throw new TypeError("there is a column");
    const read = vectorReader(vector, vectorMemory(arena.memory.buffer));
    expect([batch.length, read(0), read(1)]).toEqual([2, 70n, 77n]);
  });

  test("an index that contradicts the column is refused", () => {
    const { rowGroups } = metadata;
    const chunks = rowGroups.flatMap((group) => group.chunks.map((chunk) => ({ ...chunk, compressedBytes: chunk.compressedBytes - 1 })));
    const damaged = { ...metadata, rowGroups: rowGroups.map((group) => ({ ...group, chunks })) };
    expect(() => matchingRows(bytesSource("file", file), damaged, 0, [equal("id", 0n)])).toThrow("PARQUET_FILE_CORRUPT");
    const cut = bytesSource("file", file.subarray(0, metadata.rowGroups[0]?.chunks[0]?.columnIndex?.position));
    expect(() => matchingRows(cut, metadata, 0, [equal("id", 0n)])).toThrow("PARQUET_FILE_CORRUPT");
  });
});

test("no page with a matching row is left out", () => {
  const operators = ["=", "!=", "<", "<=", ">", ">="] as const;
  const holds = { "=": [0], "!=": [-1, 1], "<": [-1], "<=": [-1, 0], ">": [1], ">=": [0, 1] };
  const order = (a: SQLValue, b: SQLValue): number => {
    if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
    if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
    if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
    return Number(a ?? 0) < Number(b ?? 0) ? -1 : Number(a ?? 0) > Number(b ?? 0) ? 1 : 0;
  };
  const plain = new Set(["boolean", "byte", "short", "integer", "long", "float", "double", "decimal", "string", "binary", "date"]);
  fc.assert(
    fc.property(tables, fc.nat(), fc.constantFrom(...operators), ({ schema: { fields }, rows }, seed, operator) => {
      fc.pre(rows.length > 0);
      const source = bytesSource("file", written(structType(fields), rows, { pageValuesMax: 4, bloomFilters: () => bloom }));
      const metadata = readParquetMetadata(source);
      for (const [column, field] of fields.entries()) {
        const value = rows[seed % rows.length]?.[column] ?? null;
        if (!plain.has(field.dataType.kind) || value === null) continue;
        const isWide = typeof value === "bigint" && (value > 2n ** 53n || value < -(2n ** 53n));
        if (isWide && operator !== "=") continue;
        const ranges = matchingRows(source, metadata, 0, [{ kind: "compare", column: field.name, operator, value }]);
        rows.forEach((row, index) => {
          const each = row[column] ?? null;
          if (each !== null && holds[operator].includes(order(each, value)))
            expect(ranges.some(({ start, end }) => start <= index && index < end)).toBe(true);
        });
      }
    }),
    { numRuns: 300 },
  );
});

test("no page with a text that begins so is left out", () => {
  const long = "a rather long beginning, longer than what bounds keep of a text, ".repeat(2);
  const character = fc.constantFrom("", "a", "b", "é", "\u{1F600}", "\uFFFF", long);
  const texts = fc.array(fc.array(character, { maxLength: 4 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(texts, fc.boolean(), fc.array(character, { minLength: 1, maxLength: 3 }), (lists, isSorted, begin) => {
      const all = lists.map((list) => list.join(""));
      const rows = (isSorted ? all.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))) : all).map((text): SQLRow => [text]);
      const source = bytesSource("file", written(structType([structField("text", stringType)]), rows, { pageValuesMax: 3 }));
      const metadata = readParquetMetadata(source);
      const predicate: ParquetPredicate = { kind: "starts-with", column: "text", prefix: new Uint8Array(Buffer.from(begin.join(""))) };
      const ranges = matchingRows(source, metadata, 0, [predicate]);
      const isIn = (row: number): boolean => ranges.some(({ start, end }) => start <= row && row < end);
      const matching = rows.flatMap(([text], row) => (typeof text === "string" && text.startsWith(begin.join("")) ? [row] : []));
      expect(matching.every(isIn)).toBe(true);
      if (matching.length > 0) expect(rowGroupMayMatch(metadata, 0, [predicate])).toBe(true);
    }),
    { numRuns: 300 },
  );
});

const bloom = { falsePositiveRate: 0.01, bytesMax: 1 << 20 };

describe("Bloom filters", () => {
  const shuffled = Array.from({ length: 5000 }, (_, i): SQLRow => [
    BigInt(((i * 7919) % 5000) * 2),
    i % 100,
    `key ${(i * 31) % 5000}`,
    null,
  ]);
  const file = written(schema, shuffled, { bloomFilters: (column) => (column === "tags.list.element" ? undefined : bloom) });
  const metadata = readParquetMetadata(bytesSource("file", file));
  const found = (predicate: ParquetPredicate): boolean => matchingRows(bytesSource("file", file), metadata, 0, [predicate]).length > 0;

  test("what is there is found, what is not seldom", () => {
    let wrong = 0;
    for (let value = 0; value < 2000; value++) {
      expect(found(equal("id", BigInt(value * 2)))).toBe(true);
      expect(found(equal("text", `key ${value}`))).toBe(true);
      if (found(equal("id", BigInt(value * 2 + 1)))) wrong++;
      if (found(equal("text", `key ${value}.`))) wrong++;
    }
    expect(wrong).toBeGreaterThan(0);
    expect(wrong).toBeLessThan(4000 * 0.015);
    expect(found({ kind: "in", column: "day", values: [250, 99, null] })).toBe(true);
    expect(found({ kind: "in", column: "text", values: [null] })).toBe(false);
  });

  test("two small reads settle it", () => {
    const source = counted(file);
    expect(columnStatistics(metadata, 0, "id")).toMatchObject({ min: 0n, max: 9998n });
    expect(matchingRows(source, metadata, 0, [equal("id", 4001n)])).toEqual([]);
    expect(source.bytesRead).toBe(64 + 32);
    expect(metadata.rowGroups[0]?.chunks.map((chunk) => chunk.bloomFilter?.bytes)).toEqual([8192 + 17, 128 + 16, 8192 + 17, undefined]);
  });

  test("a filter that is cut off is refused, one of an unknown kind is not used", () => {
    const at = metadata.rowGroups[0]?.chunks[0]?.bloomFilter?.position ?? 0;
    expect(() => matchingRows(bytesSource("file", file.subarray(0, at + 100)), metadata, 0, [equal("id", 1n)])).toThrow("Bloom");
    const other = Uint8Array.from(file);
    // The algorithm's choice: field 1 becomes field 2.
    expect(other[at + 4]).toBe(0x1c);
    other[at + 4] = 0x2c;
    expect(matchingRows(bytesSource("file", other), metadata, 0, [equal("id", 1n)])).toEqual([{ start: 0, end: 5000 }]);
  });
});
