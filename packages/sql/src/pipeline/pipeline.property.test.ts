import {
  dateType,
  decimalType,
  longType,
  stringType,
  type ColumnBatch,
  type ColumnVector,
  type DataType,
  type SQLRow,
} from "@vonk/columnar/internal";
import { aggregateCall, call, literal, type Expression } from "@vonk/dataframe/internal";
import { booleanType } from "@vonk/columnar/internal";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GroupTable } from "../task/aggregate-rows.ts";
import { PipelineMemory } from "./pipeline-memory.ts";
import { isCompilable, type PipelinePlan } from "./pipeline-plan.ts";
import { CompiledAggregate } from "./run-aggregate.ts";

const session = { timeZone: "UTC", nowMicros: 0n, user: "", catalog: "", database: "", version: "" };
const money = decimalType(12, 2);
const memory = new PipelineMemory();

const column = (ordinal: number, dataType: DataType): Expression => ({ kind: "boundReference", ordinal, dataType, nullable: true });
const price = column(0, money);
const day = column(1, dateType);
const flag = column(2, stringType);

const net = call("*", [price, call("-", [literal(1n, decimalType(1, 0)), price], decimalType(13, 2))], decimalType(26, 4));
const plan: PipelinePlan = {
  columns: [
    { name: "price", dataType: money },
    { name: "day", dataType: dateType },
    { name: "flag", dataType: stringType },
  ],
  condition: call(
    "and",
    [
      call("between", [day, literal(-5, dateType), literal(5, dateType)], booleanType),
      call("not", [call("=", [price, literal(0n, money)], booleanType)], booleanType),
    ],
    booleanType,
  ),
  groupings: [flag, day],
  calls: [
    aggregateCall("sum", [net], decimalType(36, 4)),
    aggregateCall("avg", [price], decimalType(16, 6)),
    aggregateCall("count", [literal(1, longType)], longType),
    aggregateCall("min", [day], dateType),
    aggregateCall("max", [price], money),
  ],
  session,
};

const flags = ["A", "é", ""];

/** Rows as a batch in the thread's memory: prices of 8 or 4 bytes, days of 4, flags by code. */
function batchOf(rows: readonly (readonly [bigint, number, number])[], narrow: boolean): ColumnBatch {
  const view = new DataView(memory.memory.buffer);
  const bytes = Buffer.from(memory.memory.buffer);
  const vector = (
    dataType: DataType,
    physical: ColumnVector["physical"],
    width: number,
    write: (at: number, row: number) => void,
  ): ColumnVector => {
    const data = memory.allocate(rows.length * width);
    for (let row = 0; row < rows.length; row++) write(data + row * width, row);
    return { dataType, physical, length: rows.length, data, validity: 0 };
  };
  const prices = narrow
    ? vector(money, "int32", 4, (at, row) => view.setInt32(at, Number(rows[row]?.[0] ?? 0n), true))
    : vector(money, "int64", 8, (at, row) => view.setBigInt64(at, rows[row]?.[0] ?? 0n, true));
  const days = vector(dateType, "int32", 4, (at, row) => view.setInt32(at, rows[row]?.[1] ?? 0, true));
  const codes = vector(stringType, "bytes", 1, (at, row) => view.setUint8(at, rows[row]?.[2] ?? 0));
  const refs = memory.allocate(flags.length * 8);
  for (const [index, text] of flags.entries()) {
    const at = memory.allocate(8);
    view.setUint32(refs + index * 8, at, true);
    view.setUint32(refs + index * 8 + 4, bytes.write(text, at), true);
  }
  const values: ColumnVector = { dataType: stringType, physical: "bytes", length: flags.length, data: refs, validity: 0 };
  return { length: rows.length, columns: [prices, days, { ...codes, dictionary: { width: 1, values } }] };
}

function interpreted(rows: readonly (readonly [bigint, number, number])[]): (readonly [string, SQLRow])[] {
  const table = new GroupTable(plan);
  for (const [amount, date, code] of rows) if (date >= -5 && date <= 5 && amount !== 0n) table.addRow([amount, date, flags[code] ?? ""]);
  return [...table.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

test("generated code gives what the interpreter gives, batch after batch", () => {
  expect(isCompilable(plan)).toBe(true);
  const code = new CompiledAggregate(plan, memory);
  const row = fc.tuple(fc.bigInt(-(10n ** 7n), 10n ** 7n), fc.integer({ min: -8, max: 8 }), fc.nat({ max: flags.length - 1 }));
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 40 }), { maxLength: 4 }), fc.boolean(), (batches, narrow) => {
      code.begin();
      const table = new GroupTable(plan);
      for (const rows of batches) {
        memory.reset();
        expect(code.run(batchOf(rows, narrow), table)).toBe(true);
      }
      expect([...table.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1))).toEqual(interpreted(batches.flat()));
    }),
    { numRuns: 200 },
  );
});

test("what might leave 64 bits, and nulls, are left to the interpreter", () => {
  const code = new CompiledAggregate(plan, memory);
  code.begin();
  const table = new GroupTable(plan);
  expect(code.run(batchOf([[4_000_000_000_000n, 1, 0]], false), table)).toBe(false);
  const batch = batchOf([[4n, 1, 0]], false);
  const [prices, ...rest] = batch.columns;
  const nullable = prices === undefined ? [] : [{ ...prices, validity: memory.allocate(8) }, ...rest];
  expect(code.run({ ...batch, columns: nullable }, table)).toBe(false);
  expect([...table.entries()]).toEqual([]);
});

test("pipelines with anything else are not compiled", () => {
  const cut = aggregateCall("sum", [call("*", [price, price], decimalType(24, 2))], decimalType(34, 2));
  const distinct = aggregateCall("sum", [price], decimalType(22, 2), { distinct: true });
  const text = call("=", [flag, literal("A", stringType)], booleanType);
  for (const other of [{ calls: [cut] }, { calls: [distinct] }, { condition: text }])
    expect(isCompilable({ ...plan, ...other })).toBe(false);
});
