import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  WASM_MODULE_INVALID: {
    message: "Generated WebAssembly is not valid: {reason}. This is a bug in Vonk; please report it with the code below.\n{code}",
    fault: "internal",
  },
} as const;

/** Errors of @vonk/wasm. */
export const wasmErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
