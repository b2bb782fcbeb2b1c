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
  return Reflect.apply(makerOf(module, name), undefined, [args]) as T;
}

type Maker = (args: unknown) => unknown;

/** Each stage of a thread asks for one: finding a file's module again costs more than the rest. */
const makers = new Map<string, Maker>();

function makerOf(module: string, name: string): Maker {
  const key = `${module} ${name}`;
  let maker = makers.get(key);
  if (maker === undefined) {
    const loaded: unknown = require(fileURLToPath(module));
    const found: unknown = typeof loaded === "object" && loaded !== null ? Reflect.get(loaded, name) : undefined;
    assert(typeof found === "function", `the format's module exports ${name}`);
    makers.set(key, (maker = found as Maker));
  }
  return maker;
}
