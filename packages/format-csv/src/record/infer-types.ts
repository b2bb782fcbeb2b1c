import {
  booleanType,
  type DataType,
  dateType,
  decimalType,
  doubleType,
  integerType,
  longType,
  stringType,
  timestampType,
} from "@vonk/columnar/internal";
import { parseDate, parseTimestamp } from "@vonk/expression/internal";

/** The types of columns whose fields are only known as text: the narrowest of INT, BIGINT, DECIMAL, DOUBLE, DATE, TIMESTAMP and BOOLEAN that holds all, else STRING. */
export class TypeInference {
  readonly #types: (DataType | undefined)[];
  readonly #nullValue: string;

  constructor(columns: number, nullValue: string) {
    this.#types = Array.from({ length: columns });
    this.#nullValue = nullValue;
  }

  /** Takes the fields of a record into account; those that are missing are null. */
  add(fields: readonly string[]): void {
    for (const index of this.#types.keys()) {
      const field = fields[index];
      if (field === undefined || field === this.#nullValue || field === "") continue;
      const known = this.#types[index];
      this.#types[index] = known === undefined ? typeOf(field) : wider(known, typeOf(field));
    }
  }

  /** The type of each column; text when all of it is null. */
  types(): readonly DataType[] {
    return this.#types.map((type) => type ?? stringType);
  }
}

function typeOf(field: string): DataType {
  const text = field.trim();
  if (/^[+-]?\d{1,19}$/.test(text)) {
    const value = BigInt(text.replace("+", ""));
    if (BigInt.asIntN(32, value) === value) return integerType;
    if (BigInt.asIntN(64, value) === value) return longType;
  }
  const digits = /^[+-]?0*(\d{19,38})$/.exec(text)?.[1];
  if (digits !== undefined) return decimalType(digits.length, 0);
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || /^(?:NaN|[+-]?Inf(?:inity)?)$/.test(text)) return doubleType;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && parseDate(text) !== undefined) return dateType;
  if (/^\d{4}-\d/.test(text) && parseTimestamp(text) !== undefined) return timestampType;
  return /^(?:true|false)$/i.test(text) ? booleanType : stringType;
}

const numbers: readonly DataType["kind"][] = ["integer", "long", "decimal", "double"];

function wider(a: DataType, b: DataType): DataType {
  if (a === b) return a;
  if (a.kind === "decimal" && b.kind === "decimal") return a.precision > b.precision ? a : b;
  if (isMoment(a) && isMoment(b)) return timestampType;
  const [left, right] = [numbers.indexOf(a.kind), numbers.indexOf(b.kind)];
  if (left < 0 || right < 0) return stringType;
  return left > right ? a : b;
}

function isMoment({ kind }: DataType): boolean {
  return kind === "date" || kind === "timestamp";
}
