import type { SessionVariable } from "@vonk/catalyst/internal";

/** The variables of a session. Names are not case-sensitive. */
export class SessionVariables {
  readonly #variables = new Map<string, SessionVariable>();

  /** A variable by its name, which may be qualified by `session`. */
  find(nameParts: readonly string[]): SessionVariable | undefined {
    const name = variableName(nameParts);
    return name === undefined ? undefined : this.#variables.get(name);
  }

  /** Declares a variable, or gives it a value. */
  put(variable: SessionVariable): void {
    this.#variables.set(variable.name.toLowerCase(), variable);
  }

  /** Forgets a variable; false when there was none. */
  drop(nameParts: readonly string[]): boolean {
    const name = variableName(nameParts);
    return name !== undefined && this.#variables.delete(name);
  }
}

/** The folded name alone; undefined when the qualifier is not that of variables. */
function variableName(nameParts: readonly string[]): string | undefined {
  const qualifier = nameParts.slice(0, -1).join(".").toLowerCase();
  return ["", "session", "system.session"].includes(qualifier) ? (nameParts.at(-1) ?? "").toLowerCase() : undefined;
}
