import {
  dateType,
  decimalType,
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
import { assert } from "@vonk/common/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { BumpArena } from "../memory/arena.ts";
import { bytesSource } from "../metadata/parquet-source.ts";
import { readParquetMetadata } from "../metadata/read-metadata.ts";
import type { ParquetPredicate } from "../pruning/parquet-predicate.ts";
import { ParquetWriter, type ParquetWriteOptions } from "../writer/parquet-writer.ts";
import { LateColumns } from "./late-columns.ts";

const schema = structType([
  structField("id", longType),
  structField("day", dateType),
  structField("small", integerType),
  structField("price", decimalType(9, 2)),
  structField("city", stringType),
  structField("note", stringType),
]);
const names = schema.fields.map(({ name }) => name);
const arena = new BumpArena(new WebAssembly.Memory({ initial: 512, maximum: 512, shared: true }), 64, 512 * 65_536);

function written(rows: readonly SQLRow[], options: ParquetWriteOptions): Uint8Array {
  const chunks: Uint8Array[] = [];
  const writer = new ParquetWriter(schema, (bytes) => void chunks.push(bytes.slice()), options);
  writer.writeRows(rows);
  writer.close();
  return Buffer.concat(chunks);
}

/** Rows that the reader gives, and how many bytes of the file it reads for them. */
function reader(file: Uint8Array, predicates: readonly ParquetPredicate[]): () => { readonly rows: SQLRow[]; readonly bytesRead: number } {
  const late = new LateColumns(names, predicates);
  const source = bytesSource("file", file);
  const metadata = readParquetMetadata(source);
  return () => {
    let bytesRead = 0;
    const counting = {
      ...source,
      read: (position: number, target: Uint8Array) => ((bytesRead += target.byteLength), source.read(position, target)),
    };
    arena.reset();
    const batch = late.decode(counting, metadata, [{ start: 0, end: metadata.rows }], arena);
    const readers = batch?.columns.map((vector) => vectorReader(vector, vectorMemory(arena.memory.buffer))) ?? [];
    return { rows: Array.from({ length: batch?.length ?? 0 }, (_, row) => readers.map((read) => read(row))), bytesRead };
  };
}

const values = {
  id: fc.option(fc.bigInt({ min: -20n, max: 20n }), { nil: null }),
  day: fc.option(fc.integer({ min: 0, max: 30 }), { nil: null }),
  small: fc.option(fc.constantFrom(-3, 0, 1, 2, 2_147_483_647), { nil: null }),
  price: fc.option(fc.bigInt({ min: -500n, max: 500n }), { nil: null }),
  city: fc.option(fc.constantFrom("", "Oslo", "Östersund", "oslo", "Ostrava"), { nil: null }),
  note: fc.option(fc.string({ maxLength: 3 }), { nil: null }),
};

const condition = fc.constantFrom(...(Object.keys(values) as (keyof typeof values)[])).chain((column): fc.Arbitrary<ParquetPredicate> => {
  const value: fc.Arbitrary<SQLValue> = (values[column] as fc.Arbitrary<SQLValue>).filter((each) => each !== null);
  return fc.oneof(
    fc.record({
      kind: fc.constant("compare" as const),
      column: fc.constant(column),
      operator: fc.constantFrom("=", "!=", "<", "<=", ">", ">="),
      value,
    }),
    fc.record({ kind: fc.constant("in" as const), column: fc.constant(column), values: fc.array(value, { maxLength: 3 }) }),
    fc.record({ kind: fc.constantFrom("is-null" as const, "is-not-null" as const), column: fc.constant(column) }),
    ...(column === "city" ? [fc.constant({ kind: "starts-with" as const, column, prefix: Buffer.from("Os") })] : []),
  );
});
const predicate: fc.Arbitrary<ParquetPredicate> = fc.oneof(
  condition,
  fc.record({
    kind: fc.constant("any" as const),
    alternatives: fc.array(fc.array(condition, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
  }),
);

/** Whether a row meets a predicate, by what the words mean. */
function meets(row: SQLRow, each: ParquetPredicate): boolean {
  if (each.kind === "any") return each.alternatives.some((all) => all.every((one) => meets(row, one)));
  const value = row[names.indexOf(each.column)] ?? null;
  if (each.kind === "is-null") return value === null;
  if (value === null || each.kind === "is-not-null") return value !== null;
  const order = (other: SQLValue): number =>
    typeof value === "string" ? Buffer.compare(Buffer.from(value), Buffer.from(other as string)) : Number(value) - Number(other);
  if (each.kind === "in") return each.values.some((other) => order(other) === 0);
  if (each.kind === "starts-with")
    return Buffer.from(value as string)
      .subarray(0, each.prefix.byteLength)
      .equals(each.prefix);
  assert(each.kind === "compare", "other predicates are judged above");
  const found = order(each.value);
  return { "=": found === 0, "!=": found !== 0, "<": found < 0, "<=": found <= 0, ">": found > 0, ">=": found >= 0 }[each.operator];
}

test("the rows that meet the predicates are all among those that are read, in order, with all their columns", () => {
  const rows = fc.array(fc.tuple(values.id, values.day, values.small, values.price, values.city, values.note), {
    minLength: 1,
    maxLength: 60,
  });
  fc.assert(
    fc.property(
      rows,
      fc.array(predicate, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(4, 1000),
      fc.constantFrom(0, 10_000),
      (all, given, pageValuesMax, dictionaryBytesMax) => {
        // Rows far apart, so that whole ranges of them are left out.
        const filler: SQLRow[] = Array.from({ length: 1500 }, () => [null, null, null, null, null, null]);
        const table: SQLRow[] = [...all.slice(0, 20), ...filler, ...all.slice(20, 40), ...filler, ...all.slice(40)];
        const next = reader(written(table, { pageValuesMax, dictionaryBytesMax, rowGroupRowsMax: 10_000 }), given);
        for (let time = 0; time < 2; time++) {
          const { rows: found } = next();
          const wanted = table.filter((row) => given.every((each) => meets(row, each)));
          expect(found.filter((row) => given.every((each) => meets(row, each)))).toEqual(wanted);
          expect(found.length).toBeLessThanOrEqual(table.length);
        }
      },
    ),
    { numRuns: 150 },
  );
});

test("a rare value in no order is found without reading the pages of the other columns", () => {
  const rows = Array.from({ length: 20_000 }, (_, row): SQLRow => [
    BigInt((row * 7919) % 20_000),
    row % 365,
    row,
    BigInt(row),
    `city ${row % 50}`,
    `note ${row}`,
  ]);
  const file = written(rows, { pageValuesMax: 500, rowGroupRowsMax: 100_000, dictionaryBytesMax: 0 });
  const whole = reader(file, [])();
  expect(whole.rows.length).toBe(20_000);
  const one = reader(file, [{ kind: "compare", column: "id", operator: "=", value: 12_345n }])();
  expect(one.rows.filter(([id]) => id === 12_345n)).toEqual(rows.filter(([id]) => id === 12_345n));
  expect(one.bytesRead).toBeLessThan(whole.bytesRead / 3);
  const none = reader(file, [{ kind: "compare", column: "id", operator: "=", value: 20_001n }])();
  expect([none.rows.length, none.bytesRead < whole.bytesRead / 3]).toEqual([0, true]);
});

test("where most rows are wanted, each column is read once, and the next row groups at once", () => {
  const rows = Array.from({ length: 4000 }, (_, row): SQLRow => [
    BigInt(row),
    row % 365,
    row,
    BigInt(row),
    `city ${row % 50}`,
    `note ${row}`,
  ]);
  const file = written(rows, { pageValuesMax: 500, rowGroupRowsMax: 100_000, dictionaryBytesMax: 0 });
  const whole = reader(file, [])();
  const next = reader(file, [{ kind: "compare", column: "id", operator: ">=", value: 10n }]);
  for (let time = 0; time < 3; time++) {
    const { rows: found, bytesRead } = next();
    expect(found).toEqual(rows);
    expect(bytesRead).toBeLessThanOrEqual(whole.bytesRead);
  }
});
