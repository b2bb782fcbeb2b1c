import { integerType, sqlType, stringType } from "@vonk/columnar/internal";
import { call, isNullable, literal, typeOf, unresolvedFunction, type Expression } from "@vonk/dataframe/internal";
import { findFunction } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { sqlText } from "../naming/expression-text.ts";
import type { ExpressionScope } from "./expression-scope.ts";
import { resolveCall } from "./resolve-call.ts";

/** `column.field.field`; the whole is named after its last field. */
export function withFields(column: Expression, fields: readonly string[], origin: Expression, scope: ExpressionScope): Expression {
  return fields.reduce<Expression>((child, field) => extract(child, literal(field, stringType), origin, scope), column);
}

/** `s.*` where `s` is a struct: its fields; undefined when it is none. */
export function fieldsOf(target: readonly string[], scope: ExpressionScope): readonly Expression[] | undefined {
  const match = target.length === 0 ? undefined : scope.scopes[0]?.find(target, undefined);
  if (match === undefined) return undefined;
  const column = withFields(match.attribute, match.fields, match.attribute, scope);
  const type = typeOf(column);
  return type.kind === "struct" ? type.fields.map((field) => extract(column, literal(field.name, stringType), column, scope)) : undefined;
}

/** A field of a struct, an element, or a map's value. */
export function extract(child: Expression, key: Expression, origin: Expression, scope: ExpressionScope): Expression {
  const type = typeOf(child);
  const place = origin.origin === undefined ? {} : { origin: origin.origin };
  if (type.kind === "struct" && key.kind === "literal" && typeof key.value === "string") {
    const name = key.value.toLowerCase();
    const at = type.fields.findIndex((field) => field.name.toLowerCase() === name);
    const field = type.fields[at];
    if (field !== undefined) {
      return call("getfield", [child, literal(at, integerType)], field.dataType, {
        nullable: isNullable(child) || field.nullable,
        alias: field.name,
        ...place,
      });
    }
  }
  const name = type.kind === "array" && key.kind === "literal" && key.dataType.kind === "string" ? "getfield" : "[]";
  const definition = findFunction(name);
  if (definition === undefined)
    throw analysisError("UNSUPPORTED_FEATURE", { what: `Taking ${sqlText(key)} from ${sqlType(type)}` }, origin.origin);
  return resolveCall(definition, unresolvedFunction(name, [child, key], place), [child, key], scope);
}
