import { hasSubquery, references } from "@vonk/catalyst/internal";
import { exists, transformDown, typeOf, type Expression } from "@vonk/dataframe/internal";
import { findFunction } from "@vonk/expression/internal";
import { isFlat, isWhole } from "../pipeline/compilable.ts";
import type { Pipeline } from "./pipeline.ts";

/** Ids of the columns that somebody above reads. */
export type Required = ReadonlySet<number>;

/** An expression over a pipeline's columns; undefined when it reads something else, or what it gives depends on the rows before. */
export function bound(expression: Expression, pipeline: Pipeline): Expression | undefined {
  if (hasSubquery(expression) || !isDeterministic(expression)) return undefined;
  if (!references(expression).every((column) => pipeline.bindings.has(column.exprId))) return undefined;
  return transformDown(expression, (node) => (node.kind === "attribute" ? (pipeline.bindings.get(node.exprId) ?? node) : node));
}

/** The ids that expressions read besides those that are read anyway. */
export function withReferences(required: Required, expressions: readonly Expression[]): Required {
  return new Set([...required, ...expressions.flatMap((expression) => references(expression).map((column) => column.exprId))]);
}

/** Where a value stands among outputs; it is put behind them when none of the first `width` is the same column. */
export function placeOf(value: Expression, outputs: Expression[], width: number = outputs.length): number {
  const known = outputs.slice(0, width).findIndex((output) => output === value || isSameColumn(output, value));
  return known >= 0 ? known : outputs.push(value) - 1;
}

function isSameColumn(a: Expression, b: Expression): boolean {
  return a.kind === "boundReference" && b.kind === "boundReference" && a.ordinal === b.ordinal;
}

/** Whether values can be compared by their bits or bytes. */
export function isKey(expression: Expression): boolean {
  const type = typeOf(expression);
  if (type.kind === "decimal" && type.precision > 18) return false;
  return isFlat(type) && (isWhole(type) || type.kind === "boolean" || type.kind === "string");
}

/** Pipelines evaluate an expression frame by frame, and some rows never. */
function isDeterministic(expression: Expression): boolean {
  return !exists(expression, (node) => {
    if (node.kind !== "call") return false;
    const definition = findFunction(node.name);
    return definition?.kind === "scalar" && definition.deterministic === false;
  });
}
