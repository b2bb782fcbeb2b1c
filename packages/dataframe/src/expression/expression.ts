import type { DataType, SQLValue } from "@vonk/columnar/internal";
import type { LogicalPlan } from "../plan/logical-plan.ts";
import type { Origin } from "../tree/origin.ts";

/**
 * Expressions: plain, frozen data, made by the factories of `factories.ts`. What a kind's children are stands once, in
 * `expression-shape.ts`; traversals are written on that table.
 *
 * Kinds of the first group exist only before analysis. After it every expression has a type (`typeOf`).
 */
export type Expression =
  // As parsed or built
  | UnresolvedAttribute
  | UnresolvedStar
  | UnresolvedFunction
  | UnresolvedExtract
  | NamedArgument
  | Parameter
  | MultiAlias
  | UnparsedExpression
  // Before and after
  | Literal
  | Alias
  | Cast
  | CaseWhen
  | Lambda
  | SortOrder
  | WindowExpression
  | SubqueryExpression
  // Resolved
  | Attribute
  | OuterReference
  | LambdaVariable
  | Call
  | AggregateCall
  | UserFunctionCall
  | BoundReference;

interface Node {
  readonly origin?: Origin;
}

/** A column by name, perhaps qualified: `t.a.b` is `["t", "a", "b"]`. `planId` ties a DataFrame's own column to its plan. */
export interface UnresolvedAttribute extends Node {
  readonly kind: "unresolvedAttribute";
  readonly nameParts: readonly string[];
  readonly planId?: number;
}

/** `*`, `t.*`, `* EXCEPT (a, b.c)`. */
export interface UnresolvedStar extends Node {
  readonly kind: "unresolvedStar";
  readonly target: readonly string[];
  readonly except: readonly (readonly string[])[];
  readonly planId?: number;
}

/**
 * A call by name: operators too (`+`, `and`, `in`, `isnull`), so that a function is one entry in one place. Aggregates and window
 * functions look the same until names are resolved.
 */
export interface UnresolvedFunction extends Node {
  readonly kind: "unresolvedFunction";
  readonly nameParts: readonly string[];
  readonly args: readonly Expression[];
  readonly distinct: boolean;
  readonly filter?: Expression;
  /** IGNORE NULLS (true), RESPECT NULLS (false), or neither. */
  readonly ignoreNulls?: boolean;
  /** WITHIN GROUP (ORDER BY …). */
  readonly orderWithinGroup: readonly Expression[];
}

/** `child.field`, `child[key]`: a field of a struct, an element of an array, a value of a map. */
export interface UnresolvedExtract extends Node {
  readonly kind: "unresolvedExtract";
  readonly child: Expression;
  readonly key: Expression;
}

/** `name => value` in a call. */
export interface NamedArgument extends Node {
  readonly kind: "namedArgument";
  readonly name: string;
  readonly value: Expression;
}

/** A parameter marker: `:name`, or `?` by position from 0. */
export interface Parameter extends Node {
  readonly kind: "parameter";
  readonly name?: string;
  readonly position?: number;
}

/** `generator AS (a, b)`. */
export interface MultiAlias extends Node {
  readonly kind: "multiAlias";
  readonly child: Expression;
  readonly names: readonly string[];
}

/** An expression of a program as SQL text; the session parses it before analysis. */
export interface UnparsedExpression extends Node {
  readonly kind: "unparsed";
  readonly text: string;
}

/** A constant of a type. */
export interface Literal extends Node {
  readonly kind: "literal";
  readonly value: SQLValue;
  readonly dataType: DataType;
  /** How names show it, where that depends on the session: moments in its time zone. */
  readonly shown?: string;
}

/** A named result. The id is what references to it hold; without it the alias comes from the parser. */
export interface Alias extends Node {
  readonly kind: "alias";
  readonly child: Expression;
  readonly name: string;
  readonly exprId: number;
  readonly qualifier: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** True when the name was generated, not written. */
  readonly generated?: boolean;
}

/** What a conversion does with values that the target cannot hold: ansi throws, try gives null, legacy wraps or gives null. */
export type EvalMode = "ansi" | "try" | "legacy";

/** A conversion to a type. */
export interface Cast extends Node {
  readonly kind: "cast";
  readonly child: Expression;
  readonly dataType: DataType;
  readonly mode: EvalMode;
  /** False when the analyzer put it in: names of columns leave such casts out. */
  readonly written: boolean;
}

