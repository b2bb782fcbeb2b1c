let allowed: boolean | undefined;

/** True unless the process forbids code from strings (`--disallow-code-generation-from-strings`). Asked once. */
export function codeGenerationAllowed(): boolean {
  allowed ??= tryToGenerate();
  return allowed;
}

/** Compiles a function from its parameter names and body. The caller has made sure that the body holds no text of the user's but JSON literals. */
export function compileFunction(parameters: readonly string[], body: string): (...values: readonly unknown[]) => unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- one literal a record is several times faster than closures; an interpreter stands behind it
  return new Function(...parameters, `"use strict";\n${body}`) as (...values: readonly unknown[]) => unknown;
}

function tryToGenerate(): boolean {
  try {
    return compileFunction([], "return true;")() === true;
  } catch {
    return false;
  }
}
