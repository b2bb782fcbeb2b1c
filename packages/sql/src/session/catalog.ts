import { catalogString } from "@vonk/columnar/internal";
import { nameParts } from "@vonk/dataframe/internal";
import { allFunctions, findFunction } from "@vonk/expression/internal";
import { cacheTable, uncacheTable } from "./cache-command.ts";
import type { SparkSession } from "./spark-session.ts";

/** A table or view. */
export interface CatalogTable {
  readonly name: string;
  readonly catalog: string | null;
  readonly namespace: readonly string[];
  readonly tableType: "MANAGED" | "TEMPORARY";
  readonly isTemporary: boolean;
}

/** A column of a table. */
export interface CatalogColumn {
  readonly name: string;
  readonly dataType: string;
  readonly nullable: boolean;
}

/** A function that SQL text may call. */
export interface CatalogFunction {
  readonly name: string;
  readonly description: string;
  readonly isTemporary: boolean;
}

/** Spark's `spark.catalog`: what there is by name, and what of it is kept in memory. */
export class Catalog {
  readonly #session: SparkSession;

  constructor(session: SparkSession) {
    this.#session = session;
  }

  /** The schema that names without one are of. */
  currentDatabase(): string {
    return "default";
  }

  /** The catalog that names without one are of. */
  currentCatalog(): string {
    return "spark_catalog";
  }

  /** Tables of the warehouse and of the session, and views, by name. */
  async listTables(): Promise<CatalogTable[]> {
    const { names, warehouse } = this.#session;
    const stored = (await warehouse.list()).map((table) => table.name);
    const tables = [...new Set([...stored, ...names.tableNames])].map((name): CatalogTable => ({
      name,
      catalog: "spark_catalog",
      namespace: ["default"],
      tableType: "MANAGED",
      isTemporary: false,
    }));
    const views = names.viewNames.map((name): CatalogTable => ({
      name,
      catalog: null,
      namespace: [],
      tableType: "TEMPORARY",
      isTemporary: true,
    }));
    return [...tables, ...views].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The columns of a table or view. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
  async listColumns(name: string): Promise<CatalogColumn[]> {
    const schema = await this.#session.table(name).schema();
    return schema.fields.map((field) => ({ name: field.name, dataType: catalogString(field.dataType), nullable: field.nullable }));
  }

  /** Functions of the language and of the program, by name. */
  listFunctions(): CatalogFunction[] {
    const builtin = allFunctions().map((entry): CatalogFunction => ({ name: entry.name, description: entry.doc, isTemporary: false }));
    const own = this.#session.udf.names.map((name): CatalogFunction => ({
      name,
      description: "a function of the program",
      isTemporary: true,
    }));
    return [...builtin, ...own].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Whether SQL text may call a function. */
  functionExists(name: string): boolean {
    return findFunction(name) !== undefined || this.#session.udf.names.includes(name.toLowerCase());
  }

  /** Whether there is a table or view. */
  async tableExists(name: string): Promise<boolean> {
    const parts = nameParts(name);
    return this.#session.names.relation(parts) !== undefined || (await this.#session.warehouse.find(parts)) !== undefined;
  }

  /** Forgets a view; false when there was none. */
  dropTempView(name: string): boolean {
    return this.#session.names.dropView([name]);
  }

  /** Keeps the rows of a table or view once they are computed. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
  cacheTable(name: string): Promise<void> {
    return cacheTable(this.#session, { kind: "cacheTable", nameParts: nameParts(name), lazy: true, options: {} });
  }

  /** Forgets the kept rows. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
  uncacheTable(name: string): Promise<void> {
    return uncacheTable(this.#session, { kind: "uncacheTable", nameParts: nameParts(name), ifExists: false });
  }

  /** Whether rows are kept. */
  isCached(name: string): boolean {
    const { names, warehouse } = this.#session;
    const parts = nameParts(name);
    const plan = names.view(parts) ?? warehouse.keptPlan(parts);
    if (plan === undefined) return names.table(parts) !== undefined;
    return plan !== undefined && this.#session.persisted.levelOf(plan) !== "NONE";
  }

  /** Forgets all kept rows. */
  clearCache(): Promise<void> {
    return this.#session.persisted.clear();
  }
}
