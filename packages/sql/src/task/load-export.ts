import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { assert } from "@vonk/common/internal";

const require = createRequire(import.meta.url);

/** What an export of a format's module makes of its arguments. The module is loaded at once: tasks do not wait. */
export function loadExport<T>({
  module,
  export: name,
  args,
}: {
  readonly module: string;
  readonly export: string;
  readonly args: unknown;
}): T {
  const loaded: unknown = require(fileURLToPath(module));
  const maker: unknown = typeof loaded === "object" && loaded !== null ? Reflect.get(loaded, name) : undefined;
  assert(typeof maker === "function", `the format's module exports ${name}`);
  return Reflect.apply(maker, undefined, [args]) as T;
}
