import type { SQLRow } from "@vonk/columnar/internal";
import { attribute, type ColumnDefinition, type LogicalPlan, type UnresolvedRelation } from "@vonk/dataframe/internal";

/** A table that the session holds in memory: what CREATE TABLE makes while there is no other catalog. */
export interface SessionTable {
  readonly name: string;
  readonly columns: readonly ColumnDefinition[];
  readonly rows: readonly SQLRow[];
}

/** The names that a session gave to plans and tables: views, and tables in memory. Names are not case-sensitive. */
export class SessionCatalog {
  readonly #views = new Map<string, LogicalPlan>();
  readonly #tables = new Map<string, SessionTable>();

  /** The plan of a view; undefined when there is none of that name. */
  view(nameParts: readonly string[]): LogicalPlan | undefined {
    return this.#views.get(fold(nameParts));
  }

  /** A table; undefined when there is none of that name. */
  table(nameParts: readonly string[]): SessionTable | undefined {
    return this.#tables.get(fold(nameParts));
  }

  /** The plan that reads a view or a table, under its name; views come first. */
  relation(nameParts: readonly string[]): LogicalPlan | undefined {
    const view = this.view(nameParts);
    if (view !== undefined) return { kind: "subqueryAlias", alias: [nameParts.at(-1) ?? ""], columnNames: [], child: view };
    const table = this.table(nameParts);
    if (table === undefined) return undefined;
    const output = table.columns.map(({ name, dataType, nullable }) => attribute(name, dataType, nullable));
    const child: LogicalPlan = { kind: "localRelation", output, rows: table.rows };
    return { kind: "subqueryAlias", alias: ["spark_catalog", "default", table.name], columnNames: [], child };
  }

  /** Names a plan. */
  createView(name: string, plan: LogicalPlan): void {
    this.#views.set(fold([name]), plan);
  }

  /** Puts a plan in the place of a view's. */
  replaceView(nameParts: readonly string[], plan: LogicalPlan): void {
    this.#views.set(fold(nameParts), plan);
  }

  /** Forgets a view; false when there was none. */
  dropView(nameParts: readonly string[]): boolean {
    return this.#views.delete(fold(nameParts));
  }

  /** Makes a table, or puts it in the place of the one of its name. */
  putTable(table: SessionTable): void {
    this.#tables.set(fold([table.name]), table);
  }

  /** Forgets a table; false when there was none. */
  dropTable(nameParts: readonly string[]): boolean {
    return this.#tables.delete(fold(nameParts));
  }

  /** Names of the views, sorted. */
  get viewNames(): readonly string[] {
    return [...this.#views.keys()].toSorted();
  }

  /** Names of the tables, sorted. */
  get tableNames(): readonly string[] {
    return [...this.#tables.keys()].toSorted();
  }
}

/** The session has one schema, `default` of `spark_catalog`, which names may leave out. */
function fold(nameParts: readonly string[]): string {
  const parts = nameParts.map((part) => part.toLowerCase());
  const from = parts.length > 1 && parts[0] === "spark_catalog" ? 1 : 0;
  return parts.slice(parts.length - from > 1 && parts[from] === "default" ? from + 1 : from).join(".");
}

/** What a relation is looked up by. */
export function relationKey(reference: UnresolvedRelation): string {
  return JSON.stringify([reference.nameParts, reference.paths ?? [], reference.options]);
}
