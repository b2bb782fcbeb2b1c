import { EngineError, type ErrorParams } from "./error/engine-error.ts";
import { defineErrors, type ErrorRegistry } from "./error/registry.ts";

const entries = {
  CONFIG_INVALID_VALUE: {
    message: "Configuration {key} is '{value}', expected {expected}. Set it with SparkConf.set, --conf or VONK_CONF_* and start again.",
    fault: "user",
  },
  INTERNAL_ASSERTION: {
    message: "Vonk broke one of its own rules: {rule}. This is a bug in Vonk; please report it with the stack below.",
    fault: "internal",
  },
} as const;

/** Errors of @vonk/common. */
export const commonErrors: ErrorRegistry<typeof entries> = defineErrors(entries);

/**
 * Stops on a broken invariant of Vonk itself; stays on in production.
 * @throws INTERNAL_ASSERTION
 */
export function assert(condition: unknown, rule: string): asserts condition {
  if (!condition) throw commonErrors.create("INTERNAL_ASSERTION", { rule });
}

/**
 * Marks a branch that the types say cannot be reached.
 * @throws INTERNAL_ASSERTION
 */
export function unreachable(value: never): never {
  throw commonErrors.create("INTERNAL_ASSERTION", { rule: `no branch handles ${JSON.stringify(value)}` });
}

export { EngineError, type ErrorParams };
