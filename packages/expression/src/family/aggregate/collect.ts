import {
  arrayType,
  asBigint,
  asBytes,
  asList,
  asNumber,
  asText,
  binaryType,
  booleanType,
  doubleType,
  integerType,
  isIntegral,
  isOrderable,
  longType,
  stringType,
  structField,
  structType,
  voidType,
  sqlType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { collationKey } from "../../collation/collation-key.ts";
import { expressionErrors } from "../../errors.ts";
import type { AggregateFunction, AggregateInstance, Argument, CallSite, OrderKey, ResolutionSite } from "../../function/function-entry.ts";
import { callText, coerceTo, exactly, oneOf } from "../../function/signature.ts";
import { comparison, isList, keyText } from "../../order/compare-values.ts";
import { aggregate, collect } from "./entry.ts";

const typeAt = (args: readonly Argument[], index: number): DataType => args[index]?.dataType ?? voidType;

/** A state of one list, finished from it. */
function listInstance(
  element: DataType,
  take: (args: readonly SQLValue[]) => SQLValue,
  finish: (list: readonly SQLValue[]) => SQLValue,
): AggregateInstance {
  return {
    stateTypes: [arrayType(element)],
    create: () => [[]],
    update: (state, args) => collect(state, [take(args)]),
    merge: (state, [other = null]) => collect(state, asList(other)),
    finish: ([list = null]) => finish(asList(list)),
  };
}

const firstOf = ([value = null]: readonly SQLValue[]): SQLValue => value;

function collecting(
  name: string,
  doc: string,
  aliases: readonly string[],
  finish: (list: readonly SQLValue[], type: DataType) => SQLValue,
): AggregateFunction {
  return aggregate(name, doc, {
    aliases,
    ordered: true,
    resolve: (args) => ({ args: [typeAt(args, 0)], dataType: arrayType(typeAt(args, 0), false), nullable: false }),
    instance: (site) => {
      const type = site.args[0]?.dataType ?? voidType;
      return listInstance(type, firstOf, (list) => finish(list, type));
    },
  });
}

/** Values that are equal, texts under their collation, once: the first of them. */
function distinct(list: readonly SQLValue[], type: DataType): SQLValue[] {
  const keyOf = collationKey(type);
  const byKey = new Map<string, SQLValue>();
  for (const value of list) {
    const key = keyText(keyOf(value));
    if (!byKey.has(key)) byKey.set(key, value);
  }
  return [...byKey.values()];
}

/** Orders rows by the values of WITHIN GROUP's keys, which stand from `from` on. */
function byKeys(keys: readonly OrderKey[], from: number): (a: SQLValue, b: SQLValue) => number {
  const comparisons = keys.map((key) => comparison(key.dataType));
  return (left, right) => {
    const [a, b] = [asList(left), asList(right)];
    for (const [index, key] of keys.entries()) {
      const [x, y] = [a[from + index] ?? null, b[from + index] ?? null];
      const order =
        x === null || y === null
          ? (Number(x !== null) - Number(y !== null)) * (key.nullsFirst ? 1 : -1)
          : (comparisons[index]?.(x, y) ?? 0) * (key.ascending ? 1 : -1);
      if (order !== 0) return order;
    }
    return 0;
  };
}

function joined(values: readonly SQLValue[], delimiter: SQLValue): SQLValue {
  if (values.length === 0) return null;
  if (!(values[0] instanceof Uint8Array)) return values.map(asText).join(delimiter === null ? "" : asText(delimiter));
  const between = delimiter === null ? new Uint8Array() : asBytes(delimiter);
  return new Uint8Array(
    Buffer.concat(
      values.flatMap((value, index) => (index === 0 ? [asBytes(value)] : [between, asBytes(value)])).map((part) => Buffer.from(part)),
    ),
  );
}

const listagg = aggregate("listagg", "The texts one after the other, with a delimiter between them.", {
  aliases: ["string_agg"],
  arity: [1, 2],
  ordered: true,
  skipsNulls: false,
  resolve: (args, site) => {
    const type = typeAt(args, 0).kind === "binary" ? binaryType : stringType;
    return {
      args: coerceTo([typeAt(args, 0).kind === "binary" ? exactly(binaryType) : oneOf(stringType)], args, site).map((given) =>
        given.kind === "void" ? type : given,
      ),
      dataType: type,
      nullable: true,
    };
  },
  instance: (site) => {
    const width = site.args.length;
    const keys = site.orderBy ?? [];
    const order = byKeys(keys, width);
    const delimiter = site.args[1]?.constant?.value ?? null;
    return listInstance(
      structType([]),
      (args) => args,
      (rows) => {
        const kept = rows.filter((row) => isList(row) && row[0] !== null);
        return joined(
          (keys.length === 0 ? kept : kept.toSorted(order)).map((row) => asList(row)[0] ?? null),
          delimiter,
        );
      },
    );
  },
});

/** The most frequent value; of several the least, the first by WITHIN GROUP, or any. */
const mode = aggregate("mode", "The most frequent value.", {
  arity: [0, 2],
  skipsNulls: false,
  resolve: (args, site) => ({
    args: [...args.slice(0, 1).map((argument) => argument.dataType), ...args.slice(1).map(() => booleanType)],
    dataType: args.length === 0 ? (site.orderBy?.[0]?.dataType ?? voidType) : typeAt(args, 0),
    nullable: true,
  }),
  instance: (site) => {
    const [key] = site.orderBy ?? [];
    const compare = comparison(site.dataType);
    const sign = key?.ascending === false ? -1 : 1;
    const settled = key !== undefined || site.args[1]?.constant?.value === true;
    return listInstance(
      site.dataType,
      (args) => (key === undefined ? (args[0] ?? null) : (args.at(-1) ?? null)),
      (list) => {
        const counts = new Map<string, { readonly value: SQLValue; count: number }>();
        for (const value of list) {
          if (value === null) continue;
          const found = counts.get(keyText(value));
          if (found === undefined) counts.set(keyText(value), { value, count: 1 });
          else found.count++;
        }
        let best: { readonly value: SQLValue; readonly count: number } | undefined;
        for (const one of counts.values()) {
          if (
            best === undefined ||
            one.count > best.count ||
            (settled && one.count === best.count && sign * compare(one.value, best.value) < 0)
          )
            best = one;
        }
        return best?.value ?? null;
      },
    );
  },
});

/** @throws DATATYPE_MISMATCH.INVALID_ORDERING_TYPE */
function resolveBy(args: readonly Argument[], site: ResolutionSite): ReturnType<AggregateFunction["resolve"]> {
  const order = typeAt(args, 1);
  if (!isOrderable(order)) {
    throw expressionErrors.create("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", {
      sqlExpr: callText(site.name, args),
      functionName: `\`${site.name}\``,
      dataType: `"${sqlType(order)}"`,
    });
  }
  const value = typeAt(args, 0);
  return {
    args: [value, order, ...args.slice(2).map(() => integerType)],
    dataType: args.length === 3 ? arrayType(value) : value,
    nullable: true,
  };
}

/** The value beside the greatest or least key; with a third argument the so many, best first. */
function extremeBy(name: string, doc: string, sign: 1 | -1): AggregateFunction {
  return aggregate(name, doc, {
    arity: [2, 3],
    skipsNulls: false,
    resolve: resolveBy,
    instance: (site) => {
      const compare = comparison(site.args[1]?.dataType ?? voidType);
      const most = site.args.length === 3 ? Number(site.args[2]?.constant?.value ?? 1) : undefined;
      if (most !== undefined) {
        const best = (rows: readonly SQLValue[]): SQLValue[] =>
          rows
            .filter((row) => asList(row)[1] !== null)
            .toSorted((a, b) => sign * compare(asList(b)[1] ?? null, asList(a)[1] ?? null))
            .slice(0, most);
        return listInstance(
          structType([]),
          (args) => args.slice(0, 2),
          (rows) => (best(rows).length === 0 ? null : best(rows).map((row) => asList(row)[0] ?? null)),
        );
      }
      const take = (state: SQLValue[], value: SQLValue, key: SQLValue): void => {
        const [, best = null] = state;
        // Of equal keys the later row's value stands, as in Spark.
        if (key !== null && (best === null || sign * compare(key, best) >= 0)) [state[0], state[1]] = [value, key];
      };
      return {
        stateTypes: [site.dataType, site.args[1]?.dataType ?? voidType],
        create: () => [null, null],
        update: (state, [value = null, key = null]) => take(state, value, key),
        merge: (state, [value = null, key = null]) => take(state, value, key),
        finish: ([value = null]) => value,
      };
    },
  });
}

/** Folds values that are not null into one. */
function folding(
  name: string,
  doc: string,
  aliases: readonly string[],
  accepts: (type: DataType) => boolean,
  required: DataType,
  fold: (a: SQLValue, b: SQLValue) => SQLValue,
): AggregateFunction {
  return aggregate(name, doc, {
    aliases,
    resolve: (args, site) => {
      const [type = required] = coerceTo(
        [{ accepts, casts: required.kind === "boolean" ? [required] : [], name: required.kind === "boolean" ? '"BOOLEAN"' : '"INTEGRAL"' }],
        args,
        site,
      );
      return { args: [type], dataType: type.kind === "void" ? required : type, nullable: true };
    },
    instance: (site) => {
      const take = (state: SQLValue[], value: SQLValue): void => {
        const [before = null] = state;
        if (value !== null) state[0] = before === null ? value : fold(before, value);
      };
      return {
        stateTypes: [site.dataType],
        create: () => [null],
        update: (state, args) => take(state, firstOf(args)),
        merge: (state, other) => take(state, firstOf(other)),
        finish: firstOf,
      };
    },
  });
}

const isBoolean = (type: DataType): boolean => type.kind === "boolean";

function bits(
  name: string,
  doc: string,
  small: (a: number, b: number) => number,
  large: (a: bigint, b: bigint) => bigint,
): AggregateFunction {
  return folding(name, doc, [], isIntegral, integerType, (a, b) =>
    typeof a === "bigint" ? large(a, asBigint(b)) : small(asNumber(a), asNumber(b)),
  );
}

interface Bin {
  x: number;
  y: number;
}

/** At most so many bins of a histogram: the two nearest are made one until they fit. */
function histogram(values: readonly SQLValue[], most: number): Bin[] {
  const bins: Bin[] = [];
  for (const value of values) {
    const x = Number(value);
    const at = bins.findIndex((bin) => bin.x >= x);
    const found = at < 0 ? undefined : bins[at];
    if (found?.x === x) found.y++;
    else bins.splice(at < 0 ? bins.length : at, 0, { x, y: 1 });
    if (bins.length <= most) continue;
    let near = 0;
    for (let index = 1; index + 1 < bins.length; index++) if (gap(bins, index) < gap(bins, near)) near = index;
    const [a, b] = bins.slice(near, near + 2);
    if (a !== undefined && b !== undefined) bins.splice(near, 2, { x: (a.x * a.y + b.x * b.y) / (a.y + b.y), y: a.y + b.y });
  }
  return bins;
}

const gap = (bins: readonly Bin[], index: number): number => (bins[index + 1]?.x ?? Infinity) - (bins[index]?.x ?? 0);

const histogramNumeric = aggregate("histogram_numeric", "A histogram of so many bins, by their middles and heights.", {
  arity: [2, 2],
  resolve: (args) => ({
    args: [typeAt(args, 0), integerType],
    dataType: arrayType(structType([structField("x", typeAt(args, 0)), structField("y", doubleType)])),
    nullable: true,
  }),
  instance: (site) => {
    const type = site.args[0]?.dataType ?? doubleType;
    const cast = (x: number): SQLValue =>
      type.kind === "double" || type.kind === "float"
        ? x
        : ["long", "decimal", "timestamp", "timestamp_ntz", "day-time-interval"].includes(type.kind)
          ? BigInt(Math.trunc(x))
          : Math.trunc(x);
    return listInstance(type, firstOf, (list) =>
      list.length === 0 ? null : histogram(list, Number(site.args[1]?.constant?.value ?? 2)).map((bin) => [cast(bin.x), bin.y]),
    );
  },
});

/** Counts rows up to the one that is asked for; a frame begins anew. */
const nthValue = aggregate("nth_value", "The value of the so-manyth row of the frame.", {
  arity: [2, 2],
  group: "window",
  skipsNulls: false,
  ordered: true,
  resolve: (args) => ({ args: [typeAt(args, 0), integerType], dataType: typeAt(args, 0), nullable: true }),
  instance: (site: CallSite) =>
    listInstance(
      site.dataType,
      firstOf,
      (list) =>
        (site.ignoreNulls === true ? list.filter((value) => value !== null) : list)[Number(site.args[1]?.constant?.value ?? 1) - 1] ?? null,
    ),
});

/** Aggregates that keep or choose values. */
export const collectingAggregates: readonly AggregateFunction[] = [
  collecting("collect_list", "An array of the values.", ["array_agg"], (list) => list),
  collecting("collect_set", "An array of the values, each once.", [], distinct),
  listagg,
  mode,
  extremeBy("max_by", "The value beside the greatest key.", 1),
  extremeBy("min_by", "The value beside the least key.", -1),
  folding("bool_and", "True when all are.", ["every"], isBoolean, booleanType, (a, b) => a === true && b === true),
  folding("bool_or", "True when one is.", ["some", "any"], isBoolean, booleanType, (a, b) => a === true || b === true),
  bits(
    "bit_and",
    "Bits that all have.",
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bits(
    "bit_or",
    "Bits that one has.",
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bits(
    "bit_xor",
    "Bits that an odd number of them have.",
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  aggregate("count_if", "How many are true.", {
    resolve: (args, site) => ({ args: coerceTo([exactly(booleanType)], args, site), dataType: longType, nullable: false }),
    instance: () => ({
      stateTypes: [longType],
      create: () => [0n],
      update: (state, [value]) => {
        if (value === true) state[0] = asBigint(state[0]) + 1n;
      },
      merge: (state, [other]) => {
        state[0] = asBigint(state[0]) + asBigint(other);
      },
      finish: firstOf,
    }),
  }),
  histogramNumeric,
  nthValue,
];
