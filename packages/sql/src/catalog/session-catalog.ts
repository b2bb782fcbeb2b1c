import type { SQLRow } from "@vonk/columnar/internal";
import {
  attribute,
  mapPlanChildren,
  mapPlanExpressions,
  transformDown,
  type ColumnDefinition,
  type LogicalPlan,
  type UnresolvedRelation,
} from "@vonk/dataframe/internal";
import { SessionRoutines } from "./session-routines.ts";
import { SessionVariables } from "./session-variables.ts";

/** A table that the session holds in memory: what CREATE TABLE makes while there is no other catalog. */
export interface SessionTable {
  readonly name: string;
  /** The schema that it is in; `default` when it is not said. */
  readonly database?: string;
  readonly columns: readonly ColumnDefinition[];
  readonly rows: readonly SQLRow[];
  /** What CREATE TABLE said of it. */
  readonly format?: string;
  readonly comment?: string;
  readonly properties?: Readonly<Record<string, string>>;
  readonly partitionColumns?: readonly string[];
}

/** A name for a query. */
export interface SessionView {
  readonly name: string;
  /** The schema that it is in; undefined for temporary views. */
  readonly database?: string;
  readonly plan: LogicalPlan;
  /** The query as it was written; undefined for a DataFrame's. */
  readonly text?: string;
  readonly columns: readonly ColumnDefinition[];
  readonly comment?: string;
  readonly properties?: Readonly<Record<string, string>>;
  /** WITH SCHEMA, as written or as the session has it; undefined for temporary views and where views cannot say it. */
  readonly schemaMode?: "binding" | "compensation" | "type evolution" | "evolution";
  /** Of persistent views: the query alone, and the names of its columns when it was made. */
  readonly query?: LogicalPlan;
  readonly queryColumns?: readonly string[];
  /** True when CREATE VIEW names the columns. */
  readonly named?: boolean;
  /** DEFAULT COLLATION. */
  readonly collation?: string;
}

/** A schema. */
export interface SessionDatabase {
  readonly name: string;
  readonly comment?: string;
  readonly location?: string;
  /** DEFAULT COLLATION. */
  readonly collation?: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** The schema of views that all sessions of an application could see. */
export const globalTemporary = "global_temp";
const catalogName = "spark_catalog";

type Entry = { readonly kind: "table"; readonly table: SessionTable } | { readonly kind: "view"; readonly view: SessionView };

/**
 * The names of a session. Temporary views have a space of names of their own, which is looked into first; tables and persistent views share
 * that of their schema. Names are not case-sensitive.
 */
export class SessionCatalog {
  readonly routines: SessionRoutines = new SessionRoutines();
  readonly variables: SessionVariables = new SessionVariables();
  /** The schema of names without a qualifier. */
  currentDatabase = "default";
  readonly #temporary = new Map<string, SessionView>();
  readonly #global = new Map<string, SessionView>();
  readonly #databases = new Map<string, SessionDatabase>([["default", { name: "default", comment: "default database", properties: {} }]]);
  readonly #entries = new Map<string, Entry>();

  /** The plan of a view; undefined when there is none of that name. */
  view(nameParts: readonly string[]): LogicalPlan | undefined {
    return this.findView(nameParts)?.plan;
  }

  /** A view: temporary ones first. */
  findView(nameParts: readonly string[]): SessionView | undefined {
    const temporary = this.temporaryView(nameParts);
    if (temporary !== undefined) return temporary;
    const entry = this.#entries.get(this.#key(nameParts));
    return entry?.kind === "view" ? entry.view : undefined;
  }

  /** A temporary view of the session, or with `global_temp` of the application. */
  temporaryView(nameParts: readonly string[]): SessionView | undefined {
    const parts = nameParts.map((part) => part.toLowerCase());
    const [first = "", second = "", third = ""] = parts;
    if (parts.length === 1) return this.#temporary.get(first);
    if (parts.length === 2 && first === globalTemporary) return this.#global.get(second);
    if (parts.length === 2 && first === "session") return this.#temporary.get(second);
    return parts.length === 3 && first === "system" && second === "session" ? this.#temporary.get(third) : undefined;
  }

  /** A table; undefined when there is none of that name. */
  table(nameParts: readonly string[]): SessionTable | undefined {
    const entry = this.#entries.get(this.#key(nameParts));
    return entry?.kind === "table" ? entry.table : undefined;
  }

  /** The plan that reads a view or a table, under its name; temporary views come first. */
  relation(nameParts: readonly string[]): LogicalPlan | undefined {
    const view = this.findView(nameParts);
    if (view !== undefined) {
      const alias = view.database === undefined ? [nameParts.at(-1) ?? ""] : [catalogName, view.database, view.name];
      return { kind: "subqueryAlias", alias, columnNames: [], child: view.plan };
    }
    const table = this.table(nameParts);
    if (table === undefined) return undefined;
    const output = table.columns.map(({ name, dataType, nullable, comment }) =>
      attribute(name, dataType, nullable, comment === undefined ? {} : { metadata: { comment } }),
    );
    const child: LogicalPlan = { kind: "localRelation", output, rows: table.rows };
    return { kind: "subqueryAlias", alias: [catalogName, table.database ?? "default", table.name], columnNames: [], child };
  }

