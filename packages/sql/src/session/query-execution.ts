import {
  analyze,
  ExecutionError,
  hasSubquery,
  optimize,
  withinStack,
  type AnalysisContext,
  type OptimizerContext,
} from "@vonk/catalyst/internal";
import { structField, structType, type SQLRow, type StructType } from "@vonk/columnar/internal";
import {
  literal,
  mapPlanChildren,
  mapPlanExpressions,
  mapSharedPlans,
  outputOf,
  planChildren,
  planExpressions,
  transformDown,
  type Expression,
  type LogicalPlan,
  type SubqueryExpression,
  type TableStatistics,
  transformPlanDown,
} from "@vonk/dataframe/internal";
import type { ActionOptions, RDD } from "@vonk/core";
import { expressionErrors } from "@vonk/expression";
import { EngineError } from "@vonk/common";
import type { ErrorEntry } from "@vonk/common/internal";
import { sqlErrors } from "../errors.ts";
import { cachedContent } from "../physical/cached-content.ts";
import { extractAsync } from "../physical/extract-async.ts";
import { localRows } from "../physical/local-rows.ts";
import { planPhysical } from "../physical/plan-physical.ts";
import { planStatistics } from "../physical/plan-statistics.ts";
import { isCachedTable, type CachedContent, type CachedTable } from "../source/cached-table.ts";
import type { ExecutionContext, PhysicalPlan } from "../physical/physical-plan.ts";

/** A query through its phases, each made when it is first asked for. */
export class QueryExecution {
  readonly logical: LogicalPlan;
  readonly #analysis: AnalysisContext;
  #analyzed: LogicalPlan | undefined;
  #optimized: LogicalPlan | undefined;

  constructor(logical: LogicalPlan, analysis: AnalysisContext) {
    this.logical = logical;
    this.#analysis = analysis;
  }

