import { assert } from "@vonk/common/internal";
import { compileModule, type ModuleWriter } from "../../src/index.ts";

/** An instance of a written module on one page of shared memory, and calls of its exports. */
export interface Running {
  readonly memory: WebAssembly.Memory;
  readonly view: DataView;
  readonly call: (name: string, ...args: readonly (number | bigint)[]) => unknown;
}

/** Writes, validates and instantiates a module that imports `env.memory` of one page, and `more` from `env`. */
export function start(module: ModuleWriter, more: Readonly<Record<string, unknown>> = {}): Running {
  const memory = new WebAssembly.Memory(
    module.memory64 ? { initial: 1n, maximum: 1n, shared: true, address: "i64" } : { initial: 1, maximum: 1, shared: true },
  );
  const instance = new WebAssembly.Instance(compileModule(module.toBytes()), { env: { memory, ...more } });
  const call = (name: string, ...args: readonly (number | bigint)[]): unknown => {
    const found = instance.exports[name];
    assert(typeof found === "function", `${name} is an exported function`);
    return Reflect.apply(found, undefined, args);
  };
  return { memory, view: new DataView(memory.buffer), call };
}

/** An address as an argument from JavaScript. */
export function argument(module: ModuleWriter, at: number): number | bigint {
  return module.memory64 ? BigInt(at) : at;
}
