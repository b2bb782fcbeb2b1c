import { nameParts } from "../column/name-parts.ts";
import type { LogicalPlan } from "../plan/logical-plan.ts";
import type { QueryEngine, QueryOptions, SaveMode, WriteRequest } from "./query-engine.ts";

/** Writes the rows of a DataFrame: `df.write.mode("overwrite").partitionBy("year").parquet("out")`. */
export class DataFrameWriter {
  readonly #engine: QueryEngine;
  readonly #request: Omit<WriteRequest, "target">;

  constructor(engine: QueryEngine, plan: LogicalPlan, request: Partial<WriteRequest> = {}) {
    this.#engine = engine;
    this.#request = { format: "parquet", mode: "errorifexists", partitionBy: [], options: {}, ...request, plan };
  }

  #with(more: Partial<WriteRequest>): DataFrameWriter {
    return new DataFrameWriter(this.#engine, this.#request.plan, { ...this.#request, ...more });
  }

  /** What happens to rows that are there already; unless said, writing over something is an error. */
  mode(mode: SaveMode): DataFrameWriter {
    return this.#with({ mode });
  }

  /** Another format than parquet. */
  format(format: string): DataFrameWriter {
    return this.#with({ format });
  }

  /** An option of the format. */
  option(name: string, value: string | number | boolean): DataFrameWriter {
    return this.#with({ options: { ...this.#request.options, [name]: String(value) } });
  }

  /** Several options of the format. */
  options(options: Readonly<Record<string, string | number | boolean>>): DataFrameWriter {
    return Object.entries(options).reduce<DataFrameWriter>((writer, [name, value]) => writer.option(name, value), this);
  }

  /** A folder a value: `year=2020/month=1/`. Those columns are not in the files. */
  partitionBy(...columns: readonly string[]): DataFrameWriter {
    return this.#with({ partitionBy: columns });
  }

  /** Files in a folder. Nothing shows before all are written; a job that fails leaves what was there. @throws PATH_ALREADY_EXISTS */
  save(path: string, options?: QueryOptions): Promise<void> {
    return this.#engine.write({ ...this.#request, target: { kind: "path", path } }, options);
  }

  /** Parquet files in a folder. */
  parquet(path: string, options?: QueryOptions): Promise<void> {
    return this.format("parquet").save(path, options);
  }

  /** Files of CSV in a folder. */
  csv(path: string, options?: QueryOptions): Promise<void> {
    return this.format("csv").save(path, options);
  }

  /** Files with a JSON object a line in a folder. */
  json(path: string, options?: QueryOptions): Promise<void> {
    return this.format("json").save(path, options);
  }

  /** A table of the catalog, made when it is not there. @throws AnalysisError TABLE_OR_VIEW_ALREADY_EXISTS */
  saveAsTable(name: string, options?: QueryOptions): Promise<void> {
    return this.#engine.write({ ...this.#request, target: { kind: "table", nameParts: nameParts(name), insert: false } }, options);
  }

  /** Rows for a table that is there, column by column in order. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
  insertInto(name: string, options?: QueryOptions): Promise<void> {
    return this.#engine.write({ ...this.#request, target: { kind: "table", nameParts: nameParts(name), insert: true } }, options);
  }
}
