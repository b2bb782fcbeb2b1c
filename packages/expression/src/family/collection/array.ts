import {
  arrayType,
  asList,
  asNumber,
  asText,
  booleanType,
  integerType,
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
import { widestType } from "../../coercion/wider-type.ts";
import { expressionErrors } from "../../errors.ts";
import { family } from "../../function/family.ts";
import type { Argument, CallSite, Evaluator, Resolution, ResolutionSite, ScalarFunction } from "../../function/function-entry.ts";
import { callText } from "../../function/signature.ts";
import { comparison, isList, keyText, type Comparison } from "../../order/compare-values.ts";
import { XORShiftRandom } from "../../random/xor-shift.ts";
import { arrayAndElement, arrayOf, refuse } from "./element-type.ts";
import { equality } from "./read.ts";

const arrays = family("array");

function elementOf(site: CallSite, index = 0): DataType {
  const type = site.args[index]?.dataType;
  return type?.kind === "array" ? type.element : voidType;
}

/** One array in, of the same type out. */
function same(
  name: string,
  doc: string,
  change: (site: CallSite) => (list: readonly SQLValue[]) => SQLValue,
  type: (array: { readonly element: DataType; readonly containsNull: boolean }) => DataType,
): ScalarFunction {
  return arrays(
    name,
    doc,
    [],
    voidType,
    (site) => {
      const apply = change(site);
      return (list) => apply(asList(list));
    },
    {
      arity: [1, 1],
      resolve: (args, site) => ({ args: [arrayOf(args, 0, site)], dataType: type(arrayOf(args, 0, site)) }),
    },
  );
}

/** @throws DATATYPE_MISMATCH.INVALID_ORDERING_TYPE */
function orderable(args: readonly Argument[], site: ResolutionSite): DataType {
  const type = arrayOf(args, 0, site);
  if (isOrderable(type.element)) return type;
  throw expressionErrors.create("DATATYPE_MISMATCH.INVALID_ORDERING_TYPE", {
    sqlExpr: callText(site.name, args),
    functionName: `\`${site.name}\``,
    dataType: `"${sqlType(type.element)}"`,
  });
}

function extreme(name: string, doc: string, sign: 1 | -1): ScalarFunction {
  return arrays(
    name,
    doc,
    [],
    voidType,
    (site) => {
      const compare = comparison(site.dataType);
      return (list) =>
        asList(list).reduce(
          (best: SQLValue, value) => (best === null || (value !== null && sign * compare(value, best) > 0) ? value : best),
          null,
        );
    },
    {
      arity: [1, 1],
      resolve: (args, site) => ({ args: [orderable(args, site)], dataType: arrayOf(args, 0, site).element, nullable: true }),
    },
  );
}

/** An array and a value of its elements' type. */
function withElement(
  name: string,
  doc: string,
  apply: (site: CallSite) => Evaluator,
  result: (array: DataType) => DataType,
  options: Partial<ScalarFunction> = {},
): ScalarFunction {
  return arrays(name, doc, [], voidType, apply, {
    arity: [2, 2],
    resolve: (args, site) => {
      const types = arrayAndElement(args, 0, 1, site);
      const grown =
        options.nulls === "handled" ? arrayType(types.element, types.array.containsNull || (args[1]?.nullable ?? true)) : types.array;
      return {
        args: [types.array, types.element],
        dataType: result(grown),
        ...(options.nulls === "handled" ? { nullable: args[0]?.nullable ?? true } : {}),
      };
    },
    ...options,
  });
}

/** Two arrays of one type, as sets: null is a member like others. */
function setOperation(
  name: string,
  doc: string,
  apply: (a: readonly SQLValue[], b: readonly SQLValue[], bKeys: ReadonlySet<string>) => readonly SQLValue[],
): ScalarFunction {
  return arrays(name, doc, [], voidType, () => (a, b) => distinct(apply(asList(a), asList(b), new Set(asList(b).map(keyText)))), {
    arity: [2, 2],
    resolve: resolveTwo,
  });
}

function resolveTwo(args: readonly Argument[], site: ResolutionSite): Resolution {
  const [a, b] = [arrayOf(args, 0, site), arrayOf(args, 1, site)];
  const common = widestType([a, b], site);
  if (common?.kind === "array") return { args: [common, common], dataType: common };
  throw expressionErrors.create("DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES", {
    sqlExpr: callText(site.name, args),
    functionName: `\`${site.name}\``,
    dataType: '"ARRAY"',
    leftType: `"${sqlType(a)}"`,
    rightType: `"${sqlType(b)}"`,
  });
}

function distinct(list: readonly SQLValue[]): SQLValue[] {
  const seen = new Set<string>();
  return list.filter((value) => {
    const key = keyText(value);
    return seen.has(key) ? false : seen.add(key) !== undefined;
  });
}

function overlap(a: readonly SQLValue[], b: readonly SQLValue[]): boolean | null {
  const keys = new Set(b.filter((value) => value !== null).map(keyText));
  if (a.some((value) => value !== null && keys.has(keyText(value)))) return true;
  return a.length > 0 && b.length > 0 && (a.includes(null) || b.includes(null)) ? null : false;
}

function nullsAt(compare: Comparison, first: boolean): Comparison {
  return (a, b) => (a === null || b === null ? (Number(a !== null) - Number(b !== null)) * (first ? 1 : -1) : compare(a, b));
}

/** @throws INVALID_PARAMETER_VALUE.START, INVALID_PARAMETER_VALUE.NEGATIVE */
function slice(list: readonly SQLValue[], start: number, length: number): readonly SQLValue[] {
  if (start === 0) throw expressionErrors.create("INVALID_PARAMETER_VALUE.START", { parameter: "`start`", functionName: "`slice`" });
  if (length < 0)
    throw expressionErrors.create("INVALID_PARAMETER_VALUE.NEGATIVE", { parameter: "`length`", functionName: "`slice`", length });
  const from = start > 0 ? start - 1 : list.length + start;
  return from < 0 ? [] : list.slice(from, from + length);
}

/** @throws INVALID_INDEX_OF_ZERO */
function insert(list: readonly SQLValue[], position: number, value: SQLValue): SQLValue[] {
  if (position === 0) throw expressionErrors.create("INVALID_INDEX_OF_ZERO", {});
  if (position > 0)
    return [
      ...list.slice(0, position - 1),
      ...Array.from({ length: Math.max(position - 1 - list.length, 0) }, () => null),
      value,
      ...list.slice(position - 1),
    ];
  const at = list.length + position + 1;
  return at >= 0 ? [...list.slice(0, at), value, ...list.slice(at)] : [value, ...Array.from({ length: -at }, () => null), ...list];
}

function shuffled(site: CallSite): (list: readonly SQLValue[]) => SQLValue {
  const random = new XORShiftRandom(site.session.nowMicros);
  return (list) => {
    const mixed = [...list];
    for (let last = mixed.length - 1; last > 0; last--) {
      const other = Math.floor(random.nextDouble() * (last + 1));
      [mixed[last], mixed[other]] = [mixed[other] ?? null, mixed[last] ?? null];
    }
    return mixed;
  };
}

const keep = (array: DataType): DataType => array;
const asArray = (array: { readonly element: DataType; readonly containsNull: boolean }): DataType =>
  arrayType(array.element, array.containsNull);

/** Functions of arrays. */
export const arrayFunctions: readonly ScalarFunction[] = [
  same("array_distinct", "The elements, each once.", () => distinct, asArray),
  same(
    "array_compact",
    "The elements that are not null.",
    () => (list) => list.filter((value) => value !== null),
    (array) => arrayType(array.element, false),
  ),
  { ...same("shuffle", "The elements in an order that is drawn.", shuffled, asArray), deterministic: false },
  arrays(
    "flatten",
    "The elements of the elements.",
    [],
    voidType,
    () => (lists) => (asList(lists).includes(null) ? null : asList(lists).flatMap((list) => (isList(list) ? list : []))),
    {
      arity: [1, 1],
      resolve: (args, site) => {
        const outer = arrayOf(args, 0, site);
        return outer.element.kind === "array"
          ? { args: [outer], dataType: outer.element, nullable: outer.containsNull || (args[0]?.nullable ?? true) }
          : refuse(args, 0, '"ARRAY" of "ARRAY"', site);
      },
    },
  ),
  extreme("array_max", "The greatest element.", 1),
  extreme("array_min", "The least element.", -1),
  withElement(
    "array_append",
    "The array with a value behind it.",
    () =>
      (list = null, value = null) =>
        list === null ? null : [...asList(list), value],
    keep,
    { nulls: "handled" },
  ),
  withElement(
    "array_prepend",
    "The array with a value before it.",
    () =>
      (list = null, value = null) =>
        list === null ? null : [value, ...asList(list)],
    keep,
    { nulls: "handled" },
  ),
  withElement(
    "array_remove",
    "The elements that are not equal to the value.",
    (site) => {
      const equal = equality(elementOf(site));
      return (list, value = null) => asList(list).filter((item) => !equal(item, value));
    },
    keep,
  ),
  withElement(
    "array_position",
    "The 1-based place of the first equal element, or 0.",
    (site) => {
      const equal = equality(elementOf(site));
      return (list, value = null) => BigInt(asList(list).findIndex((item) => equal(item, value)) + 1);
    },
    () => longType,
  ),
  arrays(
    "array_insert",
    "The array with a value at a place.",
    [],
    voidType,
    () =>
      (list = null, position = null, value = null) =>
        list === null || position === null ? null : insert(asList(list), asNumber(position), value),
    {
      arity: [3, 3],
      nulls: "handled",
      resolve: (args, site) => {
        const types = arrayAndElement(args, 0, 2, site);
        return { args: [types.array, integerType, types.element], dataType: arrayType(types.element), nullable: true };
      },
    },
  ),
  setOperation("array_union", "The elements of both, each once.", (a, b) => [...a, ...b]),
  setOperation("array_intersect", "The elements that both have, each once.", (a, _b, keys) =>
    a.filter((value) => keys.has(keyText(value))),
  ),
  setOperation("array_except", "The elements that only the first has, each once.", (a, _b, keys) =>
    a.filter((value) => !keys.has(keyText(value))),
  ),
  arrays(
    "arrays_overlap",
    "True when both have an element that is not null.",
    [],
    booleanType,
    () => (a, b) => overlap(asList(a), asList(b)),
    {
      arity: [2, 2],
      resolve: (args, site) => ({ args: resolveTwo(args, site).args, dataType: booleanType, nullable: true }),
    },
  ),
  arrays(
    "array_join",
    "The texts with a separator between them.",
    [],
    stringType,
    () => (list, separator, replacement) =>
      asList(list)
        .flatMap((value) => (value === null ? (replacement === undefined ? [] : [asText(replacement)]) : [asText(value)]))
        .join(asText(separator)),
    {
      arity: [2, 3],
      resolve: (args, site) => {
        arrayOf(args, 0, site);
        return { args: [arrayType(stringType), ...args.slice(1).map(() => stringType)], dataType: stringType };
      },
    },
  ),
  arrays(
    "sort_array",
    "The elements in order; nulls first when ascending, else last.",
    [],
    voidType,
    (site) => {
      const compare = comparison(elementOf(site));
      return (list, ascending = true) =>
        asList(list).toSorted(ascending === true ? nullsAt(compare, true) : nullsAt((a, b) => compare(b, a), false));
    },
    {
      arity: [1, 2],
      resolve: (args, site) => ({
        args: [orderable(args, site), ...args.slice(1).map(() => booleanType)],
        dataType: arrayOf(args, 0, site),
      }),
      sql: (args) => `sort_array(${[...args, ...["true"].slice(args.length - 1)].join(", ")})`,
    },
  ),
  arrays(
    "slice",
    "A part of the array, from a 1-based place, of a length.",
    [],
    voidType,
    () => (list, start, length) => slice(asList(list), asNumber(start), asNumber(length)),
    {
      arity: [3, 3],
      resolve: (args, site) => ({ args: [arrayOf(args, 0, site), integerType, integerType], dataType: arrayOf(args, 0, site) }),
    },
  ),
  arrays(
    "arrays_zip",
    "Structs of the elements at the same places; null where an array is too short.",
    [],
    voidType,
    () =>
      (...lists) =>
        Array.from({ length: Math.max(0, ...lists.map((list) => asList(list).length)) }, (_, index) =>
          lists.map((list) => asList(list)[index] ?? null),
        ),
    {
      arity: [0, Infinity],
      resolve: (args, site) => ({
        args: args.map((_, index) => arrayOf(args, index, site)),
        dataType: arrayType(structType(args.map((_, index) => structField(`${index}`, arrayOf(args, index, site).element))), false),
      }),
    },
  ),
];
