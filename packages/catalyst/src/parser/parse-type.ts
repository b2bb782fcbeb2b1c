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
  timestampNTZType,
  timeType,
  varcharType,
  yearMonthFields,
  yearMonthIntervalType,
  type DataType,
  type StructField,
  namedType,
} from "@vonk/columnar/internal";
import type { TokenCursor } from "./token-cursor.ts";

/** A type as it stands in CAST and in schemas. @throws AnalysisError PARSE_SYNTAX_ERROR */
export function parseDataType(cursor: TokenCursor): DataType {
  const word = cursor.word;
  const known = word === "TIMESTAMP" && cursor.rules.timestampNTZ ? timestampNTZType : namedType(word);
  if (known !== undefined) {
    cursor.next();
    return known;
  }
  switch (word) {
    case "STRING":
      cursor.next();
      return cursor.take("COLLATE") ? collatedStringType(cursor.nameParts().join(".").toUpperCase()) : stringType;
    case "CHAR":
    case "CHARACTER":
      cursor.next();
      return charType(numbers(cursor)[0] ?? 1);
    case "VARCHAR":
      cursor.next();
      return varcharType(numbers(cursor)[0] ?? 1);
    case "DECIMAL":
    case "DEC":
    case "NUMERIC": {
      cursor.next();
      const [precision = 10, scale = 0] = cursor.isSign("(") ? numbers(cursor) : [];
      return decimalType(precision, scale);
    }
    case "TIME":
      cursor.next();
      return timeType(cursor.isSign("(") ? numbers(cursor)[0] : undefined);
    case "INTERVAL":
      cursor.next();
      return intervalType(cursor);
    default:
      return nestedType(cursor, word);
  }
}

function numbers(cursor: TokenCursor): number[] {
  return cursor.parenthesised(() => {
    const value = Number(cursor.next().image);
    if (!Number.isInteger(value)) throw cursor.unexpected(": expected a number");
    return value;
  });
}

function intervalType(cursor: TokenCursor): DataType {
  const field = <Field extends string>(fields: readonly Field[]): Field | undefined => {
    const found = fields.find((name) => cursor.isWord(name.toUpperCase()));
    if (found !== undefined) cursor.next();
    return found;
  };
  const months = field(yearMonthFields);
  if (months !== undefined) return yearMonthIntervalType(months, cursor.take("TO") ? (field(yearMonthFields) ?? "month") : months);
  const start = field(dayTimeFields);
  if (start !== undefined) return dayTimeIntervalType(start, cursor.take("TO") ? (field(dayTimeFields) ?? "second") : start);
  return calendarIntervalType;
}

function nestedType(cursor: TokenCursor, word: string): DataType {
  switch (word) {
    case "ARRAY": {
      cursor.next();
      cursor.expectSign("<");
      const element = parseDataType(cursor);
      cursor.expectSign(">");
      return arrayType(element);
    }
    case "MAP": {
      cursor.next();
      cursor.expectSign("<");
      const key = parseDataType(cursor);
      cursor.expectSign(",");
      const value = parseDataType(cursor);
      cursor.expectSign(">");
      return mapType(key, value);
    }
    case "STRUCT": {
      cursor.next();
      if (cursor.isSign("<") && cursor.isSign(">", 1)) {
        cursor.next();
        cursor.next();
        return structType([]);
      }
      cursor.expectSign("<");
      const fields = cursor.list(() => fieldOf(cursor));
      cursor.expectSign(">");
      return structType(fields);
    }
    default:
      throw cursor.unexpected(": expected a type");
  }
}

function fieldOf(cursor: TokenCursor): StructField {
  const name = cursor.name();
  cursor.takeSign(":");
  const type = parseDataType(cursor);
  const nullable = !cursor.take("NOT", "NULL");
  if (cursor.take("COMMENT")) return structField(name, type, nullable, { comment: cursor.string() });
  return structField(name, type, nullable);
}

/** A table's columns: `a INT NOT NULL, b STRING COMMENT '…'`; also the text of a schema. */
export function parseColumns(cursor: TokenCursor): StructField[] {
  return cursor.list(() => fieldOf(cursor));
}
