import {
  arrayType,
  asList,
  asNumber,
  booleanType,
  integerType,
  mapType,
  MapValue,
  sqlType,
  voidType,
  type DataType,
  type SQLValue,
} from "@vonk/columnar/internal";
import { tightestType, widestType } from "../../coercion/wider-type.ts";
import { expressionErrors } from "../../errors.ts";
import type {
  Argument,
  CallSite,
  LambdaFunction,
  LambdaParameter,
  Resolution,
  ResolutionSite,
  ScalarFunction,
} from "../../function/function-entry.ts";
import { callText } from "../../function/signature.ts";
import { comparison, keyText } from "../../order/compare-values.ts";
import { arrayOf, mapOf, refuse } from "./element-type.ts";
import { makeMap } from "./make.ts";

type Parameters = (args: readonly Argument[], index: number, site: ResolutionSite) => readonly LambdaParameter[];
type Body = (values: readonly SQLValue[], lambdas: readonly LambdaFunction[], site: CallSite) => SQLValue;

function higherOrder(
  name: string,
  doc: string,
  arity: readonly [number, number],
  lambdaParameters: Parameters,
  resolve: ScalarFunction["resolve"],
  body: Body,
  more: Partial<ScalarFunction> = {},
): ScalarFunction {
  return {
    kind: "scalar",
    name,
    group: "higher-order",
    doc,
    arity,
    nulls: "propagate",
    lambdaParameters,
    resolve,
    higherOrder: (site) => (values, lambdas) => body(values, lambdas, site),
    ...more,
  };
}

const position: LambdaParameter = { dataType: integerType, nullable: false };

/** An element and, if asked for, its place from 0. */
const elementAndIndex: Parameters = (args, index, site) => {
  if (index !== 1) return [];
  const list = arrayOf(args, 0, site);
  return [{ dataType: list.element, nullable: list.containsNull }, position];
};

const oneElement: Parameters = (args, index, site) => elementAndIndex(args, index, site).slice(0, 1);

const keyAndValue: Parameters = (args, index, site) => {
  if (index !== 1) return [];
  const map = mapOf(args, 0, site);
  return [
    { dataType: map.key, nullable: false },
    { dataType: map.value, nullable: map.valueContainsNull },
  ];
};

const types = (args: readonly Argument[]): DataType[] => args.map((argument) => argument.dataType);

/** The lambda is a test. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
function testing(result: (args: readonly Argument[], site: ResolutionSite) => Resolution): ScalarFunction["resolve"] {
  return (args, site) => {
    const kind = args[1]?.dataType.kind;
    return kind === "boolean" || kind === "void" ? result(args, site) : refuse(args, 1, '"BOOLEAN"', site);
  };
}

const none: LambdaFunction = () => null;
const first = (lambdas: readonly LambdaFunction[]): LambdaFunction => lambdas[0] ?? none;

/** True, false, or null when no element decides and a test was null. */
function quantified(list: readonly SQLValue[], test: LambdaFunction, deciding: boolean): boolean | null {
  let unknown = false;
  for (const value of list) {
    const result = test(value);
    if (result === deciding) return deciding;
    if (result === null) unknown = true;
  }
  return unknown ? null : !deciding;
}

/** The body's type is the start's, or what both become. */
function resolveAggregate(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [list, start, merge, finish] = args;
  const type = start?.dataType ?? voidType;
  const merged = merge?.dataType ?? voidType;
  const same = widestType([type, merged], site);
  if (same === undefined || same.kind !== type.kind) return refuse(args, 2, `"${type.kind.toUpperCase()}"`, site);
  return {
    args: [arrayOf(args, 0, site), type, type, ...(finish === undefined ? [] : [finish.dataType])],
    dataType: finish?.dataType ?? type,
    nullable: (list?.nullable ?? true) || (finish?.nullable ?? merge?.nullable ?? true) || (start?.nullable ?? true),
  };
}

