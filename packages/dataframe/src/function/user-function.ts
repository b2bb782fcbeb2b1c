import type { DataType } from "@vonk/columnar/internal";
import { Column, dataTypeOf, type InnerIn } from "../column/column.ts";
import { columnOf } from "../column/column-argument.ts";
import type { NullIn, TypeText, ValueOfType } from "../column/column-value.ts";
import type { Expression, UserFunctionCall } from "../expression/expression.ts";
import type { ColumnType } from "../schema/column-type.ts";
import type { FreeName } from "./signature.ts";
import type { FreeIn } from "../column/column.ts";

/** What is said of a user function beside its code. */
export interface UserFunctionOptions {
  /** What columns and plans call it; the function's own name unless said. */
  readonly name?: string;
  /** False when it may give other results for the same arguments. */
  readonly deterministic?: boolean;
}

type ColumnsFor<A extends readonly unknown[]> = { [Index in keyof A]: Column<A[Index], string, string, string> | string };

/** A function of the program that takes columns, by name or as they are. */
export interface UserDefinedFunction<A extends readonly unknown[] = readonly unknown[], T = unknown> {
  <const C extends ColumnsFor<A>>(
    ...columns: C
  ): Column<T, string, C[number] extends infer X ? (X extends string ? FreeName<X> : FreeIn<X>) : never, InnerIn<C[number]>>;
  /** The call over arguments that are expressions already; what SQL text makes of its name. */
  readonly callWith: (args: readonly Expression[], name?: string) => UserFunctionCall;
}

let functions = 0;

/**
 * A function of the program for columns: `const shout = udf((s: string) => s.toUpperCase() + "!", "string")`, then `df.select(shout("city"))`. It gets values as rows
 * have them (null too) and runs in tasks, with the variables that it uses. An `async` function runs a bounded number of calls at once.
 *
 * @throws TYPE_TEXT_MALFORMED; VALUE_TYPE_MISMATCH in its task when it gives a value of another type
 */
export function udf<A extends readonly unknown[], R, const Type extends TypeText | ColumnType<unknown> | DataType>(
  func: (...args: A) => R | Promise<R>,
  returnType: Type,
  options: UserFunctionOptions = {},
): UserDefinedFunction<A, ValueOfType<Type> | NullIn<R>> {
  const { name = func.name === "" ? "udf" : func.name, deterministic = true } = options;
  const parts = {
    kind: "userFunction",
    functionId: ++functions,
    function: func,
    isAsync: Object.prototype.toString.call(func) === "[object AsyncFunction]",
    deterministic,
    dataType: dataTypeOf(returnType),
  } as const;
  const callWith = (args: readonly Expression[], as = name): UserFunctionCall => Object.freeze({ ...parts, name: as, args });
  const call = (...columns: readonly unknown[]): Column => new Column(callWith(columns.map(columnOf)));
  return Object.assign(call, { callWith });
}
