import type { SQLRow, StructType } from "@vonk/columnar/internal";
import type { LogicalPlan } from "../plan/logical-plan.ts";

/** How an action may be ended early. */
export interface QueryOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
}

/** Where rows of a persisted DataFrame are kept: the name of one of Spark's storage levels. */
export type PersistLevel =
  | "NONE"
  | "DISK_ONLY"
  | "DISK_ONLY_2"
  | "DISK_ONLY_3"
  | "MEMORY_ONLY"
  | "MEMORY_ONLY_2"
  | "MEMORY_ONLY_SER"
  | "MEMORY_ONLY_SER_2"
  | "MEMORY_AND_DISK"
  | "MEMORY_AND_DISK_2"
  | "MEMORY_AND_DISK_SER"
  | "MEMORY_AND_DISK_SER_2"
  | "OFF_HEAP";

/** How much EXPLAIN shows. */
export type ExplainMode = "simple" | "extended" | "codegen" | "cost" | "formatted";

/** What happens to rows that are there already. */
export type SaveMode = "append" | "overwrite" | "error" | "errorifexists" | "ignore";

/** What a DataFrame is written to. */
export interface WriteRequest {
  readonly plan: LogicalPlan;
  readonly target:
    | { readonly kind: "path"; readonly path: string }
    | { readonly kind: "table"; readonly nameParts: readonly string[]; readonly insert: boolean };
  readonly format: string;
  readonly mode: SaveMode;
  readonly partitionBy: readonly string[];
  readonly options: Readonly<Record<string, string>>;
}

/** How views are named and seen. */
export interface ViewRequest {
  readonly name: string;
  readonly replace: boolean;
  readonly global: boolean;
}

/**
 * What runs the queries that DataFrames describe: a session of the engine, or a connection to one. Plans are unresolved; every answer is a promise, since
 * it may take files, other threads or another process.
 */
export interface QueryEngine {
  /** The columns of the result. @throws AnalysisError */
  schemaOf(plan: LogicalPlan): Promise<StructType>;
  /** All rows. */
  collect(plan: LogicalPlan, options?: QueryOptions): Promise<readonly SQLRow[]>;
  /** The rows, partition by partition. */
  iterate(plan: LogicalPlan, options?: QueryOptions): AsyncIterable<SQLRow>;
  /** Rows in a frame, as Spark prints them; 0 cuts nothing. */
  format(schema: StructType, rows: readonly SQLRow[], truncate: number): string;
  /** A row's values as a cast to STRING gives them; null stays null. */
  texts(schema: StructType, row: SQLRow): (string | null)[];
  explain(plan: LogicalPlan, mode: ExplainMode): Promise<string>;
  createView(plan: LogicalPlan, view: ViewRequest): void;
  persist(plan: LogicalPlan, level: PersistLevel): void;
  /** @returns the level, `NONE` for plans that are not persisted */
  persistLevel(plan: LogicalPlan): PersistLevel;
  unpersist(plan: LogicalPlan): Promise<void>;
  write(request: WriteRequest, options?: QueryOptions): Promise<void>;
}
