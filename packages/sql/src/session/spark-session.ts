import { parseSchemaText, parseSQL, routineBody, withinStack, type AnalysisContext } from "@vonk/catalyst/internal";
import { longType, type SQLRow, type StructType } from "@vonk/columnar/internal";
import { SparkConf, SparkContext, type SparkContextOptions } from "@vonk/core";
import { assert, systemClock } from "@vonk/common/internal";
import { DataFrame, type Schema } from "@vonk/dataframe";
import {
  attribute,
  nameParts,
  type FromObjects,
  type RowInput,
  type LogicalPlan,
  type QueryEngine,
  type QueryOptions,
  type UnresolvedRelation,
  type WriteRequest,
  type ScriptBlock,
} from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import { Warehouse } from "../catalog/warehouse.ts";
import { relationKey, SessionCatalog } from "../catalog/session-catalog.ts";
import { withinMemory } from "../physical/adaptive-settings.ts";
import type { ExecutionContext } from "../physical/physical-plan.ts";
import { openTable } from "../source/open-table.ts";
import { Catalog } from "./catalog.ts";
import { inferRowSchema, internalRows, type ProgramRow } from "./create-rows.ts";
import { DataFrameReader } from "./data-frame-reader.ts";
import { parseTexts } from "./parse-texts.ts";
import { keepRows } from "./kept-table.ts";
import { PersistedPlans } from "./persisted-plans.ts";
import { QueryExecution } from "./query-execution.ts";
import { RuntimeConfig } from "./runtime-config.ts";
import { relationsOf, routineNamesOf } from "./relations-of.ts";
import { runCommand } from "./run-command.ts";
import { runScript } from "./run-script.ts";
import { SessionEngine } from "./session-engine.ts";
import { writeRows } from "./write-rows.ts";
import { UDFRegistration } from "./udf-registration.ts";

/** The door to SQL and DataFrames: a SparkContext, names for plans, and settings. */
export class SparkSession {
  /** Spark's questions about tables, views and functions. */
  readonly catalog: Catalog = new Catalog(this);
  /** The names that this session gave to plans and tables. */
  readonly names: SessionCatalog = new SessionCatalog();
  /** Tables that outlive the session. */
  readonly warehouse: Warehouse = new Warehouse(this);
  /** Settings of this session, such as `spark.sql.session.timeZone`. */
  readonly conf: RuntimeConfig;
  /** What DataFrames of this session run on. */
  readonly engine: QueryEngine = new SessionEngine(this);
  /** Plans whose rows are kept. */
  readonly persisted: PersistedPlans;
  /** Functions of the program that SQL text may call. */
  readonly udf: UDFRegistration = new UDFRegistration(() => {
    this.#executions = new WeakMap();
  });
  #executions = new WeakMap<LogicalPlan, Promise<QueryExecution>>();
  #context: SparkContext | undefined;
  /** What the context is made of when it is first asked for. */
  #conf: SparkConf | undefined;

