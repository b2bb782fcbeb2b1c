import { booleanType, integerType, longType, stringType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Origin } from "../tree/origin.ts";
import type {
  AggregateCall,
  Alias,
  Attribute,
  BoundReference,
  Call,
  CaseWhen,
  Cast,
  EvalMode,
  Expression,
  Literal,
  NamedExpression,
  SortOrder,
  UnresolvedAttribute,
  UnresolvedFunction,
} from "./expression.ts";

let lastExprId = 0;

/** An id that no other expression of this process has. */
export function newExprId(): number {
  return ++lastExprId;
}

const at = (origin: Origin | undefined): { readonly origin?: Origin } => (origin === undefined ? {} : { origin });

/** A constant; `value` has the form that `SQLValue` gives for the type. */
export function literal(value: SQLValue, dataType: DataType, origin?: Origin): Literal {
  return Object.freeze({ kind: "literal", value, dataType, ...at(origin) });
}

/** TRUE. */
export const trueLiteral: Literal = literal(true, booleanType);
/** FALSE. */
export const falseLiteral: Literal = literal(false, booleanType);

/** An INT constant. */
export function integerLiteral(value: number): Literal {
  return literal(value, integerType);
}

/** A BIGINT constant. */
export function longLiteral(value: bigint): Literal {
  return literal(value, longType);
}

/** A STRING constant. */
export function stringLiteral(value: string): Literal {
  return literal(value, stringType);
}

/** A column by name. */
export function unresolvedAttribute(nameParts: readonly string[], origin?: Origin): UnresolvedAttribute {
  return Object.freeze({ kind: "unresolvedAttribute", nameParts, ...at(origin) });
}

/** A call by name; `more` holds what few calls have: distinct, filter, ignoreNulls, orderWithinGroup. */
export function unresolvedFunction(
  name: string | readonly string[],
  args: readonly Expression[],
  more: Partial<Pick<UnresolvedFunction, "distinct" | "filter" | "ignoreNulls" | "orderWithinGroup" | "origin">> = {},
): UnresolvedFunction {
  return Object.freeze({
    kind: "unresolvedFunction",
    nameParts: typeof name === "string" ? [name] : name,
    args,
    distinct: false,
    orderWithinGroup: [],
    ...more,
  });
}

/** A named result, with a new id unless one is given. */
export function alias(child: Expression, name: string, more: Partial<Omit<Alias, "kind" | "child" | "name">> = {}): Alias {
  return Object.freeze({ kind: "alias", child, name, exprId: more.exprId ?? newExprId(), qualifier: [], ...more });
}

/** A column of an output, with a new id unless one is given. */
export function attribute(
  name: string,
  dataType: DataType,
  nullable: boolean,
  more: Partial<Omit<Attribute, "kind" | "name" | "dataType" | "nullable">> = {},
): Attribute {
  return Object.freeze({ kind: "attribute", name, dataType, nullable, exprId: more.exprId ?? newExprId(), qualifier: [], ...more });
}

/** A column by its position in an input row. */
export function boundReference(ordinal: number, dataType: DataType, nullable = true): BoundReference {
  return { kind: "boundReference", ordinal, dataType, nullable };
}

/** All columns of a row, in their order. */
export function boundReferences(types: readonly DataType[]): BoundReference[] {
  return types.map((dataType, ordinal) => boundReference(ordinal, dataType));
}

/** A conversion; `written` is true for CAST in a query, false for one that the analyzer adds. */
export function cast(child: Expression, dataType: DataType, mode: EvalMode = "ansi", written = false, origin?: Origin): Cast {
  return Object.freeze({ kind: "cast", child, dataType, mode, written, ...at(origin) });
}

/** CASE; `whens` alternates condition and value. */
export function caseWhen(whens: readonly Expression[], otherwise?: Expression, origin?: Origin): CaseWhen {
  return Object.freeze({ kind: "caseWhen", whens, ...(otherwise === undefined ? {} : { otherwise }), ...at(origin) });
}