  /**
   * Names a plan for this session. Names of the catalog inside it stand for what they mean now: `createView("t", plan of t)` does not refer to
   * itself.
   */
  createView(name: string, plan: LogicalPlan): void {
    this.putTemporaryView({ name, plan: this.#withRelations(plan), columns: [] }, false);
  }

  /** Puts a plan in the place of a view's. */
  replaceView(nameParts: readonly string[], plan: LogicalPlan): void {
    const view = this.findView(nameParts);
    if (view === undefined) return this.createView(nameParts.at(-1) ?? "", plan);
    if (view.database === undefined)
      this.putTemporaryView({ ...view, plan }, nameParts.length > 1 && nameParts[0]?.toLowerCase() === globalTemporary);
    else this.putView({ ...view, plan });
  }

  /** Puts a temporary view in the place of the one of its name. */
  putTemporaryView(view: SessionView, global: boolean): void {
    (global ? this.#global : this.#temporary).set(view.name.toLowerCase(), view);
  }

  /** Puts a persistent view in its schema. */
  putView(view: SessionView): void {
    this.#entries.set(this.#key([view.database ?? this.currentDatabase, view.name]), { kind: "view", view });
  }

  /** Gives a table or a persistent view another name. */
  rename(nameParts: readonly string[], to: readonly string[]): void {
    const { database, name } = this.qualified(to);
    const table = this.table(nameParts);
    const view = this.findView(nameParts);
    this.#entries.delete(this.#key(nameParts));
    if (table !== undefined) this.putTable({ ...table, name, database });
    else if (view !== undefined) this.putView({ ...view, name, database });
  }

  /** Forgets a view, temporary ones first; false when there was none. */
  dropView(nameParts: readonly string[]): boolean {
    const temporary = this.temporaryView(nameParts);
    if (temporary !== undefined) {
      const map = nameParts.length > 1 && nameParts[0]?.toLowerCase() === globalTemporary ? this.#global : this.#temporary;
      return map.delete(temporary.name.toLowerCase());
    }
    const key = this.#key(nameParts);
    return this.#entries.get(key)?.kind === "view" && this.#entries.delete(key);
  }

  /** Makes a table, or puts it in the place of the one of its name. */
  putTable(table: SessionTable): void {
    this.#entries.set(this.#key([table.database ?? "default", table.name]), { kind: "table", table });
  }

  /** Forgets a table; false when there was none. */
  dropTable(nameParts: readonly string[]): boolean {
    const key = this.#key(nameParts);
    return this.#entries.get(key)?.kind === "table" && this.#entries.delete(key);
  }

  /** The schema of a name, and the name alone, as they were written. */
  qualified(nameParts: readonly string[]): { readonly database: string; readonly name: string } {
    const parts = nameParts.length > 1 && nameParts[0]?.toLowerCase() === catalogName ? nameParts.slice(1) : nameParts;
    const database = parts.length > 1 ? (parts.at(-2) ?? "") : this.currentDatabase;
    return { database: database.toLowerCase(), name: parts.at(-1) ?? "" };
  }

  /** A schema; undefined when there is none of that name. */
  database(name: string): SessionDatabase | undefined {
    return this.#databases.get(name.toLowerCase());
  }

  /** Makes a schema, or puts it in the place of the one of its name. */
  putDatabase(database: SessionDatabase): void {
    this.#databases.set(database.name.toLowerCase(), database);
  }

  /** Forgets a schema and what is in it. */
  dropDatabase(name: string): void {
    const prefix = `${name.toLowerCase()}.`;
    for (const key of this.#entries.keys()) if (key.startsWith(prefix)) this.#entries.delete(key);
    this.#databases.delete(name.toLowerCase());
  }

  /** Names of the schemas, sorted. */
  get databaseNames(): readonly string[] {
    return [...this.#databases.values()].map((database) => database.name).toSorted();
  }

  /** Tables and persistent views of a schema, sorted by name. */
  entriesOf(database: string): readonly { readonly name: string; readonly isView: boolean }[] {
    const prefix = `${database.toLowerCase()}.`;
    return [...this.#entries]
      .filter(([key]) => key.startsWith(prefix))
      .map(([, entry]) => (entry.kind === "view" ? { name: entry.view.name, isView: true } : { name: entry.table.name, isView: false }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Names of the temporary views, sorted. */
  get viewNames(): readonly string[] {
    return [...this.#temporary.keys()].toSorted();
  }

  /** Names of the temporary views of the application, sorted. */
  get globalViewNames(): readonly string[] {
    return [...this.#global.keys()].toSorted();
  }

  /** Names of the tables of the current schema, sorted. */
  get tableNames(): readonly string[] {
    return this.entriesOf(this.currentDatabase)
      .filter((entry) => !entry.isView)
      .map((entry) => entry.name);
  }

  #key(nameParts: readonly string[]): string {
    const { database, name } = this.qualified(nameParts);
    return `${database}.${name.toLowerCase()}`;
  }

  #withRelations(plan: LogicalPlan): LogicalPlan {
    if (plan.kind === "unresolvedRelation" && plan.paths === undefined) return this.relation(plan.nameParts) ?? plan;
    const inner = mapPlanChildren(plan, (child) => this.#withRelations(child));
    return mapPlanExpressions(inner, (expression) =>
      transformDown(expression, (node) => (node.kind === "subquery" ? { ...node, plan: this.#withRelations(node.plan) } : node)),
    );
  }
}

/** What a relation is looked up by. */
export function relationKey(reference: UnresolvedRelation): string {
  return JSON.stringify([reference.nameParts, reference.paths ?? [], reference.options]);
}
