import {
  arrayType,
  asBigint,
  asList,
  asNumber,
  asText,
  booleanType,
  CalendarInterval,
  integerType,
  isAnsiInterval,
  isDatetime,
  isIntegral,
  isOrderable,
  longType,
  mapType,
  MapValue,
  sqlType,
  stringType,
  structField,
  structType,
  voidType,
  dayTimeIntervalType,
  type DataType,
  type SQLValue,
  type StructType,
} from "@vonk/columnar/internal";
import { addMonths } from "../../calendar/civil-date.ts";
import { monthsLater } from "../../calendar/timestamp-text.ts";
import { widestType } from "../../coercion/wider-type.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { callText, coerceTo, exactly, text } from "../../function/signature.ts";
import { isList, keyText } from "../../order/compare-values.ts";
import { localClock } from "../datetime/shift.ts";
import { javaPattern } from "../string/java-pattern.ts";
import { arrayOf, commonType, mapOf, refuse } from "./element-type.ts";

const arrays = family("array");
const maps = family("map");
const structs = family("struct");

/** A map of pairs in order. @throws NULL_MAP_KEY, DUPLICATED_MAP_KEY */
export function makeMap(keys: readonly SQLValue[], values: readonly SQLValue[]): MapValue {
  const seen = new Set<string>();
  for (const key of keys) {
    if (key === null) throw expressionErrors.create("NULL_MAP_KEY", {});
    const text = keyText(key);
    if (seen.has(text))
      throw expressionErrors.create("DUPLICATED_MAP_KEY", {
        key: typeof key === "string" ? key : text,
        mapKeyDedupPolicy: '"spark.sql.mapKeyDedupPolicy"',
      });
    seen.add(text);
  }
  return new MapValue(keys, values);
}

const array = arrays(
  "array",
  "An array of the arguments.",
  [],
  arrayType(voidType),
  () =>
    (...values) =>
      values,
  {
    arity: [0, Infinity],
    nulls: "handled",
    resolve: (args, site) => {
      const common = commonType(args, args, site);
      return {
        args: args.map(() => common),
        dataType: arrayType(
          common,
          args.some((argument) => argument.nullable),
        ),
        nullable: false,
      };
    },
  },
);

/** Keys and values in turn. @throws DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES, DATATYPE_MISMATCH.CREATE_MAP_VALUE_DIFF_TYPES */
function resolveMap(args: readonly Argument[], site: ResolutionSite): Resolution {
  const part = (parity: number): readonly Argument[] => args.filter((_, index) => index % 2 === parity);
  const common = (values: readonly Argument[]): DataType => {
    const type = widestType(
      values.map((value) => value.dataType),
      site,
    );
    if (type !== undefined || values.length === 0) return type ?? voidType;
    throw expressionErrors.create("DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES", {
      sqlExpr: callText("map", args),
      functionName: "`map`",
      dataType: `[${values.map((value) => `"${sqlType(value.dataType)}"`).join(", ")}]`,
    });
  };
  const [key, value] = [common(part(0)), common(part(1))];
  return {
    args: args.map((_, index) => (index % 2 === 0 ? key : value)),
    dataType: mapType(
      key,
      value,
      part(1).some((argument) => argument.nullable),
    ),
    nullable: false,
  };
}

/** Names and values in turn; names are constants. @throws DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING */
function resolveNamedStruct(args: readonly Argument[], site: ResolutionSite): Resolution {
  const fields = args.flatMap((argument, index) => {
    if (index % 2 === 1) return [];
    const name = argument.constant?.value;
    const value = args[index + 1];
    if (typeof name !== "string" || value === undefined) {
      throw expressionErrors.create("DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING", {
        sqlExpr: callText(site.name, args),
        inputExprs: `["${argument.sql}"]`,
      });
    }
    return [structField(name, value.dataType, value.nullable)];
  });
  return { args: args.map((argument) => argument.dataType), dataType: structType(fields), nullable: false };
}

function entryType(args: readonly Argument[], site: ResolutionSite): StructType {
  const { element } = arrayOf(args, 0, site);
  if (element.kind === "struct" && element.fields.length === 2) return element;
  return element.kind === "void"
    ? structType([structField("key", voidType), structField("value", voidType)])
    : refuse(args, 0, '"ARRAY" of pair "STRUCT"', site);
}

function textToMap(value: string, pairs: string, between: string): MapValue {
  const parts = splitBy(value, pairs, -1).map((pair) => splitBy(pair, between, 2));
  return makeMap(
    parts.map(([key = ""]) => key),
    parts.map(([, item = null]) => item),
  );
}

