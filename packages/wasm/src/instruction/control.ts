import type { Table } from "../module/segment.ts";
import { type Arguments, argumentList, type FunctionReference, type Parameters, type SignatureReference } from "../module/signature.ts";
import { Expression, expressionOf, form, type Local, type Operand } from "./expression.ts";
import type { ValueType } from "./value-type.ts";

/** `whenTrue` if the condition is not 0, else `whenFalse`. Both are computed, before the condition: no branch. */
export function select<T extends ValueType>(
  condition: Operand<"i32">,
  whenTrue: Expression<T>,
  whenFalse: Operand<NoInfer<T>>,
): Expression<T> {
  const { type } = whenTrue;
  return new Expression(type, 0x1b, whenTrue, expressionOf<T>(type, whenFalse), expressionOf("i32", condition));
}

/** `whenTrue` if the condition is not 0, else `whenFalse`. Only one of them is computed, after the condition: a branch. */
export function when<T extends ValueType>(
  condition: Operand<"i32">,
  whenTrue: Expression<T>,
  whenFalse: Operand<NoInfer<T>>,
): Expression<T> {
  const { type } = whenTrue;
  return new Expression(type, form.when, expressionOf("i32", condition), whenTrue, expressionOf<T>(type, whenFalse));
}

/** Sets a local and gives its new value. May be used once. */
export function tee<T extends ValueType>(local: Local<T>, value: Operand<NoInfer<T>>): Expression<T> {
  return new Expression(local.type, form.tee, expressionOf<T>(local.type, value), undefined, undefined, local.x, local.y);
}

/** The value of a call. May be used once; a statement calls by `FunctionWriter.call`. */
export function call<P extends Parameters, T extends ValueType>(
  callee: FunctionReference<P, readonly [T]>,
  given: Arguments<P>,
): Expression<T> {
  return new Expression(callee.results[0], form.call, undefined, undefined, undefined, callee.index, 0, argumentList(callee.params, given));
}

/** Pages of 64 KiB that the memory has. */
export function memorySize(): Expression<"address"> {
  return new Expression("address", form.memorySize | 0x3f);
}

/** Adds pages to the memory and gives how many there were, or all bits set when that is not possible. */
export function memoryGrow(pages: Operand<"address">): Expression<"address"> {
  return new Expression("address", form.memorySize | 0x40, expressionOf("address", pages));
}

/** The value of a call of a table's function, which must have this signature or the call traps. May be used once. */
export function callIndirect<P extends Parameters, T extends ValueType>(
  table: Table,
  signature: SignatureReference<P, readonly [T]>,
  index: Operand<"i32">,
  given: Arguments<P>,
): Expression<T> {
  const operands = [...argumentList(signature.params, given), expressionOf("i32", index)];
  const { typeIndex, results } = signature;
  return new Expression(results[0], form.callIndirect, undefined, undefined, undefined, typeIndex, table.tableIndex, operands);
}