  /** The resolved plan. @throws AnalysisError */
  get analyzed(): LogicalPlan {
    return (this.#analyzed ??= analyze(this.logical, this.#analysis));
  }

  get optimized(): LogicalPlan {
    const change = (plan: LogicalPlan): LogicalPlan => extractAsync(optimize(plan, optimizerContext(this.#analysis)));
    return (this.#optimized ??= change(withinStack(() => mapSharedPlans(this.analyzed, change))));
  }

  /** The columns of the result. */
  get schema(): StructType {
    return structType(outputOf(this.analyzed).map(({ name, dataType, nullable }) => structField(name, dataType, nullable)));
  }

  /** The physical plan, with scalar subqueries as they stand: they are computed when it runs. */
  get physical(): PhysicalPlan {
    return physicalOf(this.optimized);
  }

  /** What is known of the rows before any is computed. */
  get statistics(): TableStatistics {
    return planStatistics(this.optimized);
  }

  /** The rows as they are kept for other queries. */
  async content(context: ExecutionContext): Promise<CachedContent> {
    return cachedContent(await withSubqueryValues(this.optimized, context, this.#analysis), context);
  }

  /**
   * All rows. Scalar subqueries run first, one after the other. What does not fit into the executor's memory by pipelines goes row by row, which
   * spills.
   */
  collect(context: ExecutionContext, options: ActionOptions = {}): Promise<readonly SQLRow[]> {
    return this.#orByRows(context, (given) => this.#collect(given, options));
  }

  #collect(context: ExecutionContext, options: ActionOptions): Promise<readonly SQLRow[]> {
    return this.#guarded(context, async (inner) => {
      const plan = await withSubqueryValues(this.optimized, inner, this.#analysis);
      const local = withinStack(() => localRows(plan, inner.session));
      if (local !== undefined) return local;
      const few = firstRows(plan);
      if (few === undefined) return (await physicalOf(plan).execute(inner)).collect(options);
      return (await physicalOf(few.child).execute(inner)).take(few.count, options);
    });
  }

  /** What `use` makes of the RDD of the rows, which it may read until it ends. It is called again when pipelines do not fit, and must leave nothing when it fails. */
  run<T>(context: ExecutionContext, use: (rows: RDD<SQLRow>) => Promise<T>): Promise<T> {
    return this.#orByRows(context, (given) => this.#guarded(given, async (inner) => use(await this.execute(inner))));
  }

  /** The rows one partition after the other. */
  async *iterate(context: ExecutionContext, options: ActionOptions = {}): AsyncGenerator<SQLRow> {
    let begun = false;
    try {
      for await (const row of this.#iterate(context, options)) {
        begun = true;
        yield row;
      }
    } catch (error) {
      if (begun) throw error;
      yield* this.#iterate(await this.#fallback(context, error), options);
    }
  }

  async *#iterate(given: ExecutionContext, options: ActionOptions): AsyncGenerator<SQLRow> {
    const releases: (() => Promise<void>)[] = [];
    const context = withRelease(given, releases);
    try {
      const rows = await this.execute(context);
      yield* rows.toLocalIterator(false, options);
    } catch (error) {
      throw ownError(error, textOf(this.logical));
    } finally {
      for (const release of releases) await release();
    }
  }

  /** What `use` gives of pipelines, or of rows when their memory is short. */
  async #orByRows<T>(context: ExecutionContext, use: (context: ExecutionContext) => Promise<T>): Promise<T> {
    try {
      return await use(context);
    } catch (error) {
      return use(await this.#fallback(context, error));
    }
  }

  /** The context in which the query is tried again that failed by pipelines. @throws the error when rows would do no better */
  async #fallback(context: ExecutionContext, error: unknown): Promise<ExecutionContext> {
    if (!context.compiled || !isOutOfMemory(error)) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "";
    context.sparkContext.log.warn(`A query goes row by row: its pipelines need more of spark.executor.memory than there is. ${cause}`);
    for (const table of cachedTables(this.optimized)) await table.goRowByRow();
    return rowByRow(context);
  }

  /** Ends what operators began, and makes errors of rows the query's own. */
  async #guarded<T>(given: ExecutionContext, use: (context: ExecutionContext) => Promise<T>): Promise<T> {
    const releases: (() => Promise<void>)[] = [];
    try {
      return await use(withRelease(given, releases));
    } catch (error) {
      throw ownError(error, textOf(this.logical));
    } finally {
      for (const release of releases) await release();
    }
  }

  /** The RDD of the rows. Scalar subqueries run before it is made. */
  async execute(context: ExecutionContext): Promise<RDD<SQLRow>> {
    return physicalOf(await withSubqueryValues(this.optimized, context, this.#analysis)).execute(context);
  }
}

/** What the plan reads that is kept, or is to be: it may not have been computed yet. */
function cachedTables(plan: LogicalPlan): CachedTable[] {
  const found: CachedTable[] = [];
  transformPlanDown(plan, (node) => {
    if (node.kind === "table" && isCachedTable(node.table)) found.push(node.table);
    return node;
  });
  return found;
}

function isOutOfMemory(error: unknown): boolean {
  if (!(error instanceof EngineError)) return false;
  const own = error.code === "TASK_FAILED" ? error.cause : error;
  return own instanceof EngineError && own.code === "PIPELINE_MEMORY_EXCEEDED";
}

/** Small parts: a task that puts groups together holds those of one partition. */
const partitionsOfLittleMemory = 16;

/** The context for which nothing is compiled, for little memory; its other properties are asked for when they are needed. */
export function rowByRow(given: ExecutionContext): ExecutionContext {
  const shufflePartitions = given.shufflePartitions * partitionsOfLittleMemory;
  return Object.create(given, { compiled: { value: false }, shufflePartitions: { value: shufflePartitions } }) as ExecutionContext;
}

/** @throws AnalysisError when the plan is too deep */
function physicalOf(plan: LogicalPlan): PhysicalPlan {
  return withinStack(() => planPhysical(plan));
}

/** The context with a list of what has to happen at the end; its other properties are asked for when they are needed: the application may not have begun. */
export function withRelease(given: ExecutionContext, releases: (() => Promise<void>)[]): ExecutionContext {
  const atEnd = (release: () => Promise<void>): void => void releases.push(release);
  return Object.create(given, { atEnd: { value: atEnd } }) as ExecutionContext;
}

/** A recursion must know how many rows are wanted: it may have no end of its own. */
function endsInRecursion(plan: LogicalPlan): boolean {
  return plan.kind === "withCTE" || (plan.kind === "project" && endsInRecursion(plan.child));
}

/** A limit at the top of a plan, for which partitions are read only until there are enough rows; undefined when an order must be known first. */
function firstRows(plan: LogicalPlan): { readonly child: LogicalPlan; readonly count: number } | undefined {
  if (plan.kind !== "limit" || plan.limit.kind !== "literal") return undefined;
  const { child } = plan;
  if (
    endsInRecursion(child) ||
    child.kind === "sort" ||
    child.kind === "offset" ||
    (child.kind === "project" && child.child.kind === "sort")
  )
    return undefined;
  return { child, count: Number(plan.limit.value) };
}

/** What a row's expression raised, in a task or before it, as the query's own error; everything else as it is. */
function ownError(error: unknown, text: string | undefined): unknown {
  if (!(error instanceof EngineError)) return error;
  const own = error.code === "TASK_FAILED" ? error.cause : error;
  if (!(own instanceof EngineError) || own instanceof ExecutionError) return error;
  if (own.code in expressionErrors.entries) return new ExecutionError(own, text);
  const entries: Readonly<Record<string, ErrorEntry>> = sqlErrors.entries;
  const entry = entries[own.code];
  return entry?.sqlState === undefined ? error : new ExecutionError(own, text, entry);
}

/** The text that a plan was made of, when it was. */
function textOf(plan: LogicalPlan): string | undefined {
  if (plan.origin?.text !== undefined) return plan.origin.text;
  for (const expression of planExpressions(plan)) {
    if (expression.origin?.text !== undefined) return expression.origin.text;
  }
  return planChildren(plan)
    .map(textOf)
    .find((text) => text !== undefined);
}

/** The plan with the values of its scalar subqueries in their place. `values` are those that are known, by the subqueries' ids. */
async function withSubqueryValues(
  plan: LogicalPlan,
  context: ExecutionContext,
  analysis: AnalysisContext,
  values = new Map<number, Expression>(),
): Promise<LogicalPlan> {
  const subqueries = subqueriesOf(plan);
  if (subqueries.length === 0) return plan;
  if (context.compiled) beginBeside(plan, context);
  for (const subquery of subqueries) {
    if (values.has(subquery.exprId)) continue;
    values.set(subquery.exprId, literal(await scalarValue(subquery, context, analysis, values), subquery.dataType));
  }
  return withValues(plan, (subquery) => values.get(subquery.exprId));
}

/** The plan with values in the place of subqueries, as far as there are. */
function withValues(plan: LogicalPlan, valueOf: (subquery: SubqueryExpression) => Expression | undefined): LogicalPlan {
  const replace = (expression: Expression): Expression =>
    hasSubquery(expression) ? transformDown(expression, (node) => (node.kind === "subquery" ? (valueOf(node) ?? node) : node)) : expression;
  const visit = (node: LogicalPlan): LogicalPlan => mapPlanExpressions(mapPlanChildren(node, visit), replace);
  return visit(mapSharedPlans(plan, visit));
}

/** Begins with the parts of a plan that need none of its subqueries, beside these. */
function beginBeside(plan: LogicalPlan, context: ExecutionContext): void {
  const unknown = new Set<Expression>();
  const planned = withValues(plan, ({ dataType }) => {
    const value = literal(null, dataType);
    unknown.add(value);
    return value;
  });
  physicalOf(planned).begin?.(context, unknown);
}

function subqueriesOf(plan: LogicalPlan): SubqueryExpression[] {
  const found: SubqueryExpression[] = [];
  const visit = (node: LogicalPlan): LogicalPlan => {
    mapPlanExpressions(node, (expression) =>
      transformDown(expression, (inner) => {
        if (inner.kind === "subquery") found.push(inner);
        return inner;
      }),
    );
    return mapPlanChildren(node, visit);
  };
  // Those of shared plans first, as these are computed for the others too.
  mapSharedPlans(plan, visit);
  visit(plan);
  return found;
}

function optimizerContext({ session, settings }: AnalysisContext): OptimizerContext {
  return { session, ...(settings.excludedRules === undefined ? {} : { excludedRules: settings.excludedRules }) };
}

/** @throws SCALAR_SUBQUERY_TOO_MANY_ROWS */
async function scalarValue(
  subquery: SubqueryExpression,
  context: ExecutionContext,
  analysis: AnalysisContext,
  values: Map<number, Expression>,
): Promise<SQLRow[number]> {
  const optimized = optimize(subquery.plan, optimizerContext(analysis));
  const plan = physicalOf(await withSubqueryValues(optimized, context, analysis, values));
  const rows = await (await plan.execute(context)).collect();
  if (rows.length > 1) throw expressionErrors.create("SCALAR_SUBQUERY_TOO_MANY_ROWS", {});
  return rows[0]?.[0] ?? null;
}
