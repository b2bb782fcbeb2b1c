import { compileFunction as compile } from "node:vm";
import { isPromise } from "node:util/types";
import { coreErrors } from "../errors.ts";

/** The items of what a flatMap function gave: arrays as they are, other iterables copied. @throws INVALID_ARGUMENT */
function arrayOf(items: unknown): readonly unknown[] {
  if (Array.isArray(items)) return items;
  if (isPromise(items)) throw coreErrors.create("ASYNC_FUNCTION_NOT_DECLARED", { call: "flatMap()" });
  if (typeof (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== "function") {
    throw coreErrors.create("INVALID_ARGUMENT", {
      call: "flatMap()",
      name: "the function's result",
      value: typeof items,
      expected: "an array or another iterable",
    });
  }
  return [...(items as Iterable<unknown>)];
}

/** Refuses a promise where a value is expected: an async function that was not declared as one. */
function refusePromise(value: unknown, call: string): void {
  if (isPromise(value)) throw coreErrors.create("ASYNC_FUNCTION_NOT_DECLARED", { call });
}

/** Compiles a function body that engine code generated; `arrayOf` and `refusePromise` are in its scope. Works where `new Function` is disallowed. */
export function compileFunction(parameters: readonly string[], body: string): (...values: unknown[]) => unknown {
  const factory = compile(body, ["arrayOf", "refusePromise", ...parameters]);
  return (...values) => factory(arrayOf, refusePromise, ...values) as unknown;
}
