import type { LogicalPlan, UnresolvedRelation } from "@vonk/dataframe/internal";

/** The names that a session gave to plans: temporary views. Names are not case-sensitive. */
export class SessionCatalog {
  readonly #views = new Map<string, LogicalPlan>();

  /** The plan of a view; undefined when there is none of that name. */
  view(nameParts: readonly string[]): LogicalPlan | undefined {
    return nameParts.length === 1 ? this.#views.get(fold(nameParts)) : undefined;
  }

  /** Names a plan. */
  createView(name: string, plan: LogicalPlan): void {
    this.#views.set(fold([name]), plan);
  }

  /** Forgets a view; false when there was none. */
  dropView(name: string): boolean {
    return this.#views.delete(fold([name]));
  }

  /** Names of the views, sorted. */
  get viewNames(): readonly string[] {
    return [...this.#views.keys()].toSorted();
  }
}

function fold(nameParts: readonly string[]): string {
  return nameParts.map((part) => part.toLowerCase()).join(".");
}

/** What a relation is looked up by. */
export function relationKey(reference: UnresolvedRelation): string {
  return JSON.stringify([reference.nameParts, reference.paths ?? [], reference.options]);
}
