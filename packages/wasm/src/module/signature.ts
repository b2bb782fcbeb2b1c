import { assert } from "@vonk/common/internal";
import { type AnyExpression, constant, Expression, expressionOf, type Local, type Operand } from "../instruction/expression.ts";
import type { ValueType } from "../instruction/value-type.ts";

/** Types of parameters by name, in their order. Names are identifiers. */
export type Parameters = Readonly<Record<string, ValueType>>;

/** Types of results in their order. */
export type Results = readonly ValueType[];

/** What a function takes and gives. */
export interface Signature<P extends Parameters, R extends Results> {
  readonly params: P;
  readonly results: R;
}

/** A function of a module: what calls, exports and tables name. */
export interface FunctionReference<P extends Parameters, R extends Results> extends Signature<P, R> {
  readonly name: string;
  readonly index: number;
}

/** A function's type within a module: what indirect calls name. */
export interface SignatureReference<P extends Parameters, R extends Results> extends Signature<P, R> {
  readonly typeIndex: number;
}

/** What a call passes, by name. */
export type Arguments<P extends Parameters> = { readonly [N in keyof P]: Operand<P[N]> };

/** The locals that hold what was passed, by name. */
export type ParameterLocals<P extends Parameters> = { readonly [N in keyof P]: Local<P[N]> };

/**
 * What the body of a function gives: nothing, a value, or several in their order. Nothing is a `TupleHint`: it tells the compiler,
 * before it knows R, to take a list for a tuple.
 */
export type BodyResult<R extends Results> = ResultOf<R> | TupleHint;

type TupleHint = readonly [never, never];

type ResultOf<R extends Results> = R extends readonly []
  ? void
  : R extends readonly [infer T extends ValueType]
    ? Operand<T>
    : { readonly [N in keyof R]: R[N] extends ValueType ? Operand<R[N]> : never };

/** Arguments as expressions in the order of the parameters. */
export function argumentList(params: Parameters, given: Readonly<Record<string, Operand<ValueType>>>): AnyExpression[] {
  const list: AnyExpression[] = [];
  for (const name in params) {
    const type = params[name];
    const argument = given[name];
    assert(type !== undefined && argument !== undefined, "a call passes each parameter");
    list.push(expressionOf(type, argument));
  }
  return list;
}

/** What a body gave as expressions in the order of the results. */
export function resultList(results: Results, given: unknown): AnyExpression[] {
  const values: readonly unknown[] = results.length === 0 ? [] : Array.isArray(given) ? given : [given];
  assert(values.length === results.length, "a function gives as many values as its signature says");
  return results.map((type, index) => {
    const value = values[index];
    if (typeof value === "number" || typeof value === "bigint") return constant(type, value);
    assert(value instanceof Expression && value.type === type, "a function gives values of the types of its signature");
    return value;
  });
}
