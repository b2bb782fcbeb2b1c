import { asBigint, asNumber, asText, physicalBytes, type ColumnVector, type SQLValue, type VectorMemory } from "@vonk/columnar/internal";
import { typeOf, type Expression } from "@vonk/dataframe/internal";
import type { ColumnMemory } from "../source/table.ts";
import { blockPhysical } from "./block-form.ts";

/** Memory for values. */
export type ValueMemory = Pick<ColumnMemory, "allocate">;

/** A vector of an expression's type with the values that a function gives by row. */
export function writeValue(
  expression: Expression,
  rows: number,
  memory: ValueMemory,
  views: VectorMemory,
  valueOf: (row: number) => SQLValue,
): ColumnVector {
  const dataType = typeOf(expression);
  const physical = blockPhysical(dataType);
  const data = memory.allocate(rows * physicalBytes[physical]);
  const validity = memory.allocate((rows >> 3) + 1);
  views.bytes.fill(0, validity, validity + (rows >> 3) + 1);
  let nulls = 0;
  for (let row = 0; row < rows; row++) {
    const value = valueOf(row);
    if (value === null) {
      nulls++;
      views.bytes.fill(0, data + row * physicalBytes[physical], data + (row + 1) * physicalBytes[physical]);
      continue;
    }
    views.bytes[validity + (row >> 3)] = (views.bytes[validity + (row >> 3)] ?? 0) | (1 << (row & 7));
    put(physical, data, row, value, memory, views);
  }
  return { dataType, physical, length: rows, data, validity: nulls === 0 ? 0 : validity };
}

function put(
  physical: ColumnVector["physical"],
  data: number,
  row: number,
  value: SQLValue,
  memory: ValueMemory,
  { view, bytes }: VectorMemory,
): void {
  switch (physical) {
    case "boolean":
      return view.setUint8(data + row, value === true ? 1 : 0);
    case "int32":
      return view.setInt32(data + row * 4, asNumber(value), true);
    case "float64":
      return view.setFloat64(data + row * 8, asNumber(value), true);
    case "bytes": {
      const text = asText(value);
      const length = Buffer.byteLength(text);
      const at = memory.allocate(length + 1);
      bytes.write(text, at);
      view.setUint32(data + row * 8, at, true);
      return view.setUint32(data + row * 8 + 4, length, true);
    }
    case "int128":
      view.setBigInt64(data + row * 16, BigInt.asIntN(64, asBigint(value)), true);
      return view.setBigInt64(data + row * 16 + 8, asBigint(value) >> 64n, true);
    default:
      return view.setBigInt64(data + row * 8, asBigint(value), true);
  }
}
