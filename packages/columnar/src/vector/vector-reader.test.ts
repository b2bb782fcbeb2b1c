import { expect, test } from "vitest";
import {
  arrayType,
  decimalType,
  integerType,
  longType,
  mapType,
  stringType,
  structField,
  structType,
  type DataType,
} from "../schema/data-type.ts";
import { MapValue, type SQLValue } from "../sql-value/sql-value.ts";
import { type ColumnVector, physicalBytes, type PhysicalType } from "./column-vector.ts";
import { vectorMemory, vectorReader } from "./vector-reader.ts";

const memory = vectorMemory(new SharedArrayBuffer(4096));
let end = 64;

function place(bytes: number): number {
  const at = end;
  end += (bytes + 15) & ~15;
  return at;
}

function integers(dataType: DataType, physical: PhysicalType, values: readonly bigint[], more: Partial<ColumnVector> = {}): ColumnVector {
  const width = physicalBytes[physical];
  const data = place(width * values.length);
  for (const [index, value] of values.entries()) {
    for (let byte = 0; byte < width; byte++) memory.view.setUint8(data + index * width + byte, Number((value >> BigInt(byte * 8)) & 255n));
  }
  return { dataType, physical, length: values.length, data, validity: 0, ...more };
}

function texts(values: readonly string[]): ColumnVector {
  const refs: bigint[] = values.map((value) => {
    const at = place(value.length * 3);
    return BigInt(at) | (BigInt(memory.bytes.write(value, at)) << 32n);
  });
  return { ...integers(stringType, "int64", refs), physical: "bytes" };
}

const all = (vector: ColumnVector): SQLValue[] => {
  const read = vectorReader(vector, memory);
  return Array.from({ length: vector.length }, (_, row) => read(row));
};

test("one type in several widths, with nulls", () => {
  const validity = place(8);
  memory.view.setUint8(validity, 0b101);
  expect(all(integers(decimalType(15, 2), "int16", [-5n, 0n, 7n], { validity }))).toEqual([-5n, null, 7n]);
  expect(all(integers(decimalType(38, 2), "int128", [-(10n ** 30n), 10n ** 30n]))).toEqual([-(10n ** 30n), 10n ** 30n]);
  expect(all(integers(longType, "int8", [-1n]))).toEqual([-1n]);
  expect(all(integers(integerType, "int64", [2n ** 31n - 1n]))).toEqual([2 ** 31 - 1]);
});

test("text, plain and by dictionary", () => {
  const values = texts(["é😀", "", "b"]);
  expect(all(values)).toEqual(["é😀", "", "b"]);
  const codes = integers(stringType, "int16", [2n, 0n, 0n]);
  expect(all({ ...codes, physical: "bytes", dictionary: { width: 2, values } })).toEqual(["b", "é😀", "é😀"]);
});

test("nested values", () => {
  const elements = integers(integerType, "int32", [1n, 2n, 3n]);
  const slices = [0n | (2n << 32n), 2n | (1n << 32n)];
  expect(all({ ...integers(arrayType(integerType), "int64", slices), physical: "list", children: [elements] })).toEqual([[1, 2], [3]]);
  const map = {
    ...integers(mapType(integerType, stringType), "int64", slices),
    physical: "list" as const,
    children: [elements, texts(["a", "b", "c"])],
  };
  expect(all(map)[0]).toEqual(new MapValue([1, 2], ["a", "b"]));
  const fields = structType([structField("n", integerType), structField("t", stringType)]);
  const struct: ColumnVector = {
    dataType: fields,
    physical: "struct",
    length: 3,
    data: 0,
    validity: 0,
    children: [elements, texts(["x", "y", "z"])],
  };
  expect(all(struct)).toEqual([
    [1, "x"],
    [2, "y"],
    [3, "z"],
  ]);
});
