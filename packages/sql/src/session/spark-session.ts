import { parseSQL, type AnalysisContext } from "@vonk/catalyst/internal";
import { stringType, structType, type SQLRow, type StructType } from "@vonk/columnar/internal";
import { type SparkConf, SparkContext, type SparkContextOptions } from "@vonk/core";
import { assert, systemClock } from "@vonk/common/internal";
import {
  attribute,
  mapPlanChildren,
  mapPlanExpressions,
  transformDown,
  type Command,
  type LogicalPlan,
  type UnresolvedRelation,
} from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { relationKey, SessionCatalog } from "../catalog/session-catalog.ts";
import { sqlErrors } from "../errors.ts";
import type { ExecutionContext } from "../physical/physical-plan.ts";
import { openTable } from "../source/open-table.ts";
import { DataFrame } from "./data-frame.ts";
import { DataFrameReader } from "./data-frame-reader.ts";
import { QueryExecution } from "./query-execution.ts";
import { RuntimeConfig } from "./runtime-config.ts";
import { runSetting } from "./setting-command.ts";
import { createTable, dropTable, insertRows, truncateTable } from "./table-command.ts";
import { createView, dropView } from "./view-command.ts";

/** The door to SQL and DataFrames: a SparkContext, names for plans, and settings. */
export class SparkSession {
  readonly sparkContext: SparkContext;
  readonly catalog: SessionCatalog = new SessionCatalog();
  /** Settings of this session, such as `spark.sql.session.timeZone`. */
  readonly conf: RuntimeConfig;

  constructor(options: SparkContextOptions | SparkConf | SparkContext, settings: Readonly<Record<string, string>> = {}) {
    this.sparkContext = options instanceof SparkContext ? options : new SparkContext(options);
    this.conf = new RuntimeConfig(settings);
  }

  /** A session on the same application with views and settings of its own. */
  newSession(settings: Readonly<Record<string, string>> = {}): SparkSession {
    return new SparkSession(this.sparkContext, settings);
  }

  /** Files and tables as DataFrames. */
  get read(): DataFrameReader {
    return new DataFrameReader(this);
  }

  /**
   * The result of a statement. Commands run at once, queries when an action asks for rows.
   * @throws AnalysisError when the text does not parse, or means nothing
   */
  async sql(text: string): Promise<DataFrame> {
    const plan = parseSQL(text);
    if (plan.kind === "command") return this.#run(plan.command);
    const frame = new DataFrame(this, plan);
    const { analyzed } = await frame.queryExecution();
    assert(analyzed.kind !== "command", "commands are not analysed");
    return frame;
  }

  /** A table or view by name. */
  table(name: string): DataFrame {
    return new DataFrame(this, { kind: "unresolvedRelation", nameParts: name.split("."), options: {} });
  }

  /** Rows of the program as a DataFrame, in the engine's values. */
  createRows(schema: StructType, rows: readonly SQLRow[]): DataFrame {
    const output = schema.fields.map(({ name, dataType, nullable }) => attribute(name, dataType, nullable));
    return new DataFrame(this, { kind: "localRelation", output, rows });
  }

  /** Ends the application. */
  stop(): Promise<void> {
    return this.sparkContext.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** A query's phases: its relations are looked up here, which is the only part that does I/O. */
  async executionOf(plan: LogicalPlan): Promise<QueryExecution> {
    const relations = new Map<string, LogicalPlan>();
    await this.#lookUp(plan, relations);
    const analysis: AnalysisContext = {
      relation: (reference) => relations.get(relationKey(reference)),
      settings: this.conf.analysis,
      session: this.#sessionValues(),
    };
    return new QueryExecution(plan, analysis);
  }

  /** What physical operators need of the session. */
  executionContext(): ExecutionContext {
    const { sparkContext } = this;
    const compiled = sparkContext.getConf().get("spark.sql.codegen.wholeStage", "true") !== "false";
    const shufflePartitions = Math.max(1, sparkContext.defaultParallelism);
    return { sparkContext, session: this.#sessionValues(), shufflePartitions, compiled, recursion: this.conf.recursion };
  }

  #sessionValues(): SessionValues {
    return {
      timeZone: this.conf.get("spark.sql.session.timeZone") ?? "UTC",
      nowMicros: BigInt(Math.round(systemClock.now() * 1000)),
      user: "vonk",
      catalog: "spark_catalog",
      database: "default",
      version: "4.3.0",
    };
  }

  /** Finds the relations of a plan, those of its subqueries, common tables and views too. */
  async #lookUp(plan: LogicalPlan, found: Map<string, LogicalPlan>): Promise<void> {
    for (const reference of relationsOf(plan)) {
      const key = relationKey(reference);
      if (found.has(key)) continue;
      const relation = this.catalog.relation(reference.nameParts) ?? (await openTable(this.sparkContext, reference));
      if (relation === undefined) continue;
      found.set(
        key,
        relation.kind === "table"
          ? { kind: "subqueryAlias", alias: [reference.nameParts.at(-1) ?? ""], columnNames: [], child: relation }
          : relation,
      );
      await this.#lookUp(relation, found);
    }
  }

  #nothing(): DataFrame {
    return this.createRows(structType([]), []);
  }

  async #run(command: Command): Promise<DataFrame> {
    switch (command.kind) {
      case "createView":
        await createView(this, command);
        return this.#nothing();
      case "dropView":
        dropView(this, command);
        return this.#nothing();
      case "createTable":
        await createTable(this, command);
        return this.#nothing();
      case "dropTable":
        dropTable(this, command);
        return this.#nothing();
      case "truncateTable":
        truncateTable(this, command);
        return this.#nothing();
      case "insert":
        await insertRows(this, command);
        return this.#nothing();
      case "set":
      case "reset":
        return runSetting(this, command);
      case "explain":
        return this.createRows(planColumn, [[await new DataFrame(this, command.plan).explainString()]]);
      default:
        throw sqlErrors.create("SQL_NOT_SUPPORTED", {
          what: command.kind === "unsupported" ? `The statement ${command.what}` : `The command ${command.kind}`,
        });
    }
  }
}

const planColumn = structType([{ name: "plan", dataType: stringType, nullable: false }]);

function relationsOf(plan: LogicalPlan): UnresolvedRelation[] {
  const found: UnresolvedRelation[] = [];
  const visit = (node: LogicalPlan): LogicalPlan => {
    if (node.kind === "unresolvedRelation") found.push(node);
    if (node.kind === "unresolvedWith") for (const table of node.tables) visit(table.plan);
    mapPlanExpressions(node, (expression) =>
      transformDown(expression, (inner) => {
        if (inner.kind === "subquery") visit(inner.plan);
        return inner;
      }),
    );
    return mapPlanChildren(node, visit);
  };
  visit(plan);
  return found;
}