/** `CASE WHEN … THEN … ELSE … END`; `whens` alternates condition and value. */
export interface CaseWhen extends Node {
  readonly kind: "caseWhen";
  readonly whens: readonly Expression[];
  readonly otherwise?: Expression;
}

/** `x -> body`, an argument of a higher-order function. */
export interface Lambda extends Node {
  readonly kind: "lambda";
  /** Unresolved attributes before analysis, lambda variables after. */
  readonly parameters: readonly Expression[];
  readonly body: Expression;
}

/** A sort key. */
export interface SortOrder extends Node {
  readonly kind: "sortOrder";
  readonly child: Expression;
  readonly ascending: boolean;
  readonly nullsFirst: boolean;
}

/** One end of a window's frame: an offset is an expression that is constant. */
export type FrameBoundary =
  | { readonly kind: "unbounded" }
  | { readonly kind: "current" }
  | { readonly kind: "offset"; readonly value: Expression; readonly preceding: boolean };

/** Which rows around the current one a window function sees. */
export interface WindowFrame {
  readonly unit: "rows" | "range";
  readonly lower: FrameBoundary & { readonly preceding?: boolean };
  readonly upper: FrameBoundary & { readonly preceding?: boolean };
}

/** `function OVER (PARTITION BY … ORDER BY … frame)`, or `OVER name` before analysis. */
export interface WindowExpression extends Node {
  readonly kind: "window";
  readonly function: Expression;
  readonly windowName?: string;
  readonly partitionBy: readonly Expression[];
  readonly orderBy: readonly Expression[];
  readonly frame?: WindowFrame;
}

/**
 * A query inside an expression. `values` are the left side of IN. `outer` lists the expressions of the outer query that the plan refers
 * to, once it is resolved.
 */
export interface SubqueryExpression extends Node {
  readonly kind: "subquery";
  readonly form: "scalar" | "exists" | "in";
  readonly plan: LogicalPlan;
  readonly values: readonly Expression[];
  readonly outer: readonly Expression[];
  /** Of its value: the column's for a scalar subquery, which is VOID until it is resolved. */
  readonly dataType: DataType;
  readonly exprId: number;
}

/** A column of some plan's output; two with one id are the same column, whatever they are called. */
export interface Attribute extends Node {
  readonly kind: "attribute";
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly exprId: number;
  readonly qualifier: readonly string[];
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** An expression of the query around a subquery. */
export interface OuterReference extends Node {
  readonly kind: "outerReference";
  readonly child: Expression;
}

/** A parameter of a lambda inside its body. */
export interface LambdaVariable extends Node {
  readonly kind: "lambdaVariable";
  readonly name: string;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly exprId: number;
}

/**
 * A scalar or generator function of the registry, under its main name, with coerced arguments. `settings` are what its meaning takes from the
 * session (time zone, ANSI mode) and were fixed by the analyzer.
 */
export interface Call extends Node {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expression[];
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly mode: EvalMode;
  /** The name as it was written, when columns are named by it: `mean`, not `avg`. */
  readonly alias?: string;
}

/** An aggregate function, or a function that only windows have (`rank`). */
export interface AggregateCall extends Node {
  readonly kind: "aggregate";
  readonly name: string;
  readonly args: readonly Expression[];
  readonly distinct: boolean;
  readonly filter?: Expression;
  readonly orderBy: readonly Expression[];
  readonly ignoreNulls: boolean;
  readonly dataType: DataType;
  readonly nullable: boolean;
  readonly mode: EvalMode;
  readonly alias?: string;
  readonly exprId: number;
}

/**
 * A function of the program over values as programs have them. It travels to tasks as functions given to RDDs do. An async one is computed by an operator
 * of its own, below the node that asks for it.
 */
export interface UserFunctionCall extends Node {
  readonly kind: "userFunction";
  readonly name: string;
  /** Equal for calls of one function. */
  readonly functionId: number;
  readonly function: CallableFunction;
  readonly isAsync: boolean;
  readonly deterministic: boolean;
  readonly args: readonly Expression[];
  readonly dataType: DataType;
}

/** The column at a position of the input row; what attributes become in physical plans. */
export interface BoundReference extends Node {
  readonly kind: "boundReference";
  readonly ordinal: number;
  readonly dataType: DataType;
  readonly nullable: boolean;
}

/** Discriminator of Expression. */
export type ExpressionKind = Expression["kind"];

/** Expressions that have a name of their own and can be a column of a plan's output. */
export type NamedExpression = Alias | Attribute;
