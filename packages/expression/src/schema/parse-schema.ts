import {
  arrayType,
  calendarIntervalType,
  charType,
  collatedStringType,
  dayTimeFields,
  dayTimeIntervalType,
  decimalType,
  mapType,
  stringType,
  structField,
  structType,
  timeType,
  varcharType,
  yearMonthFields,
  yearMonthIntervalType,
  type DataType,
  type StructField,
  namedType,
} from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";

/** Reads the words of a schema one after the other. */
class SchemaReader {
  readonly #text: string;
  readonly #words: readonly string[];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#words = text.match(/`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'|[\p{L}\p{N}_]+|[^\s]/gu) ?? [];
  }

  get done(): boolean {
    return this.#at >= this.#words.length;
  }

  peek(): string {
    return this.#words[this.#at] ?? "";
  }

  accept(word: string): boolean {
    if (this.peek().toUpperCase() !== word) return false;
    this.#at++;
    return true;
  }

  next(): string {
    const word = this.peek();
    this.#at++;
    return word;
  }

  expect(word: string): void {
    if (!this.accept(word)) this.fail(`'${word}' was expected, not '${this.peek()}'`);
  }

  fail(reason: string): never {
    throw expressionErrors.create("INVALID_SCHEMA.PARSE_ERROR", { inputSchema: `"${this.#text}"`, reason });
  }

  numbers(): number[] {
    const values: number[] = [];
    if (!this.accept("(")) return values;
    do values.push(Number(this.next()));
    while (this.accept(","));
    this.expect(")");
    return values;
  }
}

/** A type or a list of columns, as text: `a INT, b ARRAY<STRING>`, `STRUCT<a: INT>`, `BIGINT`. @throws INVALID_SCHEMA.PARSE_ERROR */
export function parseSchema(text: string): DataType {
  const alone = new SchemaReader(text);
  try {
    const type = readType(alone);
    if (alone.done) return type;
  } catch {
    // It is no type, then a list of columns.
  }
  const reader = new SchemaReader(text);
  const fields = readFields(reader, "");
  return reader.done ? structType(fields) : reader.fail(`'${reader.peek()}' is not expected`);
}

function readFields(reader: SchemaReader, close: string): StructField[] {
  const fields: StructField[] = [];
  if (close !== "" && reader.accept(close)) return fields;
  do {
    const name = reader.next().replace(/^`(.*)`$/s, (_all, inner: string) => inner.replaceAll("``", "`"));
    if (!/^[\p{L}\p{N}_ ]/u.test(name)) reader.fail(`'${name}' is no name`);
    reader.accept(":");
    const type = readType(reader);
    const required = reader.accept("NOT");
    if (required) reader.expect("NULL");
    if (reader.accept("COMMENT")) reader.next();
    fields.push(structField(name, type, !required));
  } while (reader.accept(","));
  if (close !== "") reader.expect(close);
  return fields;
}

function readType(reader: SchemaReader): DataType {
  const word = reader.next().toUpperCase();
  const known = namedType(word);
  if (known !== undefined) return known;
  switch (word) {
    case "STRING":
      return reader.accept("COLLATE") ? collatedStringType(reader.next()) : stringType;
    case "DECIMAL":
    case "DEC":
    case "NUMERIC": {
      const [precision = 10, scale = 0] = reader.numbers();
      return decimalType(precision, scale);
    }
    case "CHAR":
    case "CHARACTER":
      return charType(reader.numbers()[0] ?? reader.fail("a length was expected"));
    case "VARCHAR":
      return varcharType(reader.numbers()[0] ?? reader.fail("a length was expected"));
    case "TIME":
      return timeType(reader.numbers()[0] ?? 6);
    case "INTERVAL":
      return readInterval(reader);
    case "ARRAY": {
      reader.expect("<");
      const element = readType(reader);
      reader.expect(">");
      return arrayType(element);
    }
    case "MAP": {
      reader.expect("<");
      const key = readType(reader);
      reader.expect(",");
      const value = readType(reader);
      reader.expect(">");
      return mapType(key, value);
    }
    case "STRUCT":
      reader.expect("<");
      return structType(readFields(reader, ">"));
    default:
      return reader.fail(`'${word}' is no type`);
  }
}

function readInterval(reader: SchemaReader): DataType {
  const fieldOf = <Field extends string>(fields: readonly Field[]): Field | undefined =>
    fields.find((field) => reader.accept(field.toUpperCase()));
  const months = fieldOf(yearMonthFields);
  if (months !== undefined) return yearMonthIntervalType(months, reader.accept("TO") ? (fieldOf(yearMonthFields) ?? months) : months);
  const days = fieldOf(dayTimeFields);
  if (days !== undefined) return dayTimeIntervalType(days, reader.accept("TO") ? (fieldOf(dayTimeFields) ?? days) : days);
  return calendarIntervalType;
}
