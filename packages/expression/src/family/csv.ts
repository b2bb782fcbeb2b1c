import {
  asList,
  asText,
  booleanType,
  dateType,
  doubleType,
  integerType,
  isNumeric,
  longType,
  MapValue,
  sqlType,
  stringType,
  structField,
  structType,
  timestampType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { conversion } from "../cast/cast-value.ts";
import { toText } from "../cast/to-text.ts";
import { parseDate } from "../calendar/civil-date.ts";
import { parsePattern } from "../calendar/datetime-pattern.ts";
import { parseWithPattern } from "../calendar/pattern-parser.ts";
import { timeZoneOf, toUTCMicros } from "../calendar/time-zone.ts";
import { dayOf } from "../calendar/timestamp-text.ts";
import { csvField, splitCSV, type CSVFormat } from "../csv/csv-text.ts";
import { expressionErrors } from "../errors.ts";
import { family } from "../function/family.ts";
import type { CallSite, Evaluator, ScalarFunction } from "../function/function-entry.ts";
import { text } from "../function/signature.ts";
import { datetimeWriter, type JSONOptions } from "../json/json-value.ts";
import { parseSchema } from "../schema/parse-schema.ts";
import { refuse } from "./collection/element-type.ts";

const csv = family("csv");

function optionsOf(site: CallSite, index: number): JSONOptions {
  const value = site.args[index]?.constant?.value;
  if (!(value instanceof MapValue)) return new Map();
  return new Map(value.keys.map((key, at) => [asText(key).toLowerCase(), asText(value.values[at] ?? "")] as const));
}

function formatOf(options: JSONOptions): CSVFormat {
  return {
    separator: options.get("sep") ?? options.get("delimiter") ?? ",",
    quote: options.get("quote") ?? '"',
    escape: options.get("escape") ?? "\\",
  };
}

/** A reader of one field; undefined for text that is no value of the type. */
function fieldReader(type: DataType, site: CallSite, options: JSONOptions): (field: string) => SQLValue {
  if (type.kind === "string") return (field) => field;
  const convert = conversion(stringType, type, { mode: "try", session: site.session }) ?? (() => null);
  const pattern = options.get(type.kind === "date" ? "dateformat" : "timestampformat");
  if (pattern === undefined || (type.kind !== "date" && type.kind !== "timestamp")) return convert;
  const zone = timeZoneOf(options.get("timezone") ?? site.session.timeZone);
  return (field) => {
    const parsed = parseWithPattern(parsePattern(pattern), field);
    if (parsed === undefined) return null;
    return type.kind === "date" ? dayOf(parsed.localMicros) : toUTCMicros(parsed.localMicros, parsed.zone ?? zone);
  };
}

/** @throws MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION under FAILFAST */
function fromCSV(site: CallSite): Evaluator {
  const options = optionsOf(site, 2);
  const fields = site.dataType.kind === "struct" ? site.dataType.fields : [];
  const readers = fields.map((field) => fieldReader(field.dataType, site, options));
  const format = formatOf(options);
  const nothing = options.get("nullvalue") ?? "";
  const strict = options.get("mode")?.toUpperCase() === "FAILFAST";
  return (line) => {
    const parts = splitCSV(asText(line), format);
    return readers.map((read, index) => {
      const part = parts[index];
      if (part === undefined || part === nothing) return null;
      const value = read(part);
      if (value !== null || !strict) return value;
      throw expressionErrors.create("MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION", {
        badRecord: asText(line),
        failFastMode: "FAILFAST",
      });
    });
  };
}

function toCSV(site: CallSite): Evaluator {
  const options = optionsOf(site, 1);
  const type = site.args[0]?.dataType ?? voidType;
  const format = formatOf(options);
  const writers = (type.kind === "struct" ? type.fields : []).map(({ dataType }) => {
    if (dataType.kind === "date" || dataType.kind === "timestamp" || dataType.kind === "timestamp_ntz")
      return datetimeWriter(dataType, site.session, options);
    const shown = toText(dataType, site.session);
    return (value: SQLValue): string => asText(shown(value));
  });
  return (row) => {
    const values = asList(row);
    const field = (value: SQLValue, write: (value: SQLValue) => string): string =>
      value === null ? (options.get("nullvalue") ?? "") : value === "" ? '""' : csvField(write(value), format);
    return writers.map((write, index) => field(values[index] ?? null, write)).join(format.separator);
  };
}

/** The narrowest of DATE, INT, BIGINT, DOUBLE, TIMESTAMP, BOOLEAN that the text is; else STRING. */
function inferField(field: string, site: CallSite): DataType {
  if (field === "") return stringType;
  if (/^\d{4}-\d{2}-\d{2}$/.test(field) && parseDate(field) !== undefined) return dateType;
  for (const type of [integerType, longType, doubleType, timestampType, booleanType]) {
    if (type.kind === "boolean" ? /^(?:true|false)$/i.test(field) : isNumeric(type) || field.length > 4) {
      const convert = conversion(stringType, type, { mode: "try", session: site.session });
      if (convert?.(field) !== null) return type;
    }
  }
  return stringType;
}

/** Functions of CSV. */
export const csvFunctions: readonly ScalarFunction[] = [
  csv("from_csv", "The struct that a line of CSV gives for a schema.", [], voidType, fromCSV, {
    arity: [2, 3],
    resolve: (args) => {
      const schema = args[1]?.constant?.value;
      if (typeof schema !== "string")
        throw expressionErrors.create("INVALID_SCHEMA.NON_STRING_LITERAL", { inputSchema: `"${args[1]?.sql ?? ""}"` });
      return {
        args: [stringType, stringType, ...args.slice(2).map((argument) => argument.dataType)],
        dataType: parseSchema(schema),
        nullable: true,
      };
    },
    sql: ([value = ""]) => `from_csv(${value})`,
  }),
  csv("to_csv", "A struct as a line of CSV.", [], stringType, toCSV, {
    arity: [1, 2],
    resolve: (args, site) =>
      args[0]?.dataType.kind === "struct"
        ? { args: args.map((argument) => argument.dataType), dataType: stringType }
        : refuse(args, 0, '"STRUCT"', site),
    sql: ([value = ""]) => `to_csv(${value})`,
  }),
  csv(
    "schema_of_csv",
    "The type of a line of CSV, as SQL.",
    [text],
    stringType,
    (site) => (line) =>
      sqlType(
        structType(
          splitCSV(asText(line), formatOf(optionsOf(site, 1))).map((field, index) => structField(`_c${index}`, inferField(field, site))),
        ),
      ),
    {
      arity: [1, 2],
      resolve: (args) => ({
        args: [stringType, ...args.slice(1).map((argument) => argument.dataType)],
        dataType: stringType,
        nullable: args[0]?.nullable ?? true,
      }),
      sql: ([value = ""]) => `schema_of_csv(${value})`,
    },
  ),
];