const aggregate = higherOrder(
  "aggregate",
  "The start, merged with one element after the other, then finished.",
  [3, 4],
  (args, index, site) => {
    const accumulator = { dataType: args[1]?.dataType ?? voidType, nullable: true };
    if (index === 3) return [accumulator];
    const list = arrayOf(args, 0, site);
    return index === 2 ? [accumulator, { dataType: list.element, nullable: list.containsNull }] : [];
  },
  resolveAggregate,
  ([list = null, start = null], lambdas) => {
    if (list === null) return null;
    const merged = asList(list).reduce((state: SQLValue, value) => first(lambdas)(state, value), start);
    return lambdas[1] === undefined ? merged : lambdas[1](merged);
  },
  { aliases: ["reduce"], nulls: "handled" },
);

function mapPairs(map: SQLValue | undefined): readonly (readonly [SQLValue, SQLValue])[] {
  return map instanceof MapValue ? map.keys.map((key, index) => [key, map.values[index] ?? null] as const) : [];
}

const zipWith = higherOrder(
  "zip_with",
  "What the lambda gives for the elements at the same places; null where an array is too short.",
  [3, 3],
  (args, index, site) => (index === 2 ? [0, 1].map((at) => ({ dataType: arrayOf(args, at, site).element, nullable: true })) : []),
  (args) => ({
    args: types(args),
    dataType: arrayType(args[2]?.dataType ?? voidType, args[2]?.nullable ?? true),
    nullable: args.slice(0, 2).some((argument) => argument.nullable),
  }),
  ([a, b], lambdas) => {
    const [left, right] = [asList(a), asList(b)];
    return Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
      first(lambdas)(left[index] ?? null, right[index] ?? null),
    );
  },
);

/** The type that the keys of two maps are compared in; texts are converted to nothing. @throws DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES */
function commonKey(args: readonly Argument[], site: ResolutionSite): DataType {
  const [left, right] = [mapOf(args, 0, site).key, mapOf(args, 1, site).key];
  const common = tightestType(left, right, site);
  if (common !== undefined) return common;
  throw expressionErrors.create("DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES", {
    sqlExpr: callText(site.name, args),
    functionName: `\`${site.name}\``,
    leftType: `"${sqlType(left)}"`,
    rightType: `"${sqlType(right)}"`,
  });
}

const mapZipWith = higherOrder(
  "map_zip_with",
  "What the lambda gives for every key of two maps and both values.",
  [3, 3],
  (args, index, site) => {
    if (index !== 2) return [];
    return [
      { dataType: commonKey(args, site), nullable: false },
      { dataType: mapOf(args, 0, site).value, nullable: true },
      { dataType: mapOf(args, 1, site).value, nullable: true },
    ];
  },
  (args, site) => {
    const key = commonKey(args, site);
    const maps = [0, 1].map((at) => mapOf(args, at, site)).map(({ value, valueContainsNull }) => mapType(key, value, valueContainsNull));
    return {
      args: [...maps, ...types(args.slice(2))],
      dataType: mapType(key, args[2]?.dataType ?? voidType, args[2]?.nullable ?? true),
      nullable: args.slice(0, 2).some((argument) => argument.nullable),
    };
  },
  ([a, b], lambdas) => {
    const others = new Map(mapPairs(b).map(([key, value]) => [keyText(key), [key, value] as const]));
    const both = mapPairs(a).map(([key, value]) => {
      const other = others.get(keyText(key))?.[1] ?? null;
      others.delete(keyText(key));
      return [key, value, other] as const;
    });
    const all = [...both, ...Array.from(others.values(), ([key, value]) => [key, null, value] as const)];
    return new MapValue(
      all.map(([key]) => key),
      all.map((parts) => first(lambdas)(...parts)),
    );
  },
);

