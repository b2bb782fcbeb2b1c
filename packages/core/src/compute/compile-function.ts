import { compileFunction as compile } from "node:vm";
import { isPromise } from "node:util/types";
import { coreErrors } from "../errors.ts";
import { iterableResult } from "./iterable-result.ts";
import { refuseNonPair } from "./pair-record.ts";

/** The items of what a flatMap function gave: arrays as they are, other iterables copied. @throws INVALID_ARGUMENT, ASYNC_FUNCTION_NOT_DECLARED */
function arrayOf(items: unknown, call: string): readonly unknown[] {
  return Array.isArray(items) ? items : [...iterableResult(items, call)];
}

/** Refuses a promise where a value is expected: an async function that was not declared as one. */
function refusePromise(value: unknown, call: string): void {
  if (isPromise(value)) throw coreErrors.create("ASYNC_FUNCTION_NOT_DECLARED", { call });
}

/** Compiles a function body that engine code generated; `arrayOf`, `refusePromise` and `refuseNonPair` are in its scope. Works where `new Function` is disallowed. */
export function compileFunction(parameters: readonly string[], body: string): (...values: unknown[]) => unknown {
  const factory = compile(body, ["arrayOf", "refusePromise", "refuseNonPair", ...parameters]);
  return (...values) => factory(arrayOf, refusePromise, refuseNonPair, ...values) as unknown;
}
