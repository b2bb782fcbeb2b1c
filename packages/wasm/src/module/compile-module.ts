import { wasmErrors } from "../errors.ts";
import { printModule } from "../text/print-module.ts";

/**
 * Validates and compiles a module. Functions are compiled to machine code when they are first called.
 * @throws WASM_MODULE_INVALID with the text of the function that is wrong
 */
export function compileModule(bytes: Uint8Array): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw wasmErrors.create("WASM_MODULE_INVALID", { reason, code: textAt(bytes, reason) }, { cause });
  }
}

/** The function that V8's message is about, with a mark at the instruction; the module when it names none. */
function textAt(bytes: Uint8Array, reason: string): string {
  const index = /function #(\d+)/.exec(reason)?.[1];
  const offset = /@\+(\d+)/.exec(reason)?.[1];
  try {
    const only = index === undefined ? {} : { only: Number(index) };
    const mark = offset === undefined ? {} : { mark: { offset: Number(offset), note: "here" } };
    return printModule(bytes, { ...only, ...mark });
  } catch {
    return "(the bytes cannot be read)";
  }
}
