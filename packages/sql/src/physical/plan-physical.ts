import { expressionKey, estimate, outputIds, readsOnly, sqlText } from "@vonk/catalyst/internal";
import {
  alias,
  call,
  conjunction,
  conjuncts,
  isNullable,
  outputOf,
  toAttribute,
  transformDown,
  type Aggregate,
  type AggregateCall,
  type Attribute,
  type Expression,
  type Filter,
  type Join,
  type LogicalPlan,
  type Sort,
  type SortOrder,
  transformPlanDown,
  typeOf,
  type WithCTE,
} from "@vonk/dataframe/internal";
import { arrayType, type SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { sqlErrors } from "../errors.ts";
import { isCachedTable } from "../source/cached-table.ts";
import { isTable } from "../source/table.ts";
import { isAsyncProject } from "./extract-async.ts";
import { hashJoin, type JoinParts } from "./join-operators.ts";
import * as operator from "./operators.ts";
import * as placement from "./placement.ts";
import { recursion } from "./recursion.ts";
import { repartition } from "./repartition.ts";
import type { PhysicalPlan } from "./physical-plan.ts";
import { sharedScan } from "./shared-scan.ts";
import { planPipeline } from "./plan-pipeline.ts";
import { planOrder } from "./plan-order.ts";
import { sizeMax } from "./plan-size.ts";

/**
 * Chooses how each operator of an optimised plan is computed: the largest parts for which it is possible by pipelines.
 * @throws SQL_NOT_SUPPORTED for operators that have no implementation yet
 */
export function planPhysical(plan: LogicalPlan): PhysicalPlan {
  const pipeline = mayCompile(plan) ? planPipeline(plan, outputIds(plan)) : undefined;
  return pipeline === undefined ? planRows(plan, planPhysical) : operator.compiled(outputOf(plan), pipeline, () => planRowsOnly(plan));
}

/** Rows alone: what a pipeline falls back to. */
function planRowsOnly(plan: LogicalPlan): PhysicalPlan {
  return planRows(plan, planRowsOnly);
}

/** A table as it stands is read as well row by row. */
function mayCompile({ kind }: LogicalPlan): boolean {
  return kind === "project" || kind === "filter" || kind === "aggregate" || kind === "join" || kind === "distinct";
}

type PlanChild = (plan: LogicalPlan) => PhysicalPlan;

function planRows(plan: LogicalPlan, planChild: PlanChild): PhysicalPlan {
  switch (plan.kind) {
    case "oneRow":
      return operator.localTableScan([], [[]]);
    case "localRelation":
      return operator.localTableScan(plan.output, plan.rows);
    case "range":
      return operator.rangeScan(plan.output, plan.start, plan.end, plan.step, plan.partitions);
    case "table":
      return planTable(plan);
    case "project":
      if (isAsyncProject(plan)) return placement.asyncProject(planPhysical(plan.child), plan.projections, outputOf(plan));
      return plan.child.kind === "filter"
        ? operator.project(planFiltered(plan.child, planChild), plan.child.condition, plan.projections, outputOf(plan))
        : operator.project(planChild(plan.child), undefined, plan.projections, outputOf(plan));
    case "filter":
      return operator.project(planFiltered(plan, planChild), plan.condition, undefined, outputOf(plan));
    case "aggregate":
      return planAggregate(plan, planChild);
    case "distinct":
      return operator.hashAggregate(planChild(plan.child), outputOf(plan.child), [], outputOf(plan));
    case "join":
      return planJoin(plan, planChild);
    case "sort":
      return planSort(plan, undefined, planChild);
    case "limit":
      return planLimit(plan, planChild);
    case "offset":
      return operator.limit(planChild(plan.child), undefined, constantOf(plan.offset));
    case "union":
      return operator.union(
        plan.children.map((child) => planChild(child)),
        outputOf(plan),
      );
    case "setOperation":
      return operator.setOperation(planChild(plan.left), planChild(plan.right), plan.operation, plan.all);
    case "expand":
      return operator.expand(planChild(plan.child), plan.projections, plan.output);
    case "window":
      return operator.window(planChild(plan.child), plan.windowExpressions, plan, outputOf(plan));
    case "generate": {
      assert(plan.generator.kind === "call", "a generator is a call");
      const parts = { outer: plan.outer, width: plan.generatorOutput.length };
      return operator.generate(planChild(plan.child), plan.generator, parts, outputOf(plan));
    }
    case "deduplicate":
      return placement.firstByKey(planChild(plan.child), plan.keys);
    case "sample":
      return placement.sample(planChild(plan.child), plan);
    case "tail":
      return placement.tail(planChild(plan.child), constantOf(plan.limit));
    case "subqueryAlias":
      return planChild(plan.child);
    case "repartition":
      return repartition(planChild(plan.child), plan);
    case "shared":
      return sharedScan(plan, () => planPhysical(plan.definition.plan));
    case "withCTE":
      return planRecursion(plan, undefined);
    default:
      throw sqlErrors.create("SQL_NOT_SUPPORTED", { what: `The operator ${plan.kind}` });
  }
}

function isOrder(expression: Expression): expression is SortOrder {
  return expression.kind === "sortOrder";
}

/** An order; with a limit its first rows. */
function planSort(plan: Sort, limit: number | undefined, planChild: PlanChild): PhysicalPlan {
  const order = plan.order.filter(isOrder);
  const rows = (child: PlanChild): PhysicalPlan => operator.sort(child(plan.child), order, limit, plan.global || limit !== undefined);
  const compiled = planChild === planPhysical && (plan.global || limit !== undefined) ? planOrder(plan.child, order, limit) : undefined;
  if (compiled === undefined) return rows(planChild);
  return operator.compiledSort(outputOf(plan.child), compiled.pipeline, compiled.order, () => rows(planRowsOnly));
}

/** What a filter stands on; a table is told the conditions, so that it may read less. */
function planFiltered({ condition, child }: Filter, planChild: PlanChild): PhysicalPlan {
  return planChild(child.kind === "table" ? { ...child, filters: [...child.filters, ...conjuncts(condition)] } : child);
}

function planTable(plan: Extract<LogicalPlan, { kind: "table" }>): PhysicalPlan {
  const { table, output, filters } = plan;
  if (isCachedTable(table)) return placement.inMemoryScan(table, output);
  if (!isTable(table)) throw sqlErrors.create("SQL_NOT_SUPPORTED", { what: `Reading ${table.name}` });
  return operator.batchScan(
    table.name,
    table.scan(
      output.map((column) => column.name),
      filters,
    ),
    output,
  );
}

/** Aggregates are computed once each, then the select list over them. */
function planAggregate(plan: Aggregate, planChild: PlanChild): PhysicalPlan {
  const groupings = plan.groupings.map((grouping) => (grouping.kind === "attribute" ? grouping : alias(grouping, sqlText(grouping))));
  const calls = new Map<string, AggregateCall>();
  const columns = new Map<string, Attribute>();
  for (const [index, grouping] of plan.groupings.entries()) {
    const named = groupings[index];
    if (named !== undefined) columns.set(expressionKey(grouping), toAttribute(named));
  }
  const results = plan.aggregates.map((item) =>
    transformDown(item, (node) => {
      if (node.kind === "alias") return node;
      const key = expressionKey(node);
      const known = columns.get(key);
      if (known !== undefined) return known;
      if (node.kind !== "aggregate") return node;
      const column = toAttribute(alias(node, sqlText(node)));
      calls.set(key, node);
      columns.set(key, column);
      return column;
    }),
  );
  const keys = groupings.map((grouping) => (grouping.kind === "alias" ? grouping.child : grouping));
  const output = [...groupings.map(toAttribute), ...[...calls.keys()].flatMap((key) => columns.get(key) ?? [])];
  const unique = [...calls.values()];
  const aggregate = operator.hashAggregate(planChild(plan.child), keys, unique, output);
  return operator.project(aggregate, undefined, results, outputOf(plan));
}

/** Equalities between the sides are keys, everything else is tested for each pair. The smaller side of an inner join is built. */
function planJoin(plan: Join, planChild: PlanChild, mayTurn = true): PhysicalPlan {
  if (plan.joinType === "right") return swapped(plan, "left", planChild);
  const hinted = plan.hint?.right === "broadcast" || plan.hint?.left === "broadcast";
  if (mayTurn && plan.joinType === "inner" && plan.hint?.left === "broadcast" && plan.hint.right !== "broadcast")
    return swapped(plan, "inner", planChild);
  if (mayTurn && !hinted && plan.joinType === "inner" && estimate(plan.left).rows < estimate(plan.right).rows)
    return swapped(plan, "inner", planChild);
  const leftIds = outputIds(plan.left);
  const rightIds = outputIds(plan.right);
  const leftKeys: Expression[] = [];
  const rightKeys: Expression[] = [];
  const rest: Expression[] = [];
  for (const condition of plan.condition === undefined ? [] : conjuncts(plan.condition)) {
    const [a, b] = keyPair(condition);
    if (a !== undefined && b !== undefined && readsOnly(a, leftIds) && readsOnly(b, rightIds)) {
      leftKeys.push(a);
      rightKeys.push(b);
    } else if (a !== undefined && b !== undefined && readsOnly(b, leftIds) && readsOnly(a, rightIds)) {
      leftKeys.push(b);
      rightKeys.push(a);
    } else {
      rest.push(condition);
    }
  }
  const parts: JoinParts = {
    joinType: plan.joinType === "cross" ? "inner" : plan.joinType,
    leftKeys,
    rightKeys,
    nullAware: plan.nullAware === true,
    rightBytesMax: hinted ? Number.NEGATIVE_INFINITY : sizeMax(plan.right),
    ...(rest.length === 0 ? {} : { condition: conjunction(rest) }),
  };
  return hashJoin(planChild(plan.left), planChild(plan.right), parts, outputOf(plan));
}

/** The sides of an equality. Those of `<=>` are put into lists, whose nulls are equal. */
function keyPair(condition: Expression): readonly Expression[] {
  if (condition.kind !== "call") return [];
  if (condition.name === "=") return condition.args;
  if (condition.name !== "<=>") return [];
  const listed = (side: Expression): Expression => call("array", [side], arrayType(typeOf(side)), { nullable: false });
  return condition.args.some(isNullable) ? condition.args.map(listed) : condition.args;
}

/** The join with its sides in each other's place, and its columns in the old order. */
function swapped(plan: Join, joinType: "inner" | "left", planChild: PlanChild): PhysicalPlan {
  const turned: Join = { ...plan, left: plan.right, right: plan.left, joinType };
  return operator.project(planJoin(turned, planChild, false), undefined, outputOf(plan), outputOf(plan));
}

/** A query that is run again over its own rows; `rowMax` are as many as are wanted. */
function planRecursion({ definitions, child }: WithCTE, rowMax: number | undefined): PhysicalPlan {
  const definition = definitions.find((item) => child.kind === "cteRelation" && item.cteId === child.cteId);
  const [anchor, step] = definition?.plan.kind === "union" ? definition.plan.children : [];
  if (definition === undefined || anchor === undefined || step === undefined || child.kind !== "cteRelation") {
    throw sqlErrors.create("SQL_NOT_SUPPORTED", { what: "A common table that is computed once" });
  }
  const next = (rows: readonly SQLRow[]): PhysicalPlan =>
    planPhysical(
      transformPlanDown(step, (node) =>
        node.kind === "cteRelation" && node.cteId === definition.cteId ? { kind: "localRelation", output: node.output, rows } : node,
      ),
    );
  return recursion(planPhysical(anchor), next, { definition, output: child.output, rowMax });
}

/** A recursion under nothing but projections stops when a limit above it has its rows. */
function limitedRecursion(plan: LogicalPlan, rowMax: number): PhysicalPlan | undefined {
  if (plan.kind === "withCTE") return planRecursion(plan, rowMax);
  if (plan.kind !== "project") return undefined;
  const child = limitedRecursion(plan.child, rowMax);
  return child === undefined ? undefined : operator.project(child, undefined, plan.projections, outputOf(plan));
}

function planLimit(plan: Extract<LogicalPlan, { kind: "limit" }>, planChild: PlanChild): PhysicalPlan {
  const count = constantOf(plan.limit);
  const limited = limitedRecursion(plan.child, count);
  if (limited !== undefined) return operator.limit(limited, count, 0);
  if (plan.child.kind === "sort") return planSort(plan.child, count, planChild);
  if (plan.child.kind === "offset") return operator.limit(planChild(plan.child.child), count, constantOf(plan.child.offset));
  if (plan.child.kind === "project" && plan.child.child.kind === "sort") {
    const few = planSort(plan.child.child, count, planChild);
    return operator.project(few, undefined, plan.child.projections, outputOf(plan));
  }
  return operator.limit(planChild(plan.child), count, 0);
}

/** @throws SQL_NOT_SUPPORTED for a limit that is no constant */
function constantOf(expression: Expression): number {
  if (expression.kind === "literal" && expression.value !== null) return Number(expression.value);
  throw sqlErrors.create("SQL_NOT_SUPPORTED", { what: `The limit ${sqlText(expression)}, which is no constant,` });
}
