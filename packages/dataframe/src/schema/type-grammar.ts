import {
  arrayType,
  calendarIntervalType,
  charType,
  collatedStringType,
  dayTimeFields,
  dayTimeIntervalType,
  decimalType,
  mapType,
  namedType,
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
} from "@vonk/columnar/internal";

/** Where types are read from: the words and signs of a text, one after the other. */
export interface TypeSource {
  /** The word that stands here in upper case; empty at a sign and at the end. */
  readonly word: string;
  /** True when TIMESTAMP is the type without a time zone. */
  readonly timestampNTZ: boolean;
  /** Takes a word, given in upper case, or a sign, when it stands here. */
  take(wordOrSign: string): boolean;
  /** Takes a name, in backquotes perhaps. */
  name(): string;
  /** Takes a whole number. */
  number(): number;
  /** Takes a text in quotes. */
  string(): string;
  /** The error at this place. */
  refuse(expected: string): Error;
}

const precisionMax = 38;

/** A type as SQL writes it: `BIGINT`, `DECIMAL(10, 2)`, `ARRAY<STRING>`, `STRUCT<a: INT, b: DATE NOT NULL>`. @throws what the source refuses with */
export function readType(source: TypeSource): DataType {
  const { word } = source;
  const named = word === "TIMESTAMP" && source.timestampNTZ ? timestampNTZType : namedType(word);
  const type = named ?? parameterised[word];
  if (type === undefined) throw source.refuse("a type");
  source.take(word);
  return typeof type === "function" ? type(source) : type;
}

/** Columns with their types: `a INT NOT NULL, b: STRING COMMENT '…'`. */
export function readColumns(source: TypeSource): StructField[] {
  const fields: StructField[] = [];
  do {
    const name = source.name();
    source.take(":");
    const type = readType(source);
    const isRequired = source.take("NOT");
    if (isRequired) expect(source, "NULL");
    fields.push(structField(name, type, !isRequired, source.take("COMMENT") ? { comment: source.string() } : undefined));
  } while (source.take(","));
  return fields;
}

type Reader = (source: TypeSource) => DataType;

/** Types that something may follow, each read from behind its word. */
const parameterised: Readonly<Record<string, Reader>> = {
  STRING: (source) => (source.take("COLLATE") ? collatedStringType(qualifiedName(source).toUpperCase()) : stringType),
  CHAR: (source) => charType(length(source)),
  CHARACTER: (source) => charType(length(source)),
  VARCHAR: (source) => varcharType(length(source)),
  DECIMAL: readDecimal,
  DEC: readDecimal,
  NUMERIC: readDecimal,
  TIME: (source) => timeType(numbers(source)[0]),
  INTERVAL: readInterval,
  ARRAY: (source) => within(source, () => arrayType(readType(source))),
  MAP: (source) =>
    within(source, () => {
      const key = readType(source);
      expect(source, ",");
      return mapType(key, readType(source));
    }),
  STRUCT: (source) => {
    // In statements the two signs are one, which means "is not".
    if (source.take("<>")) return structType([]);
    expect(source, "<");
    if (source.take(">")) return structType([]);
    const fields = readColumns(source);
    expect(source, ">");
    return structType(fields);
  },
};

function expect(source: TypeSource, wordOrSign: string): void {
  if (!source.take(wordOrSign)) throw source.refuse(`'${wordOrSign}'`);
}

function within(source: TypeSource, inner: () => DataType): DataType {
  expect(source, "<");
  const type = inner();
  expect(source, ">");
  return type;
}

/** `(10, 2)`; none without parentheses. */
function numbers(source: TypeSource): number[] {
  const values: number[] = [];
  if (!source.take("(")) return values;
  do values.push(source.number());
  while (source.take(","));
  expect(source, ")");
  return values;
}

function length(source: TypeSource): number {
  const [characters] = numbers(source);
  if (characters === undefined) throw source.refuse("a length in parentheses");
  return characters;
}

function readDecimal(source: TypeSource): DataType {
  const [precision = 10, scale = 0] = numbers(source);
  if (precision > precisionMax || scale > precision) throw source.refuse(`a precision of at most ${precisionMax} and a scale within it`);
  return decimalType(precision, scale);
}

function qualifiedName(source: TypeSource): string {
  let name = source.name();
  while (source.take(".")) name += `.${source.name()}`;
  return name;
}

function readInterval(source: TypeSource): DataType {
  const field = <Field extends string>(fields: readonly Field[]): Field | undefined =>
    fields.find((name) => source.take(name.toUpperCase()));
  const end = <Field extends string>(fields: readonly Field[], start: Field): Field => {
    if (!source.take("TO")) return start;
    const last = field(fields);
    if (last === undefined) throw source.refuse("a unit of time");
    return last;
  };
  const months = field(yearMonthFields);
  if (months !== undefined) return yearMonthIntervalType(months, end(yearMonthFields, months));
  const days = field(dayTimeFields);
  return days === undefined ? calendarIntervalType : dayTimeIntervalType(days, end(dayTimeFields, days));
}
