import {
  arrayType,
  asBytes,
  asList,
  asNumber,
  binaryType,
  doubleType,
  integerType,
  isAnsiInterval,
  isNumeric,
  longType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { decimalToNumber } from "../../decimal/decimal-value.ts";
import type {
  AggregateFunction,
  AggregateInstance,
  Argument,
  CallSite,
  Resolution,
  ResolutionSite,
} from "../../function/function-entry.ts";
import { hashValue } from "../../hash/hash-value.ts";
import { xxhashBytes, xxhashInt, xxhashLong } from "../../hash/xxhash64.ts";
import { comparison, isList } from "../../order/compare-values.ts";
import { refuse } from "../collection/element-type.ts";
import { aggregate, collect } from "./entry.ts";

type Choose = (sorted: readonly number[], fraction: number) => number;

/** Between the two nearest values, by how near. */
const continuous: Choose = (sorted, fraction) => {
  const place = (sorted.length - 1) * fraction;
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  const [a = 0, b = 0] = [sorted[low], sorted[high]];
  return low === high || a === b ? a : (high - place) * a + (place - low) * b;
};

/** The first value that at least so much of all does not exceed. */
const discrete: Choose = (sorted, fraction) => sorted[Math.max(Math.ceil(fraction * sorted.length) - 1, 0)] ?? 0;

function resultType(type: DataType): DataType {
  return isAnsiInterval(type) ? type : doubleType;
}

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function resolvePercentile(
  args: readonly Argument[],
  site: ResolutionSite,
  fraction: Argument | undefined,
  value: Argument | undefined,
): Resolution {
  const type = value?.dataType ?? voidType;
  const input =
    isAnsiInterval(type) || isNumeric(type)
      ? type
      : type.kind === "string" || type.kind === "void"
        ? doubleType
        : refuse(args, 0, '("NUMERIC" or "ANSI INTERVAL")', site);
  const many = fraction?.dataType.kind === "array";
  const result = resultType(input);
  const types = args.map((argument) =>
    argument === value ? input : argument === fraction ? (many ? arrayType(doubleType) : doubleType) : longType,
  );
  return { args: types, dataType: many ? arrayType(result, false) : result, nullable: true };
}

function asDouble(type: DataType): (value: SQLValue) => number {
  return type.kind === "decimal"
    ? (value) => (typeof value === "bigint" ? decimalToNumber(value, type.scale) : 0)
    : (value) => Number(value);
}

/** From a double to the type of what was measured. */
function backTo(type: DataType): (value: number) => SQLValue {
  if (type.kind === "double") return (value) => value;
  return type.kind === "year-month-interval" || type.kind === "integer" || type.kind === "date"
    ? (value) => Math.trunc(value)
    : (value) => BigInt(Math.trunc(value));
}

/** Values and how often each counts, sorted in the end. */
function percentileInstance(
  site: CallSite,
  choose: Choose,
  fractions: SQLValue,
  valueAt: number,
  descending: boolean,
  weightAt?: number,
): AggregateInstance {
  const type = (valueAt < site.args.length ? site.args[valueAt]?.dataType : site.orderBy?.[0]?.dataType) ?? doubleType;
  const read = asDouble(type);
  const result = site.dataType.kind === "array" ? site.dataType.element : site.dataType;
  const back = backTo(result);
  return {
    stateTypes: [arrayType(doubleType)],
    create: () => [[]],
    update: (state, args) => {
      const value = args[valueAt] ?? null;
      const weight = weightAt === undefined ? 1 : Number(args[weightAt] ?? 0);
      if (value !== null)
        collect(
          state,
          Array.from({ length: weight }, () => read(value)),
        );
    },
    merge: (state, [other = null]) => collect(state, asList(other)),
    finish: ([list = null]) => {
      const sorted = asList(list)
        .map(asNumber)
        .toSorted((a, b) => a - b);
      if (descending) sorted.reverse();
      if (sorted.length === 0 || fractions === null) return null;
      if (isList(fractions)) return fractions.map((fraction) => back(choose(sorted, asNumber(fraction))));
      return back(choose(sorted, Number(fractions)));
    },
  };
}

const constantAt = (site: CallSite, index: number): SQLValue => site.args[index]?.constant?.value ?? null;

function withinGroup(name: string, doc: string, choose: Choose): AggregateFunction {
  return aggregate(name, doc, {
    skipsNulls: false,
    resolve: (args, site) => {
      const [order] = site.orderBy ?? [];
      const resolution = resolvePercentile([...args, ...(order === undefined ? [] : [order])], site, args[0], order);
      return { ...resolution, args: resolution.args.slice(0, args.length) };
    },
    instance: (site) => percentileInstance(site, choose, constantAt(site, 0), 1, site.orderBy?.[0]?.ascending === false),
  });
}

/** An input value itself, never one between two. */
const approxPercentile = aggregate("percentile_approx", "The value that so much of all does not exceed.", {
  aliases: ["approx_percentile"],
  arity: [2, 3],
  resolve: (args) => {
    const type = args[0]?.dataType ?? voidType;
    const many = args[1]?.dataType.kind === "array";
    return {
      args: [
        type.kind === "string" ? doubleType : type,
        many ? arrayType(doubleType) : doubleType,
        ...args.slice(2).map(() => integerType),
      ],
      dataType: many ? arrayType(type, false) : type,
      nullable: true,
    };
  },
  instance: (site) => {
    const type = site.args[0]?.dataType ?? doubleType;
    const compare = comparison(type);
    const fractions = constantAt(site, 1);
    const pick = (sorted: readonly SQLValue[], fraction: SQLValue): SQLValue =>
      sorted[Math.max(Math.ceil(Number(fraction) * sorted.length) - 1, 0)] ?? null;
    return {
      stateTypes: [arrayType(type)],
      create: () => [[]],
      update: (state, [value = null]) => collect(state, [value]),
      merge: (state, [other = null]) => collect(state, asList(other)),
      finish: ([list = null]) => {
        const sorted = asList(list).toSorted(compare);
        if (sorted.length === 0) return null;
        return isList(fractions) ? fractions.map((fraction) => pick(sorted, fraction)) : pick(sorted, fractions);
      },
    };
  },
});

/** Registers of HyperLogLog++ for a relative error; 512 for Spark's 5 %. */
function precisionOf(error: number): number {
  return Math.ceil((2 * Math.log(1.106 / error)) / Math.LN2);
}

const linearThresholds = [10, 20, 40, 80, 220, 400, 900, 1800, 3100, 6500, 11_500, 20_000, 50_000, 120_000, 350_000];

/** Linear counting while registers are empty and few values were met, else the raw estimate. */
function estimate(registers: Uint8Array, precision: number): bigint {
  const count = registers.length;
  const empty = registers.reduce((total, register) => total + Number(register === 0), 0);
  const linear = empty === 0 ? Infinity : count * Math.log(count / empty);
  if (linear <= (linearThresholds[precision - 4] ?? Infinity)) return BigInt(Math.round(linear));
  const alpha = count === 16 ? 0.673 : count === 32 ? 0.697 : count === 64 ? 0.709 : 0.7213 / (1 + 1.079 / count);
  const sum = registers.reduce((total, register) => total + 2 ** -register, 0);
  return BigInt(Math.round((alpha * count * count) / sum));
}

const approxCountDistinct = aggregate("approx_count_distinct", "About how many values there are, each counted once.", {
  arity: [1, 2],
  resolve: (args) => ({
    args: [args[0]?.dataType ?? voidType, ...args.slice(1).map(() => doubleType)],
    dataType: longType,
    nullable: false,
  }),
  instance: (site) => {
    const precision = precisionOf(Number(constantAt(site, 1) ?? 0.05));
    const hash = hashValue({ int: xxhashInt, long: xxhashLong, bytes: xxhashBytes }, site.args[0]?.dataType ?? voidType);
    return {
      stateTypes: [binaryType],
      create: () => [new Uint8Array(2 ** precision)],
      update: ([registers = null], [value = null]) => {
        const bits = BigInt.asUintN(64, hash(value, 42n));
        const index = Number(bits >> BigInt(64 - precision));
        const rest = BigInt.asUintN(64, bits << BigInt(precision)) | (1n << BigInt(precision - 1));
        const rank = 64 - rest.toString(2).length + 1;
        const table = asBytes(registers);
        if (rank > (table[index] ?? 0)) table[index] = rank;
      },
      merge: ([registers = null], [other = null]) => {
        const [table, more] = [asBytes(registers), asBytes(other)];
        for (let index = 0; index < table.length; index++) table[index] = Math.max(table[index] ?? 0, more[index] ?? 0);
      },
      finish: ([registers = null]) => estimate(asBytes(registers), precision),
    };
  },
});

/** Percentiles and approximate counts. */
export const percentileAggregates: readonly AggregateFunction[] = [
  aggregate("percentile", "The value at a fraction of all, between the two nearest.", {
    arity: [2, 3],
    resolve: (args, site) => resolvePercentile(args, site, args[1], args[0]),
    instance: (site) => percentileInstance(site, continuous, constantAt(site, 1), 0, false, site.args.length > 2 ? 2 : undefined),
  }),
  aggregate("median", "The middle value.", {
    resolve: (args, site) => resolvePercentile(args, site, undefined, args[0]),
    instance: (site) => percentileInstance(site, continuous, 0.5, 0, false),
  }),
  withinGroup("percentile_cont", "The value at a fraction of all, between the two nearest.", continuous),
  withinGroup("percentile_disc", "The first value that a fraction of all does not exceed.", discrete),
  approxPercentile,
  approxCountDistinct,
];