function splitBy(value: string, pattern: string, limit: number): string[] {
  const parts: string[] = [];
  let start = 0;
  for (const match of value.matchAll(javaPattern(pattern, "str_to_map"))) {
    if (limit > 0 && parts.length === limit - 1) break;
    if (match[0] === "") continue;
    parts.push(value.slice(start, match.index));
    start = match.index + match[0].length;
  }
  return [...parts, value.slice(start)];
}

function badSequence(start: SQLValue, stop: SQLValue, step: SQLValue): never {
  throw expressionErrors.create("ILLEGAL_SEQUENCE_BOUNDARIES", { start: keyText(start), stop: keyText(stop), step: keyText(step) });
}

function countingSequence(type: DataType): Evaluator {
  return (start, stop, step) => {
    const [from, to] = [
      BigInt(Number.isInteger(start) ? asNumber(start) : asBigint(start)),
      BigInt(Number.isInteger(stop) ? asNumber(stop) : asBigint(stop)),
    ];
    const by = step === undefined ? (from <= to ? 1n : -1n) : typeof step === "bigint" ? step : BigInt(asNumber(step));
    if (by === 0n ? from !== to : by > 0n ? from > to : from < to) return badSequence(start ?? null, stop ?? null, step ?? null);
    const values: SQLValue[] = [];
    for (let value = from; by === 0n ? values.length === 0 : by > 0n ? value <= to : value >= to; value += by)
      values.push(type.kind === "long" ? value : Number(value));
    return values;
  };
}

/** Dates and moments; each is so many steps from the start, so that month ends do not creep. */
function datetimeSequence(site: CallSite): Evaluator {
  const type = site.args[0]?.dataType ?? longType;
  const clock = localClock(type, site);
  const later = (start: SQLValue, months: number, days: bigint, micros: bigint): SQLValue => {
    if (type.kind === "date") return addMonths(asNumber(start), months) + Number(days + micros / 86_400_000_000n);
    return clock.back(monthsLater(clock.local(asBigint(start)), months) + days * 86_400_000_000n) + micros;
  };
  return (start = null, stop = null, step = new CalendarInterval(0, Number(start ?? 0) <= Number(stop ?? 0) ? 1 : -1, 0n)) => {
    const [months, days, micros] =
      step instanceof CalendarInterval
        ? [step.months, BigInt(step.days), step.microseconds]
        : typeof step === "number"
          ? [step, 0n, 0n]
          : [0, asBigint(step) / 86_400_000_000n, asBigint(step) % 86_400_000_000n];
    const forward = months > 0 || (months === 0 && days * 86_400_000_000n + micros > 0n);
    const [from, to] = [Number(start), Number(stop)];
    if ((months === 0 && days === 0n && micros === 0n) || (forward ? from > to : from < to)) {
      return from === to ? [start] : badSequence(start, stop, step);
    }
    const values: SQLValue[] = [];
    for (let count = 0; ; count++) {
      const value = later(start, months * count, days * BigInt(count), micros * BigInt(count));
      if (forward ? Number(value) > to : Number(value) < to) return values;
      values.push(value);
    }
  };
}

function resolveSequence(args: readonly Argument[], site: ResolutionSite): Resolution {
  const bounds = commonType(args.slice(0, 2), args, site);
  const step = args[2]?.dataType;
  if (isIntegral(bounds)) {
    const all = commonType(args, args, site);
    return { args: args.map(() => all), dataType: arrayType(all, false) };
  }
  if (!isDatetime(bounds)) return refuse(args, 0, '("INTEGRAL" or "DATE" or "TIMESTAMP")', site);
  if (step !== undefined && !isAnsiInterval(step) && step.kind !== "interval" && step.kind !== "void")
    return refuse(args, 2, '"INTERVAL"', site);
  return {
    args: [bounds, bounds, ...(step === undefined ? [] : [step.kind === "void" ? dayTimeIntervalType() : step])],
    dataType: arrayType(bounds, false),
  };
}

const sequence = arrays(
  "sequence",
  "The values from one to another by a step.",
  [],
  arrayType(longType),
  (site) =>
    isIntegral(site.args[0]?.dataType ?? longType) ? countingSequence(site.args[0]?.dataType ?? longType) : datetimeSequence(site),
  {
    arity: [2, 3],
    resolve: resolveSequence,
  },
);

