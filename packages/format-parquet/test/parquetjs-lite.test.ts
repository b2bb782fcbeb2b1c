import { createRequire } from "node:module";
import { Writable } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  arrayType,
  binaryType,
  booleanType,
  dateType,
  doubleType,
  floatType,
  integerType,
  longType,
  type SQLRow,
  stringType,
  structField,
  structType,
} from "@vonk/columnar/internal";
import { bytesSource } from "../src/internal.ts";
import { written } from "./arbitrary-tables.ts";
import { fileValues, testArena } from "./read-rows.ts";

/** What is used of parquetjs-lite, which has no types of its own. */
interface ParquetJS {
  readonly ParquetSchema: new (fields: Readonly<Record<string, unknown>>) => object;
  readonly ParquetReader: { openBuffer(bytes: Buffer): Promise<{ getCursor(): { next(): Promise<unknown> }; close(): Promise<void> }> };
  readonly ParquetWriter: {
    openStream(schema: object, stream: Writable): Promise<{ appendRow(row: object): Promise<void>; close(): Promise<void> }>;
  };
}

const require = createRequire(import.meta.url);
const rows = 100;
let parquetjs: ParquetJS;
let toJSON: PropertyDescriptor | undefined;

beforeAll(() => {
  // It gives bigints a way to JSON that other code must not see.
  toJSON = Object.getOwnPropertyDescriptor(BigInt.prototype, "toJSON");
  parquetjs = require("parquetjs-lite") as ParquetJS;
});
afterAll(() => {
  if (toJSON === undefined) Reflect.deleteProperty(BigInt.prototype, "toJSON");
});

const schema = structType([
  structField("b", booleanType),
  structField("i", integerType),
  structField("l", longType),
  structField("f", floatType),
  structField("d", doubleType),
  structField("t", stringType),
  structField("x", binaryType),
  structField("day", dateType),
  structField("list", arrayType(integerType)),
]);

const row = (i: number): SQLRow =>
  i % 7 === 3
    ? Array<null>(9).fill(null)
    : [i % 2 === 0, i - 50, BigInt(i) * 1_000_003n, i / 4, i / 3, `é${i % 9}`, Uint8Array.of(i), i * 100, i % 3 === 0 ? [] : [i, null]];

test.each(["none", "snappy", "gzip"] as const)("what is written with %s, parquetjs-lite reads", async (codec) => {
  const all = Array.from({ length: rows }, (_, i) => row(i));
  // It does not know the newer name of codes of a dictionary.
  const file = written(schema, all, { codec, pageValuesMax: 30, rowGroupRowsMax: 60, dictionaryBytesMax: 0 });
  const reader = await parquetjs.ParquetReader.openBuffer(Buffer.from(file));
  const cursor = reader.getCursor();
  for (const [b, i, l, f, d, t, x, day, list] of all) {
    const record = (await cursor.next()) as Record<string, unknown>;
    const found = [record["b"], record["i"], record["l"], record["f"], record["d"], record["t"], record["x"], record["day"]];
    const date = typeof day === "number" ? new Date(day * 86_400_000) : undefined;
    const bytes = x instanceof Uint8Array ? Buffer.from(x) : undefined;
    expect(found.map((value) => value ?? undefined)).toEqual([b, i, l, f, d, t, bytes, date].map((value) => value ?? undefined));
    expect(JSON.stringify(record["list"] ?? null)).toBe(list === null ? "null" : JSON.stringify(expectedList(list)));
  }
  expect(await cursor.next()).toBeNull();
  await reader.close();
});

function expectedList(list: unknown): unknown {
  return Array.isArray(list) && list.length > 0 ? { list: list.map((element: unknown) => (element === null ? {} : { element })) } : {};
}

test.each(["UNCOMPRESSED", "SNAPPY", "GZIP"])("what parquetjs-lite writes with %s is read", async (compression) => {
  const field = (type: string, more: object = {}): object => ({ type, optional: true, compression, ...more });
  const theirs = new parquetjs.ParquetSchema({
    b: field("BOOLEAN"),
    i: field("INT32"),
    l: field("INT64"),
    f: field("FLOAT"),
    d: field("DOUBLE"),
    t: field("UTF8"),
    x: field("BYTE_ARRAY"),
    day: field("DATE"),
    many: { type: "INT64", repeated: true, compression },
  });
  const parts: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      parts.push(chunk);
      done();
    },
  });
  const writer = await parquetjs.ParquetWriter.openStream(theirs, stream);
  for (let i = 0; i < rows; i++) {
    const many = { many: [i, i + 1].slice(0, i % 3) };
    const value = {
      b: i % 2 === 0,
      i: i - 50,
      l: i * 1003,
      f: i / 4,
      d: i / 3,
      t: `é${i}`,
      x: Buffer.of(i),
      day: new Date(i * 8_640_000_000),
    };
    await writer.appendRow(i % 7 === 3 ? many : { ...value, ...many });
  }
  await writer.close();
  const values = fileValues(bytesSource("parquetjs", Buffer.concat(parts)), testArena(1 << 20));
  const column = (each: (i: number) => unknown): unknown[] => Array.from({ length: rows }, (_, i) => (i % 7 === 3 ? null : each(i)));
  expect(values).toEqual({
    b: column((i) => i % 2 === 0),
    i: column((i) => i - 50),
    l: column((i) => BigInt(i * 1003)),
    f: column((i) => i / 4),
    d: column((i) => i / 3),
    t: column((i) => `é${i}`),
    x: column((i) => Uint8Array.of(i)),
    day: column((i) => i * 100),
    many: Array.from({ length: rows }, (_, i) => [BigInt(i), BigInt(i + 1)].slice(0, i % 3)),
  });
});
