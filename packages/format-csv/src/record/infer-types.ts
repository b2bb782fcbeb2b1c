import { booleanType, type DataType, dateType, doubleType, integerType, longType, stringType } from "@vonk/columnar/internal";
import { parseDate } from "@vonk/expression/internal";

/** The types of columns whose fields are only known as text: the narrowest of INT, BIGINT, DOUBLE, DATE and BOOLEAN that holds all, else STRING. */
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
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) || /^(?:NaN|[+-]?Inf(?:inity)?)$/.test(text)) return doubleType;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && parseDate(text) !== undefined) return dateType;
  return /^(?:true|false)$/i.test(text) ? booleanType : stringType;
}

const numbers: readonly DataType[] = [integerType, longType, doubleType];

function wider(a: DataType, b: DataType): DataType {
  if (a === b) return a;
  const places = [numbers.indexOf(a), numbers.indexOf(b)];
  return places.includes(-1) ? stringType : (numbers[Math.max(...places)] ?? stringType);
}
