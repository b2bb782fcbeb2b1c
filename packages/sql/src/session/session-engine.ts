import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier, type SQLRow, type StructType } from "@vonk/columnar/internal";
import { callSite, calledFrom, hideFromCallSites } from "@vonk/core/internal";
import {
  ownFolder as dataframeFolder,
  type ExplainMode,
  type LogicalPlan,
  type PersistLevel,
  type QueryEngine,
  type QueryOptions,
  type ViewRequest,
  type WriteRequest,
} from "@vonk/dataframe/internal";
import { ownFolder } from "../own-folder.ts";
import { explained } from "./explain-command.ts";
import { cellText, tableText } from "./show-table.ts";
import type { SparkSession } from "./spark-session.ts";

hideFromCallSites(ownFolder);
hideFromCallSites(dataframeFolder);

/** A session as DataFrames see it: what runs their queries. */
export class SessionEngine implements QueryEngine {
  readonly #session: SparkSession;

  constructor(session: SparkSession) {
    this.#session = session;
  }

  async schemaOf(plan: LogicalPlan): Promise<StructType> {
    return (await this.#session.executionOf(plan)).schema;
  }

  collect(plan: LogicalPlan, options?: QueryOptions): Promise<readonly SQLRow[]> {
    return calledFrom(callSite("collect"), async () => {
      const execution = await this.#session.executionOf(plan);
      return execution.collect(this.#session.executionContext(), options);
    });
  }

  async *iterate(plan: LogicalPlan, options?: QueryOptions): AsyncGenerator<SQLRow> {
    const execution = await this.#session.executionOf(plan);
    yield* execution.iterate(this.#session.executionContext(), options);
  }

  format(schema: StructType, rows: readonly SQLRow[], truncate: number): string {
    return tableText(schema, rows, { truncate, session: this.#session.executionContext().session });
  }

  texts(schema: StructType, row: SQLRow): (string | null)[] {
    const { session } = this.#session.executionContext();
    return schema.fields.map((field, position) => {
      const value = row[position] ?? null;
      return value === null ? null : cellText(value, field.dataType, session);
    });
  }

  async explain(plan: LogicalPlan, mode: ExplainMode): Promise<string> {
    return explained(await this.#session.executionOf(plan), mode, this.#session.conf.adaptive);
  }

  createView(plan: LogicalPlan, { name, replace, global }: ViewRequest): void {
    const { names: catalog } = this.#session;
    const nameParts = global ? ["global_temp", name] : [name];
    if (!replace && catalog.view(nameParts) !== undefined) {
      throw analysisError("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", { relationName: nameParts.map(quoteIdentifier).join(".") });
    }
    catalog.createView(nameParts.join("."), plan);
  }

  persist(plan: LogicalPlan, level: PersistLevel): void {
    this.#session.persisted.add(plan, level);
  }

  persistLevel(plan: LogicalPlan): PersistLevel {
    return this.#session.persisted.levelOf(plan);
  }

  unpersist(plan: LogicalPlan): Promise<void> {
    return this.#session.persisted.remove(plan);
  }

  write(request: WriteRequest, options?: QueryOptions): Promise<void> {
    return calledFrom(callSite("save"), () => this.#session.writeRows(request, options));
  }
}
