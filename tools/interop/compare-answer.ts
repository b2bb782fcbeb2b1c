import type { DataType, SQLRow, SQLValue, StructType } from "@vonk/columnar/internal";
import { canonical } from "./canonical.ts";

/** A table that was written. */
export interface WrittenTable {
  readonly schema: StructType;
  readonly rows: readonly SQLRow[];
}

/** A line of read_back.py. */
export interface Answer {
  readonly file?: string;
  readonly columns?: Readonly<Record<string, readonly unknown[]>>;
  /** Least and greatest values by column, one a row group. */
  readonly bounds?: Readonly<Record<string, readonly [least: readonly unknown[], greatest: readonly unknown[]]>>;
  /** How many rows meet each condition. */
  readonly found?: readonly number[];
  readonly pushedAggregates?: number;
}

/** What another reader sees otherwise than it was written, one line each. */
export function compareAnswer(
  { schema, rows }: WrittenTable,
  { columns = {}, bounds = {}, found = [] }: Answer,
  conditions: readonly (readonly [column: string, literal: string, isThere: boolean])[],
): string[] {
  const differences: string[] = [];
  const expect = (what: string, theirs: unknown, ours: unknown): void => {
    if (JSON.stringify(theirs) !== JSON.stringify(ours))
      differences.push(`${what} is ${JSON.stringify(theirs)}, not ${JSON.stringify(ours)}`);
  };
  schema.fields.forEach(({ name, dataType }, column) => {
    const values = rows.map((row) => row[column] ?? null);
    const theirs = columns[name] ?? [];
    expect(`${name}: how many values`, theirs.length, values.length);
    const wrong = values.findIndex((value, row) => JSON.stringify(canonical(dataType, value)) !== JSON.stringify(theirs[row]));
    if (wrong >= 0) expect(`${name}[${wrong}]`, theirs[wrong], canonical(dataType, values[wrong] ?? null));
    const known = bounds[name];
    if (known === undefined) return;
    const sorted = values.filter((value) => value !== null).toSorted((a, b) => order(a, b));
    const extremes = [sorted[0] ?? null, sorted.at(-1) ?? null].map((value) => canonical(dataType, zero(value)));
    expect(`${name}: least`, least(dataType, known[0], 1), extremes[0]);
    expect(`${name}: greatest`, least(dataType, known[1], -1), extremes[1]);
  });
  conditions.forEach(([name, literal], index) => {
    const column = schema.fields.findIndex((field) => field.name === name);
    const count = rows.filter((row) => literalOf(row[column] ?? null) === literal).length;
    expect(`count of ${name} = ${literal}`, found[index], count);
  });
  return differences;
}

function literalOf(value: SQLValue): string {
  return typeof value === "string" ? `'${value}'` : typeof value === "bigint" || typeof value === "number" ? value.toString() : "";
}

/** The two zeros are one in an order. */
function zero(value: SQLValue): SQLValue {
  return value === 0 ? 0 : value;
}

function order(a: SQLValue, b: SQLValue): number {
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b);
  if (typeof a === "bigint" && typeof b === "bigint") return a < b ? -1 : a > b ? 1 : 0;
  if (typeof a === "boolean" && typeof b === "boolean") return Number(a) - Number(b);
  if (typeof a !== "number" || typeof b !== "number") return 0;
  // NaN is above all else.
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The least (or with sign -1 the greatest) of canonical values. */
function least(type: DataType, values: readonly unknown[], sign: 1 | -1): unknown {
  const present = values.filter((value) => value !== null);
  const [first = null] = present.toSorted((a, b) => sign * order(parse(type, a), parse(type, b)));
  return canonical(type, zero(parse(type, first)));
}

/** A canonical value of a type without parts. */
function parse({ kind }: DataType, value: unknown): SQLValue {
  if (value === null || typeof value === "boolean") return value;
  const text = typeof value === "string" ? value : "";
  if (kind === "string") return text;
  if (kind === "binary") return Uint8Array.from(Buffer.from(text, "hex"));
  if (kind === "float" || kind === "double") return text === "NaN" ? NaN : Buffer.from(text, "hex").readDoubleBE();
  return BigInt(text);
}
