import { assert } from "@vonk/common/internal";
import type { Broadcast } from "../broadcast/broadcast.ts";
import type { DriverRuntime } from "./driver-runtime.ts";
import type { LocalProperties } from "./job-properties.ts";
import type { JobRunner } from "./job-runner.ts";
import type { SparkContext } from "./spark-context.ts";

/** What a context's method families work with and its users do not see. */
export interface ContextParts {
  readonly runtime: DriverRuntime;
  readonly jobs: JobRunner;
  readonly segmentOwner: () => Broadcast<undefined>;
  /** What jobs submitted from now on carry. */
  readonly properties: LocalProperties;
  /** Groups whose later jobs are refused. */
  readonly cancelledGroups: Set<string>;
  /** Names of the added files. */
  readonly files: Set<string>;
  /** Names of the folders of the added archives. */
  readonly archives: Set<string>;
}

const partsOfContexts = new WeakMap<SparkContext, ContextParts>();

/** The parts of a context. */
export function contextParts(context: SparkContext): ContextParts {
  const parts = partsOfContexts.get(context);
  assert(parts !== undefined, "a context has its parts from its constructor on");
  return parts;
}

/** Gives a new context its parts. */
export function setContextParts(context: SparkContext, parts: ContextParts): void {
  partsOfContexts.set(context, parts);
}