/** Functions that make arrays, maps and structs. */
export const collectionMakers: readonly ScalarFunction[] = [
  array,
  sequence,
  arrays(
    "array_repeat",
    "An array of a value so many times.",
    [],
    arrayType(voidType),
    () =>
      (value = null, count = null) =>
        count === null ? null : Array.from({ length: Math.max(asNumber(count), 0) }, () => value),
    {
      arity: [2, 2],
      nulls: "handled",
      resolve: (args, site) => {
        const type = args[0]?.dataType ?? voidType;
        return {
          args: [type, ...coerceTo([exactly(integerType)], args.slice(1), site)],
          dataType: arrayType(type, args[0]?.nullable ?? true),
          nullable: args[1]?.nullable ?? true,
        };
      },
    },
  ),
  maps(
    "map",
    "A map of keys and values in turn.",
    [],
    mapType(voidType, voidType),
    () =>
      (...parts) =>
        makeMap(
          parts.filter((_, index) => index % 2 === 0),
          parts.filter((_, index) => index % 2 === 1),
        ),
    {
      arity: [0, Infinity],
      nulls: "handled",
      resolve: resolveMap,
    },
  ),
  structs(
    "named_struct",
    "A struct of names and values in turn.",
    [],
    structType([]),
    () =>
      (...parts) =>
        parts.filter((_, index) => index % 2 === 1),
    {
      arity: [2, Infinity],
      nulls: "handled",
      resolve: resolveNamedStruct,
    },
  ),
  structs(
    "struct",
    "A struct of the arguments, which give the fields their names.",
    [],
    structType([]),
    () =>
      (...values) =>
        values,
    {
      arity: [1, Infinity],
      nulls: "handled",
      resolve: (args) => ({
        args: args.map((argument) => argument.dataType),
        dataType: structType(
          args.map((argument, index) => structField(argument.name ?? `col${index + 1}`, argument.dataType, argument.nullable)),
        ),
        nullable: false,
      }),
    },
  ),
];

/** Functions that make maps of arrays, maps and text. */
export const mapMakers: readonly ScalarFunction[] = [
  maps(
    "map_from_arrays",
    "A map of an array of keys and one of values.",
    [],
    mapType(voidType, voidType),
    () => (keys, values) => makeMap(asList(keys), asList(values)),
    {
      arity: [2, 2],
      resolve: (args, site) => {
        const [keys, values] = [arrayOf(args, 0, site), arrayOf(args, 1, site)];
        return { args: [keys, values], dataType: mapType(keys.element, values.element, values.containsNull) };
      },
    },
  ),
  maps(
    "map_from_entries",
    "A map of an array of pairs.",
    [],
    mapType(voidType, voidType),
    () => (entries) => {
      const pairs = asList(entries);
      if (pairs.includes(null)) return null;
      return makeMap(
        pairs.map((pair) => (isList(pair) ? (pair[0] ?? null) : null)),
        pairs.map((pair) => (isList(pair) ? (pair[1] ?? null) : null)),
      );
    },
    {
      arity: [1, 1],
      resolve: (args, site) => {
        const [key, value] = entryType(args, site).fields;
        return {
          args: [args[0]?.dataType ?? voidType],
          dataType: mapType(key?.dataType ?? voidType, value?.dataType ?? voidType, value?.nullable ?? true),
          nullable: true,
        };
      },
    },
  ),
  maps(
    "map_concat",
    "The pairs of all maps.",
    [],
    mapType(stringType, stringType),
    () =>
      (...all) =>
        makeMap(
          all.flatMap((one) => (one instanceof MapValue ? one.keys : [])),
          all.flatMap((one) => (one instanceof MapValue ? one.values : [])),
        ),
    {
      arity: [0, Infinity],
      resolve: (args, site) => {
        if (args.length === 0) return { args: [], dataType: mapType(stringType, stringType, false), nullable: false };
        const common = commonType(args, args, site);
        if (common.kind !== "map")
          mapOf(
            args,
            args.findIndex((argument) => argument.dataType.kind !== "map"),
            site,
          );
        return { args: args.map(() => common), dataType: common };
      },
    },
  ),
  maps(
    "str_to_map",
    "A map of text with pairs and keys set apart by patterns.",
    [text, text, text],
    mapType(stringType, stringType),
    () =>
      (value, pairs = ",", between = ":") =>
        textToMap(asText(value), asText(pairs), asText(between)),
    {
      arity: [1, 3],
      sql: (args) => `str_to_map(${[...args, ...[",", ":"].slice(args.length - 1)].join(", ")})`,
    },
  ),
  maps(
    "map_contains_key",
    "True when the map has the key.",
    [],
    booleanType,
    () =>
      (map, key = null) =>
        map instanceof MapValue && map.keys.some((one) => keyText(one) === keyText(key)),
    {
      arity: [2, 2],
      resolve: (args, site) => {
        const map = mapOf(args, 0, site);
        const key = widestType([map.key, args[1]?.dataType ?? voidType], site);
        if (key !== undefined && isOrderable(key))
          return { args: [mapType(key, map.value, map.valueContainsNull), key], dataType: booleanType };
        throw expressionErrors.create("DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES", {
          sqlExpr: callText(site.name, args),
          functionName: `\`${site.name}\``,
          dataType: '"MAP"',
          leftType: `"${sqlType(map)}"`,
          rightType: `"${sqlType(args[1]?.dataType ?? voidType)}"`,
        });
      },
    },
  ),
];
