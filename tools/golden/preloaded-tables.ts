import { readFileSync } from "node:fs";
import { join } from "node:path";
import { arrayType, floatType, integerType, mapType, MapValue, stringType, structType, type DataType, type SQLRow, type SQLValue } from "@vonk/columnar/internal";
import type { SparkSession } from "@vonk/sql";

/** Makes the tables that the suite has before its first statement. Names that are not known are left out. */
export function preloadTables(spark: SparkSession, folder: string, names: readonly string[]): void {
  for (const name of names) {
    const table = small[name];
    const file = files[name];
    if (table !== undefined) view(spark, name, table.columns, table.rows());
    else if (file !== undefined) view(spark, name, file.columns, readRows(join(folder, "data/postgresql", file.path), file.columns));
  }
}

type Columns = readonly (readonly [name: string, dataType: DataType])[];

function view(spark: SparkSession, name: string, columns: Columns, rows: readonly SQLRow[]): void {
  const schema = structType(columns.map(([column, dataType]) => ({ name: column, dataType, nullable: true })));
  spark.createRows(schema, rows).createOrReplaceTempView(name);
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

function letterMap(letter: number, length: number): MapValue {
  return new MapValue(
    numbers(1, length),
    numbers(0, length - 1).map((at) => `${"abcde"[at]}${letter}`),
  );
}

const small: Readonly<Record<string, { readonly columns: Columns; readonly rows: () => SQLRow[] }>> = {
  testdata: {
    columns: [
      ["key", integerType],
      ["value", stringType],
    ],
    rows: () => numbers(1, 100).map((key) => [key, String(key)]),
  },
  arraydata: {
    columns: [
      ["arraycol", arrayType(integerType)],
      ["nestedarraycol", arrayType(arrayType(integerType))],
    ],
    rows: () => [
      [[1, 2, 3], [[1, 2, 3]]],
      [[2, 3, 4], [[2, 3, 4]]],
    ],
  },
  mapdata: {
    columns: [["mapcol", mapType(integerType, stringType)]],
    rows: () => numbers(1, 5).map((row) => [letterMap(row, 6 - row)]),
  },
};

const wide: Columns = [
  ...["unique1", "unique2", "two", "four", "ten", "twenty", "hundred", "thousand", "twothousand", "fivethous", "tenthous", "odd", "even"].map(
    (name): readonly [string, DataType] => [name, integerType],
  ),
  ...["stringu1", "stringu2", "string4"].map((name): readonly [string, DataType] => [name, stringType]),
];

const files: Readonly<Record<string, { readonly path: string; readonly columns: Columns }>> = {
  aggtest: {
    path: "agg.data",
    columns: [
      ["a", integerType],
      ["b", floatType],
    ],
  },
  onek: { path: "onek.data", columns: wide },
  tenk1: { path: "tenk.data", columns: wide },
};

function readRows(path: string, columns: Columns): SQLRow[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split("\t").map((cell, index) => cellValue(cell, columns[index]?.[1])));
}

function cellValue(cell: string, type: DataType | undefined): SQLValue {
  switch (type?.kind) {
    case "integer":
      return Number(cell);
    case "float":
      return Math.fround(Number(cell));
    default:
      return cell;
  }
}