  constructor(options: SparkContextOptions | SparkConf | SparkContext, settings: Readonly<Record<string, string>> = {}) {
    if (options instanceof SparkConf) this.#conf = options;
    else this.#context = options instanceof SparkContext ? options : new SparkContext(options);
    const inherited = (this.#conf ?? this.sparkContext.getConf()).getAll().filter(([key]) => key.startsWith("spark.sql."));
    this.conf = new RuntimeConfig({ ...Object.fromEntries(inherited), ...settings });
    this.persisted = new PersistedPlans(
      async (plan, level) => {
        const execution = await this.#analysed(this.udf.resolve(parseTexts(plan)));
        return keepRows(execution, this.executionContext(), level);
      },
      () => {
        this.#executions = new WeakMap();
      },
    );
  }

  /** The application. Of a session that was made with a SparkConf it starts when something needs it: a file, a job. */
  get sparkContext(): SparkContext {
    return (this.#context ??= new SparkContext(this.#conf));
  }

  /** A session on the same application with views and settings of its own. */
  newSession(settings: Readonly<Record<string, string>> = {}): SparkSession {
    return new SparkSession(this.sparkContext, settings);
  }

  /** Files and tables as DataFrames. */
  get read(): DataFrameReader {
    return new DataFrameReader(this.engine);
  }

  /**
   * The result of a statement. Commands run at once, queries when an action asks for rows.
   * @throws AnalysisError when the text does not parse, or means nothing
   */
  async sql(text: string): Promise<DataFrame> {
    const plan = parseSQL(text, { context: this.#analysis(new Map()) });
    if (plan.kind === "command") return runCommand(this, plan.command);
    const frame = new DataFrame(this.engine, plan);
    const { analyzed } = await this.executionOf(frame.plan);
    assert(analyzed.kind !== "command", "commands are not analysed");
    return frame;
  }

  /** Runs a script: the rows of its last query. */
  async runScript(block: ScriptBlock): Promise<DataFrame | undefined> {
    return runScript(this, block);
  }

  /** A table or view by name. */
  table(name: string): DataFrame {
    return new DataFrame(this.engine, { kind: "unresolvedRelation", nameParts: nameParts(name), options: {} });
  }

  /**
   * Rows of the program as a DataFrame: objects by column, or lists. Types come from the schema, else from the values: `number` is DOUBLE, `bigint` BIGINT.
   * @throws EMPTY_ROWS, VALUE_TYPE_MISMATCH
   */
  createDataFrame<S extends object>(rows: readonly (RowInput<NoInfer<S>> | readonly unknown[])[], columns: Schema<S>): DataFrame<S>;
  createDataFrame(rows: readonly (readonly unknown[])[], columns?: string | readonly string[]): DataFrame;
  createDataFrame<T extends object>(rows: readonly T[]): DataFrame<FromObjects<T>>;
  createDataFrame(rows: readonly ProgramRow[], columns?: string | readonly string[] | StructType): DataFrame {
    const given = typeof columns === "string" ? parseSchemaText(columns) : columns;
    const schema = given !== undefined && "fields" in given ? given : inferRowSchema(rows, given);
    return this.createRows(schema, internalRows(rows, schema));
  }

  /** Numbers from a start, 0 unless given, to an end that is not among them: one BIGINT column `id`. */
  range(start: number | bigint, end?: number | bigint, step: number | bigint = 1, partitions?: number): DataFrame<{ id: bigint }> {
    const [from, to] = end === undefined ? [0n, BigInt(start)] : [BigInt(start), BigInt(end)];
    const id = attribute("id", longType, false);
    const range = { kind: "range", start: from, end: to, step: BigInt(step), output: [id] } as const;
    return new DataFrame(this.engine, partitions === undefined ? range : { ...range, partitions });
  }

  /** Rows of the program as a DataFrame, in the engine's values. */
  createRows(schema: StructType, rows: readonly SQLRow[]): DataFrame {
    const output = schema.fields.map(({ name, dataType, nullable }) => attribute(name, dataType, nullable));
    return new DataFrame(this.engine, { kind: "localRelation", output, rows });
  }

  /** Ends the application. */
  async stop(): Promise<void> {
    await this.#context?.stop();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  /** A query's phases: its relations are looked up here, which is the only part that does I/O. Found once a plan. */
  executionOf(plan: LogicalPlan): Promise<QueryExecution> {
    let execution = this.#executions.get(plan);
    if (execution === undefined) {
      execution = this.persisted
        .substitute(withinStack(() => this.udf.resolve(parseTexts(plan))))
        .then((substituted) => this.#analysed(substituted));
      this.#executions.set(plan, execution);
    }
    return execution;
  }

  async #analysed(plan: LogicalPlan): Promise<QueryExecution> {
    return new QueryExecution(plan, await this.analysisOf(plan));
  }

  /** What the analyzer needs for a plan: its relations, looked up. */
  async analysisOf(plan: LogicalPlan): Promise<AnalysisContext> {
    const relations = new Map<string, LogicalPlan>();
    await this.#lookUp(plan, relations);
    return this.#analysis(relations);
  }

  #analysis(relations: ReadonlyMap<string, LogicalPlan>): AnalysisContext {
    const { names: catalog } = this;
    return {
      relation: (reference) => relations.get(relationKey(reference)),
      settings: this.conf.analysis,
      session: this.#sessionValues(),
      routine: (nameParts) => catalog.routines.find(nameParts, catalog.currentDatabase),
      variable: (nameParts) => catalog.variables.find(nameParts),
    };
  }

  /** Writes the rows of a plan. @throws SQL_NOT_SUPPORTED, AnalysisError TABLE_OR_VIEW_ALREADY_EXISTS */
  async writeRows(request: WriteRequest, options?: QueryOptions): Promise<void> {
    await writeRows(this, request, options);
  }

  /** What physical operators need of the session. */
  executionContext(): ExecutionContext {
    const { compiled, recursion, shufflePartitions, adaptive } = this.conf;
    const context = (): SparkContext => this.sparkContext;
    return {
      get sparkContext() {
        return context();
      },
      session: this.#sessionValues(),
      get shufflePartitions() {
        return shufflePartitions ?? Math.max(1, context().defaultParallelism);
      },
      get adaptive() {
        return withinMemory(adaptive, context());
      },
      compiled,
      recursion,
    };
  }

  #sessionValues(): SessionValues {
    return {
      timeZone: this.conf.get("spark.sql.session.timeZone") ?? "UTC",
      nowMicros: BigInt(Math.round(systemClock.now() * 1000)),
      user: "vonk",
      catalog: "spark_catalog",
      database: this.names.currentDatabase,
      version: "4.3.0",
    };
  }

  /** Finds the relations of a plan, those of its subqueries, common tables, views and functions too. */
  async #lookUp(plan: LogicalPlan, found: Map<string, LogicalPlan>): Promise<void> {
    for (const nameParts of withinStack(() => routineNamesOf(plan))) {
      const routine = this.names.routines.find(nameParts, this.names.currentDatabase);
      const key = `function ${nameParts.join(".")}`;
      if (routine?.kind !== "sql" || found.has(key)) continue;
      const body = routineBody(routine.body);
      found.set(key, body);
      await this.#lookUp(body, found);
    }
    for (const reference of withinStack(() => relationsOf(plan))) {
      const key = relationKey(reference);
      if (found.has(key)) continue;
      const named = this.names.relation(reference.nameParts) ?? (await this.#stored(reference));
      if (named === undefined) continue;
      const relation = await this.persisted.substitute(this.udf.resolve(parseTexts(named)));
      found.set(
        key,
        relation.kind === "table"
          ? { kind: "subqueryAlias", alias: [reference.nameParts.at(-1) ?? ""], columnNames: [], child: relation }
          : relation,
      );
      await this.#lookUp(relation, found);
    }
  }

  async #stored(reference: UnresolvedRelation): Promise<LogicalPlan | undefined> {
    const saved = reference.paths === undefined ? await this.warehouse.find(reference.nameParts) : undefined;
    const relation = await openTable(this.sparkContext, saved?.reference ?? reference, this.#sessionValues());
    const planId = saved?.reference.planId;
    return relation === undefined || planId === undefined ? relation : { ...relation, planId };
  }
}
