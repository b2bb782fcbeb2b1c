import { structField, structType, type StructType } from "@vonk/columnar/internal";
import type { ActionOptions } from "@vonk/core";
import type { LogicalPlan } from "@vonk/dataframe/internal";
import { treeText } from "../physical/physical-plan.ts";
import type { QueryExecution } from "./query-execution.ts";
import { Row } from "./row.ts";
import { tableText } from "./show-table.ts";
import type { SparkSession } from "./spark-session.ts";

/** A query and its session. Nothing runs before an action: `collect`, `count`, `show`. */
export class DataFrame {
  readonly sparkSession: SparkSession;
  readonly plan: LogicalPlan;
  #execution: Promise<QueryExecution> | undefined;

  constructor(session: SparkSession, plan: LogicalPlan) {
    this.sparkSession = session;
    this.plan = plan;
  }

  /** The phases of the query. @throws AnalysisError */
  queryExecution(): Promise<QueryExecution> {
    return (this.#execution ??= this.sparkSession.executionOf(this.plan));
  }

  /** The columns of the result. @throws AnalysisError */
  async schema(): Promise<StructType> {
    const { schema } = await this.queryExecution();
    return structType(schema.fields.map(({ name, dataType, nullable }) => structField(name, dataType, nullable)));
  }

  /** Names of the columns. */
  async columns(): Promise<string[]> {
    return (await this.schema()).fields.map((field) => field.name);
  }

  /** All rows, on the driver. */
  async collect(options: ActionOptions = {}): Promise<Row[]> {
    const execution = await this.queryExecution();
    const { schema } = execution;
    const context = this.sparkSession.executionContext();
    return (await execution.collect(context, options)).map((values) => new Row(schema, values, context.session));
  }

  /** Rows in a frame, as {@link show} prints them; no cell is cut unless `truncate` says at how many characters. */
  async tableText(rows: readonly Row[], truncate = 0): Promise<string> {
    const { schema } = await this.queryExecution();
    const { session } = this.sparkSession.executionContext();
    return `${tableText(
      schema,
      rows.map((row) => row.internal),
      { truncate, session },
    )}\n`;
  }

  /** How many rows there are. */
  async count(): Promise<number> {
    const execution = await this.queryExecution();
    return (await execution.collect(this.sparkSession.executionContext())).length;
  }

  /** Prints the first rows in a frame; longer cells are cut to 20 characters unless `truncate` says otherwise. */
  async show(rows = 20, truncate: boolean | number = true): Promise<void> {
    console.log(await this.showString(rows, truncate === true ? 20 : truncate === false ? 0 : truncate));
  }

  /** What {@link show} prints. */
  async showString(rows: number, truncate: number): Promise<string> {
    const execution = await this.queryExecution();
    const context = this.sparkSession.executionContext();
    const all = await execution.collect(context);
    const text = tableText(execution.schema, all.slice(0, rows), { truncate, session: context.session });
    return all.length > rows ? `${text}\nonly showing top ${rows} row${rows === 1 ? "" : "s"}\n` : `${text}\n`;
  }

  /** The physical plan as text. */
  async explainString(): Promise<string> {
    return `== Physical Plan ==\n${treeText((await this.queryExecution()).physical)}`;
  }

  /** Names the query, for SQL in the same session. */
  createOrReplaceTempView(name: string): void {
    this.sparkSession.catalog.createView(name, this.plan);
  }
}
