import { arrayType, mapType, sqlType, voidType, type ArrayType, type DataType, type MapType } from "@vonk/columnar/internal";
import { tightestType, widerType, widestType } from "../../coercion/wider-type.ts";
import { expressionErrors } from "../../errors.ts";
import type { Argument, ResolutionSite } from "../../function/function-entry.ts";
import { callText } from "../../function/signature.ts";

/** @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function refuse(args: readonly Argument[], index: number, requiredType: string, site: ResolutionSite): never {
  const argument = args[index];
  throw expressionErrors.create("DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE", {
    sqlExpr: callText(site.name, args),
    paramIndex: ["first", "second", "third", "fourth"][index] ?? `${index + 1}th`,
    requiredType,
    inputSql: `"${argument?.sql ?? ""}"`,
    inputType: `"${sqlType(argument?.dataType ?? voidType)}"`,
  });
}

const nothing = arrayType(voidType);

/** The array type of an argument; NULL is an array of nothing. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function arrayOf(args: readonly Argument[], index: number, site: ResolutionSite): ArrayType {
  const type = args[index]?.dataType ?? voidType;
  if (type.kind === "array") return type;
  return type.kind === "void" ? nothing : refuse(args, index, '"ARRAY"', site);
}

const emptyMap = mapType(voidType, voidType);

/** The map type of an argument. @throws DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE */
export function mapOf(args: readonly Argument[], index: number, site: ResolutionSite): MapType {
  const type = args[index]?.dataType ?? voidType;
  if (type.kind === "map") return type;
  return type.kind === "void" ? emptyMap : refuse(args, index, '"MAP"', site);
}

/** The one type of many values. @throws DATATYPE_MISMATCH.DATA_DIFF_TYPES */
export function commonType(values: readonly Argument[], all: readonly Argument[], site: ResolutionSite): DataType {
  const types = values.map((value) => value.dataType);
  const common = widestType(types, site);
  if (common !== undefined || types.length === 0) return common ?? voidType;
  throw expressionErrors.create("DATATYPE_MISMATCH.DATA_DIFF_TYPES", {
    sqlExpr: callText(site.name, all),
    functionName: `\`${site.name}\``,
    dataType: `(${types.map((type) => `"${sqlType(type)}"`).join(" or ")})`,
  });
}

/** An array and a value that becomes an element: the array's type then, and the element's. @throws DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES */
export function arrayAndElement(
  args: readonly Argument[],
  array: number,
  element: number,
  site: ResolutionSite,
): { readonly array: ArrayType; readonly element: DataType } {
  const list = arrayOf(args, array, site);
  const value = args[element]?.dataType ?? voidType;
  const common =
    tightestType(list.element, value, site) ??
    (list.element.kind === "string" || value.kind === "string" ? widerType(list.element, value, site) : undefined);
  if (common !== undefined) return { array: arrayType(common, list.containsNull), element: common };
  throw expressionErrors.create("DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES", {
    sqlExpr: callText(site.name, args),
    functionName: `\`${site.name}\``,
    dataType: '"ARRAY"',
    leftType: `"${sqlType(list)}"`,
    rightType: `"${sqlType(value)}"`,
  });
}
