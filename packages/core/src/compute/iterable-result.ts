import { isPromise } from "node:util/types";
import { coreErrors } from "../errors.ts";

/** What a user function gave, as an iterable. @throws INVALID_ARGUMENT, ASYNC_FUNCTION_NOT_DECLARED */
export function iterableResult(result: unknown, call: string): Iterable<unknown> {
  const candidate = result as Partial<Iterable<unknown>> | null | undefined;
  if (typeof candidate?.[Symbol.iterator] === "function") return candidate as Iterable<unknown>;
  throw notIterable(result, call, "an array or another iterable");
}

/** What a user function over a partition gave, as something to iterate once: a bare iterator will do. @throws INVALID_ARGUMENT, ASYNC_FUNCTION_NOT_DECLARED */
export function iterableOf(result: unknown, call: string): Iterable<unknown> {
  const candidate = result as (Partial<Iterable<unknown>> & Partial<Iterator<unknown>>) | null | undefined;
  if (typeof candidate?.[Symbol.iterator] === "function") return candidate as Iterable<unknown>;
  if (typeof candidate?.next === "function") return { [Symbol.iterator]: () => candidate as Iterator<unknown> };
  throw notIterable(result, call, "an iterator, an array or another iterable");
}

/** What an async user function gave, as something to iterate with await. @throws INVALID_ARGUMENT */
export function asyncIterableOf(result: unknown, call: string): AsyncIterable<unknown> | Iterable<unknown> {
  const candidate = result as Partial<AsyncIterable<unknown>> | null | undefined;
  if (typeof candidate?.[Symbol.asyncIterator] === "function") return candidate as AsyncIterable<unknown>;
  return iterableOf(result, call);
}

function notIterable(result: unknown, call: string, expected: string): Error {
  if (isPromise(result)) return coreErrors.create("ASYNC_FUNCTION_NOT_DECLARED", { call });
  const value = result === null ? "null" : typeof result;
  return coreErrors.create("INVALID_ARGUMENT", { call, name: "the function's result", value, expected });
}