/** A resolved scalar call whose type the caller knows. */
export function call(
  name: string,
  args: readonly Expression[],
  dataType: DataType,
  more: Partial<Omit<Call, "kind" | "name" | "args" | "dataType">> = {},
): Call {
  return Object.freeze({ kind: "call", name, args, dataType, nullable: args.some(isNullable), mode: "ansi", ...more });
}

/** A resolved aggregate call whose type the caller knows. */
export function aggregateCall(
  name: string,
  args: readonly Expression[],
  dataType: DataType,
  more: Partial<Omit<AggregateCall, "kind" | "name" | "args" | "dataType">> = {},
): AggregateCall {
  return Object.freeze({
    kind: "aggregate",
    name,
    args,
    distinct: false,
    orderBy: [],
    ignoreNulls: false,
    dataType,
    nullable: true,
    mode: "ansi",
    exprId: more.exprId ?? newExprId(),
    ...more,
  });
}

/** Nulls come first when ascending and last when descending, unless said otherwise. */
export function sortOrder(child: Expression, ascending = true, nullsFirst: boolean = ascending, origin?: Origin): SortOrder {
  return Object.freeze({ kind: "sortOrder", child, ascending, nullsFirst, ...at(origin) });
}

/** All of them, true when there is none. The tree is balanced, so that thousands of conditions are not as many levels. */
export function conjunction(conditions: readonly Expression[]): Expression {
  return balanced(conditions, (left, right) => call("and", [left, right], booleanType)) ?? trueLiteral;
}

/** Expressions put together two by two, in their order, as a tree of few levels; undefined when there is none. */
export function balanced(
  items: readonly Expression[],
  combine: (left: Expression, right: Expression) => Expression,
): Expression | undefined {
  if (items.length < 3) {
    const [left, right] = items;
    return left === undefined || right === undefined ? left : combine(left, right);
  }
  const middle = Math.floor((items.length - 1) / 2) + 1;
  const left = balanced(items.slice(0, middle), combine);
  const right = balanced(items.slice(middle), combine);
  return left === undefined || right === undefined ? left : combine(left, right);
}

/** The conditions that must all hold, from nested ANDs. */
export function conjuncts(condition: Expression): Expression[] {
  if (condition.kind === "call" && condition.name === "and") return condition.args.flatMap(conjuncts);
  return [condition];
}

/** The reference by which plans above see a named expression. */
export function toAttribute(named: NamedExpression): Attribute {
  if (named.kind === "attribute") return named;
  const { name, exprId, qualifier, metadata } = named;
  return attribute(name, typeOf(named.child), isNullable(named.child), {
    exprId,
    qualifier,
    ...(metadata === undefined ? {} : { metadata }),
  });
}

/** The type of a resolved expression. Asking before analysis is a bug of ours. */
export function typeOf(expression: Expression): DataType {
  switch (expression.kind) {
    case "literal":
    case "attribute":
    case "cast":
    case "call":
    case "aggregate":
    case "userFunction":
    case "lambdaVariable":
    case "boundReference":
      return expression.dataType;
    case "alias":
    case "outerReference":
    case "sortOrder":
      return typeOf(expression.child);
    case "lambda":
      return typeOf(expression.body);
    case "window":
      return typeOf(expression.function);
    case "namedArgument":
      return typeOf(expression.value);
    case "caseWhen":
      return typeOf(expression.whens[1] ?? expression);
    case "subquery":
      return expression.dataType;
    default:
      assert(false, `${expression.kind} has no type before analysis`);
  }
}

/** Whether a resolved expression can be null. */
export function isNullable(expression: Expression): boolean {
  switch (expression.kind) {
    case "literal":
      return expression.value === null;
    case "attribute":
    case "call":
    case "aggregate":
    case "lambdaVariable":
    case "boundReference":
      return expression.nullable;
    case "alias":
    case "outerReference":
    case "sortOrder":
      return isNullable(expression.child);
    case "cast":
      return expression.mode !== "ansi" || isNullable(expression.child);
    case "caseWhen":
      return (
        expression.otherwise === undefined ||
        isNullable(expression.otherwise) ||
        expression.whens.some((value, i) => i % 2 === 1 && isNullable(value))
      );
    case "window":
      return isNullable(expression.function);
    case "subquery":
      return expression.form !== "exists";
    default:
      return true;
  }
}
