import type { SessionVariable } from "@vonk/catalyst/internal";

/** The variables of a block of a script that runs, or the columns of a FOR loop's row. */
export interface LocalVariables {
  /** What may qualify them, folded; empty when nothing does. */
  readonly label: string;
  readonly variables: Map<string, SessionVariable>;
}

/** The variables of a session, and before them those of the script that it runs. Names are not case-sensitive. */
export class SessionVariables {
  readonly #variables = new Map<string, SessionVariable>();
  readonly #locals: LocalVariables[] = [];

  /** A variable by its name, which may be qualified by `session`, or by the label of a block around. */
  find(nameParts: readonly string[]): SessionVariable | undefined {
    const local = this.#localOf(nameParts);
    if (local !== undefined) return local.variables.get(folded(nameParts));
    const name = variableName(nameParts);
    return name === undefined ? undefined : this.#variables.get(name);
  }

  /** Declares a variable of the session, or gives one of whatever block a value. */
  put(variable: SessionVariable, nameParts: readonly string[] = [variable.name]): void {
    const local = this.#localOf(nameParts);
    (local?.variables ?? this.#variables).set(variable.name.toLowerCase(), variable);
  }

  /** Forgets a variable; false when there was none. */
  drop(nameParts: readonly string[]): boolean {
    const name = variableName(nameParts);
    return name !== undefined && this.#variables.delete(name);
  }

  /** Runs a part of a script that has variables of its own. */
  async within<Result>(locals: LocalVariables, run: () => Promise<Result>): Promise<Result> {
    this.#locals.push(locals);
    try {
      return await run();
    } finally {
      this.#locals.splice(this.#locals.lastIndexOf(locals), 1);
    }
  }

  #localOf(nameParts: readonly string[]): LocalVariables | undefined {
    const label = nameParts.length === 2 ? (nameParts[0] ?? "").toLowerCase() : "";
    if (nameParts.length > 2) return undefined;
    const name = folded(nameParts);
    return this.#locals.findLast((locals) => (label === "" || locals.label === label) && locals.variables.has(name));
  }
}

function folded(nameParts: readonly string[]): string {
  return (nameParts.at(-1) ?? "").toLowerCase();
}

/** The folded name alone; undefined when the qualifier is not that of variables. */
function variableName(nameParts: readonly string[]): string | undefined {
  const qualifier = nameParts.slice(0, -1).join(".").toLowerCase();
  return ["", "session", "system.session"].includes(qualifier) ? folded(nameParts) : undefined;
}