const arraySort = higherOrder(
  "array_sort",
  "The elements in the order of a comparison, or their own with nulls last.",
  [1, 2],
  (args, index, site) =>
    index === 1 ? [0, 1].map(() => ({ dataType: arrayOf(args, 0, site).element, nullable: arrayOf(args, 0, site).containsNull })) : [],
  (args, site) => ({ args: types(args), dataType: arrayOf(args, 0, site), nullable: args[0]?.nullable ?? true }),
  ([list], lambdas, site) => {
    const [compare] = lambdas;
    if (compare !== undefined) return asList(list).toSorted((a, b) => asNumber(compare(a, b)));
    const natural = comparison(site.dataType.kind === "array" ? site.dataType.element : voidType);
    return asList(list).toSorted((a, b) => (a === null || b === null ? Number(a === null) - Number(b === null) : natural(a, b)));
  },
);

const nullableList = (args: readonly Argument[]): boolean => args[0]?.nullable ?? true;

/** Functions that take lambdas. */
export const higherOrderFunctions: readonly ScalarFunction[] = [
  higherOrder(
    "transform",
    "What the lambda gives for every element.",
    [2, 2],
    elementAndIndex,
    (args) => ({
      args: types(args),
      dataType: arrayType(args[1]?.dataType ?? voidType, args[1]?.nullable ?? true),
      nullable: nullableList(args),
    }),
    ([list], lambdas) => asList(list).map((value, index) => first(lambdas)(value, index)),
  ),
  higherOrder(
    "filter",
    "The elements for which the test is true.",
    [2, 2],
    elementAndIndex,
    testing((args) => ({ args: types(args), dataType: args[0]?.dataType ?? voidType, nullable: nullableList(args) })),
    ([list], lambdas) => asList(list).filter((value, index) => first(lambdas)(value, index) === true),
  ),
  higherOrder(
    "exists",
    "True when the test is true for an element.",
    [2, 2],
    oneElement,
    testing((args) => ({ args: types(args), dataType: booleanType, nullable: true })),
    ([list], lambdas) => quantified(asList(list), first(lambdas), true),
  ),
  higherOrder(
    "forall",
    "True when the test is true for every element.",
    [2, 2],
    oneElement,
    testing((args) => ({ args: types(args), dataType: booleanType, nullable: true })),
    ([list], lambdas) => quantified(asList(list), first(lambdas), false),
  ),
  aggregate,
  zipWith,
  arraySort,
  higherOrder(
    "map_filter",
    "The pairs for which the test is true.",
    [2, 2],
    keyAndValue,
    testing((args) => ({ args: types(args), dataType: args[0]?.dataType ?? voidType, nullable: nullableList(args) })),
    ([map], lambdas) => {
      const kept = mapPairs(map).filter(([key, value]) => first(lambdas)(key, value) === true);
      return new MapValue(
        kept.map(([key]) => key),
        kept.map(([, value]) => value),
      );
    },
  ),
  higherOrder(
    "transform_keys",
    "The map with other keys.",
    [2, 2],
    keyAndValue,
    (args, site) => ({
      args: types(args),
      dataType: mapType(args[1]?.dataType ?? voidType, mapOf(args, 0, site).value, mapOf(args, 0, site).valueContainsNull),
      nullable: nullableList(args),
    }),
    ([map], lambdas) =>
      makeMap(
        mapPairs(map).map(([key, value]) => first(lambdas)(key, value)),
        mapPairs(map).map(([, value]) => value),
      ),
  ),
  higherOrder(
    "transform_values",
    "The map with other values.",
    [2, 2],
    keyAndValue,
    (args, site) => ({
      args: types(args),
      dataType: mapType(mapOf(args, 0, site).key, args[1]?.dataType ?? voidType, args[1]?.nullable ?? true),
      nullable: nullableList(args),
    }),
    ([map], lambdas) =>
      new MapValue(
        mapPairs(map).map(([key]) => key),
        mapPairs(map).map(([key, value]) => first(lambdas)(key, value)),
      ),
  ),
  mapZipWith,
];
