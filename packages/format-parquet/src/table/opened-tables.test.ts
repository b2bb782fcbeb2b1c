import { ManualClock } from "@vonk/common/testing";
import type { FileStatus } from "@vonk/filesystem/internal";
import type { Table } from "@vonk/sql/spi";
import { expect, test } from "vitest";
import { OpenedTables } from "./opened-tables.ts";

const table: Table = {
  name: "t",
  schema: { kind: "struct", fields: [] },
  statistics: { sizeBytes: 0, columns: {} },
  scan: () => ({ description: "", partitions: [], reader: { module: "", export: "", args: undefined } }),
};
const file = (path: string, modifiedMs: number, bytes = 10): FileStatus => ({ path, bytes, modifiedMs, isDirectory: false });

test("a table is found while its files are what they were", () => {
  const opened = new OpenedTables(new ManualClock(10_000));
  opened.keep("t", [file("/a", 1000)], table, 1);
  expect(opened.find("t", [file("/a", 1000)])).toBe(table);
  expect(opened.find("t", [file("/a", 1001)])).toBeUndefined();
  expect(opened.find("t", [file("/a", 1000, 11)])).toBeUndefined();
  expect(opened.find("t", [file("/a", 1000), file("/b", 1000)])).toBeUndefined();
  expect(opened.find("other", [file("/a", 1000)])).toBeUndefined();
});

test("a file that has just been written is read again: it may change without a new time", () => {
  const opened = new OpenedTables(new ManualClock(10_000));
  opened.keep("t", [file("/a", 1000), file("/b", 9500)], table, 1);
  expect(opened.find("t", [file("/a", 1000), file("/b", 9500)])).toBeUndefined();
});

test("what was not used for longest goes when there are too many row groups", () => {
  const opened = new OpenedTables(new ManualClock(10_000));
  for (const name of ["a", "b", "a"]) opened.keep(name, [file(name, 0)], table, 900);
  expect(opened.find("a", [file("a", 0)])).toBe(table);
  opened.keep("c", [file("c", 0)], table, 900);
  expect(["a", "b", "c"].map((name) => opened.find(name, [file(name, 0)]) !== undefined)).toEqual([true, false, true]);
});
