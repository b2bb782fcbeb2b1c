import { physicalBytes, type ColumnVector, type DataType, type PhysicalType } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Block } from "./stage-plan.ts";

/** How values of a type lie in blocks: one form a type, so that blocks of all tasks can be joined. */
export function blockPhysical(type: DataType): PhysicalType {
  switch (type.kind) {
    case "boolean":
      return "boolean";
    case "byte":
    case "short":
    case "integer":
    case "date":
      return "int32";
    case "decimal":
      return type.precision <= 18 ? "int64" : "int128";
    case "double":
      return "float64";
    case "string":
      return "bytes";
    default:
      return "int64";
  }
}

/** Bytes of a value of a type in blocks. */
export function blockWidth(type: DataType): number {
  return physicalBytes[blockPhysical(type)];
}

/** The columns of a block as vectors. */
export function blockVectors({ rows, columns }: Block, types: readonly DataType[]): ColumnVector[] {
  return types.map((dataType, index) => {
    const column = columns[index];
    assert(column !== undefined, "a block has a column of each type");
    return { dataType, physical: blockPhysical(dataType), length: rows, data: column.data, validity: column.validity };
  });
}
