import type { EngineError } from "@vonk/common";
import { expect } from "vitest";

/** The error that a promise is rejected with. */
export async function failureOf(promise: Promise<unknown>): Promise<EngineError> {
  return promise.then(
    () => expect.fail("the job did not fail"),
    (error: unknown) => error as EngineError,
  );
}

/** An error and what caused it, as codes. */
export function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let next = error; next instanceof Error; next = next.cause) codes.push((next as EngineError).code);
  return codes;
}
