import type { SessionRoutine } from "@vonk/catalyst/internal";

/** The functions that a session made: temporary ones, and those of schemas. Names are not case-sensitive. */
export class SessionRoutines {
  readonly #temporary = new Map<string, SessionRoutine>();
  readonly #persistent = new Map<string, SessionRoutine>();

  /** A function by its name; temporary ones come first. */
  find(nameParts: readonly string[], currentDatabase: string): SessionRoutine | undefined {
    return this.temporary(nameParts) ?? this.#persistent.get(persistentKey(nameParts, currentDatabase));
  }

  /** A temporary function; its name may be qualified by `session`. */
  temporary(nameParts: readonly string[]): SessionRoutine | undefined {
    const qualifier = nameParts.slice(0, -1).join(".").toLowerCase();
    if (!["", "session", "system.session"].includes(qualifier)) return undefined;
    return this.#temporary.get((nameParts.at(-1) ?? "").toLowerCase());
  }

  /** A function of a schema. */
  persistent(nameParts: readonly string[], currentDatabase: string): SessionRoutine | undefined {
    return this.#persistent.get(persistentKey(nameParts, currentDatabase));
  }

  /** Makes a temporary function, in the place of the one of its name. */
  putTemporary(name: string, routine: SessionRoutine): void {
    this.#temporary.set(name.toLowerCase(), routine);
  }

  /** Makes a function of a schema, in the place of the one of its name. */
  putPersistent(nameParts: readonly string[], currentDatabase: string, routine: SessionRoutine): void {
    this.#persistent.set(persistentKey(nameParts, currentDatabase), routine);
  }

  /** Forgets a temporary function; false when there was none. */
  dropTemporary(nameParts: readonly string[]): boolean {
    return this.#temporary.delete((nameParts.at(-1) ?? "").toLowerCase());
  }

  /** Forgets a function of a schema; false when there was none. */
  dropPersistent(nameParts: readonly string[], currentDatabase: string): boolean {
    return this.#persistent.delete(persistentKey(nameParts, currentDatabase));
  }
}

function persistentKey(nameParts: readonly string[], currentDatabase: string): string {
  const parts = nameParts.map((part) => part.toLowerCase());
  const own = parts.length > 1 && parts[0] === "spark_catalog" ? parts.slice(1) : parts;
  return own.length > 1 ? own.slice(-2).join(".") : `${currentDatabase.toLowerCase()}.${own[0] ?? ""}`;
}
