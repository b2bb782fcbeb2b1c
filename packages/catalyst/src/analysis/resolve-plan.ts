import { quoteIdentifier, sqlType, voidType } from "@vonk/columnar/internal";
import {
  alias,
  expandOperation,
  literal,
  mapOperation,
  mapPlanChildren,
  newExprId,
  unresolvedAttribute,
  outputOf,
  type Aggregate,
  type Attribute,
  type Expression,
  type Filter,
  type Join,
  type LogicalPlan,
  type Project,
  type SetOperation,
  type Union,
  type UnresolvedHint,
  type UnresolvedOperation,
  type UnresolvedRelation,
} from "@vonk/dataframe/internal";
import { widestType } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { ownAggregates } from "../tree/attributes.ts";
import { prettyText, sqlText } from "../naming/expression-text.ts";
import { expressionScope, resolveCondition, type PlanScope } from "./plan-scope.ts";
import { castTo } from "./cast-to.ts";
import { resolveCommonTable } from "./common-table.ts";
import { resolveExpression } from "./resolve-expression.ts";
import { callsAggregate } from "./select-item.ts";
import { resolveAggregate, resolveProject } from "./resolve-select.ts";
import { resolvePipedAggregate, resolvePipedProject } from "./resolve-pipe.ts";
import { hasTimeWindow, withGroupedWindow, withProjectedWindow } from "./time-window.ts";
import { viewColumns } from "./resolve-view.ts";
import { resolveHaving, resolveSort } from "./resolve-over-output.ts";
import { applyHint } from "./resolve-hint.ts";
import { resolveRecursion, withoutRowLimit, withTables } from "./resolve-recursion.ts";
import { hidden, withoutHidden } from "./hidden-column.ts";
import { resolveInlineTable } from "./resolve-inline-table.ts";
import { resolvePivot, resolveUnpivot } from "./resolve-pivot.ts";
import { lateralGenerator, resolveLateralView, resolveTableFunction } from "./resolve-generator.ts";
import { withWindowDefinitions } from "./window-definition.ts";
import { rememberOutput } from "./frame-plans.ts";
import { Scope } from "./scope.ts";
import { searchPath } from "./search-path.ts";

/** A resolved plan. @throws AnalysisError the condition that Spark raises, with its place in the query */
export function resolvePlan(plan: LogicalPlan, scope: PlanScope): LogicalPlan {
  if (scope.frames.resolved.has(plan)) return plan;
  const resolved = resolveNode(plan, scope);
  if (plan.planId !== undefined) rememberOutput(scope.frames, plan.planId, resolved);
  return resolved;
}

function resolveNode(plan: LogicalPlan, scope: PlanScope): LogicalPlan {
  switch (plan.kind) {
    case "unresolvedRelation":
      return resolveRelation(plan, scope);
    case "unresolvedWith":
      return resolvePlan(plan.child, withTables(plan, scope));
    case "unresolvedInlineTable":
      return resolveInlineTable(plan, scope);
    case "unresolvedHint":
      return resolveHint(plan, scope);
    case "project":
      if (hasTimeWindow(plan.projections)) return resolvePlan(withProjectedWindow(plan), scope);
      if (plan.pipe !== undefined) return resolvePipedProject(plan, scope);
      return plan.projections.some((item) => callsAggregate(item, scope.context))
        ? resolveAggregate(withoutGroups(plan), scope)
        : resolveProject(plan, scope);
    case "aggregate":
      if (hasTimeWindow([...plan.groupings, ...plan.aggregates])) return resolvePlan(withGroupedWindow(plan), scope);
      return plan.piped === true ? resolvePipedAggregate(plan, scope) : resolveAggregate(plan, scope);
    case "unresolvedHaving":
      return resolveHaving(plan, scope);
    case "sort":
      return resolveSort(plan, scope);
    case "filter":
      return resolveFilter(plan, scope);
    case "join":
      return resolveJoin(plan, scope);
    case "union":
      return resolveUnion(plan, scope);
    case "setOperation":
      return resolveSetOperation(plan, scope);
    case "limit":
    case "tail":
      return { ...plan, child: resolvePlan(plan.child, scope), limit: resolveExpression(plan.limit, expressionScope([], scope)) };
    case "offset":
      return { ...plan, child: resolvePlan(plan.child, scope), offset: resolveExpression(plan.offset, expressionScope([], scope)) };
    case "subqueryAlias":
      return resolveAlias(plan, scope);
    case "windowDefinitions":
      return resolvePlan(withWindowDefinitions(plan), scope);
    case "lateralView":
      return resolveLateralView(plan, scope);
    case "unresolvedTableFunction":
      return resolveTableFunction(plan, scope);
    case "repartition":
    case "deduplicate": {
      const child = resolvePlan(plan.child, scope);
      const inner = expressionScope([child], scope);
      return plan.kind === "repartition"
        ? { ...plan, child, expressions: plan.expressions.map((expression) => resolveExpression(expression, inner)) }
        : { ...plan, child, keys: plan.keys.map((expression) => resolveExpression(expression, inner)) };
    }
    case "unresolvedOperation":
      return resolveOperation(plan, scope);
    case "localRelation":
    case "range":
    case "table":
      return withNewIds(plan);
    case "unresolvedPivot":
      return resolvePivot(plan, scope);
    case "unresolvedUnpivot":
      return resolveUnpivot(plan, scope);
    default:
      return mapPlanChildren(plan, (child) => resolvePlan(child, scope));
  }
}

/** A select list with aggregates and no GROUP BY is one group. */
function withoutGroups({ projections, child, origin }: Project): Aggregate {
  return { kind: "aggregate", groupings: [], aggregates: projections, child, ...(origin === undefined ? {} : { origin }) };
}

function resolveOperation({ child: input, operation }: UnresolvedOperation, scope: PlanScope): LogicalPlan {
  const child = resolvePlan(input, scope);
  scope.frames.resolved.add(child);
  const inner = expressionScope([child], scope);
  if (operation.kind === "view") return viewColumns(operation.view, child, inner);
  if (operation.kind === "withColumns" && operation.existing !== undefined) {
    for (const { name } of operation.columns) resolveExpression(unresolvedAttribute([name], operation.existing), inner);
  }
  const known = operation.kind === "drop" ? mapOperation(operation, (column) => resolveExpression(column, inner)) : operation;
  return resolvePlan(expandOperation(known, child, outputOf(child)), scope);
}

function resolveHint(plan: UnresolvedHint, scope: PlanScope): LogicalPlan {
  const child = resolvePlan(plan.child, scope);
  return plan.name === "LIMIT ALL" ? withoutRowLimit(child) : applyHint(plan, child, scope);
}

function fold(name: string): string {
  return name.toLowerCase();
}

function resolveFilter(plan: Filter, scope: PlanScope): LogicalPlan {
  const child = resolvePlan(plan.child, scope);
  const condition = resolveCondition(plan.condition, expressionScope([child], scope));
  refuseInWhere(condition, plan);
  return { ...plan, child, condition };
}

/** @throws AnalysisError INVALID_WHERE_CONDITION */
function refuseInWhere(condition: Expression, { origin }: LogicalPlan): void {
  const bad = ownAggregates(condition);
  if (bad.length === 0) return;
  const expressionList = bad.map(sqlText).join(", ");
  throw analysisError("INVALID_WHERE_CONDITION", { condition: `"${prettyText(condition)}"`, expressionList }, origin);
}

/** A name in FROM: common tables come before views and tables. @throws AnalysisError TABLE_OR_VIEW_NOT_FOUND */
function resolveRelation(plan: UnresolvedRelation, scope: PlanScope): LogicalPlan {
  const [name = ""] = plan.nameParts;
  const common = plan.nameParts.length === 1 ? scope.tables.get(fold(name)) : undefined;
  if (common?.self !== undefined) return common.self();
  if (common?.recursive === true) return resolveRecursion(common);
  if (common !== undefined) return resolveCommonTable(common, scope);
  const found = scope.context.relation(plan);
  if (found === undefined) {
    throw analysisError(
      "TABLE_OR_VIEW_NOT_FOUND",
      { relationName: plan.nameParts.map(quoteIdentifier).join("."), searchPath: searchPath(scope.context.session) },
      plan.origin,
    );
  }
  // What a view's text names is looked up where the view stands, not among the query's common tables.
  return withNewIds(resolvePlan(found, { ...scope, tables: new Map(), outer: [] }));
}

/** Two references to one table are different columns. */
function withNewIds(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === "table" || plan.kind === "localRelation") {
    return { ...plan, output: plan.output.map((column) => ({ ...column, exprId: newExprId() })) };
  }
  if (plan.kind === "range") return { ...plan, output: [{ ...plan.output[0], exprId: newExprId() }] };
  if (plan.kind === "subqueryAlias") return { ...plan, child: withNewIds(plan.child) };
  return plan;
}

function resolveAlias(plan: Extract<LogicalPlan, { kind: "subqueryAlias" }>, scope: PlanScope): LogicalPlan {
  const child = withoutHidden(resolvePlan(plan.child, scope));
  const columns = outputOf(child).length;
  if (plan.columnNames.length > 0 && plan.columnNames.length !== columns) {
    throw analysisError(
      "NUM_COLUMNS_MISMATCH",
      { operator: "AS", firstNumColumns: plan.columnNames.length, invalidOrdinalNum: "first", invalidNumColumns: columns },
      plan.origin,
    );
  }
  return { ...plan, child };
}

function resolveJoin(plan: Join, scope: PlanScope): LogicalPlan {
  const left = resolvePlan(plan.left, scope);
  const generate = plan.lateral && plan.using === undefined && plan.joinType !== "full" ? lateralGenerator(plan, left, scope) : undefined;
  if (generate !== undefined && plan.condition === undefined) return generate;
  const outer = plan.lateral ? [expressionScope([left], scope), ...scope.outer] : scope.outer;
  const right = resolvePlan(plan.right, { ...scope, outer });
  const { using, condition, ...rest } = plan;
  if (using !== undefined) return resolveUsing({ ...rest, left, right }, using, scope);
  const joined: Join = { ...rest, left, right };
  if (condition === undefined) return joined;
  const both = expressionScope([{ ...joined, joinType: "inner" }], scope);
  return { ...joined, condition: resolveCondition(condition, both) };
}

/** Join by equally named columns, which come first and once. */
function resolveUsing(join: Join, using: readonly string[] | "natural", scope: PlanScope): LogicalPlan {
  const left = new Scope(outputOf(join.left), scope.context.settings.caseSensitive);
  const right = new Scope(outputOf(join.right), scope.context.settings.caseSensitive);
  const names =
    using === "natural"
      ? left.attributes.map((column) => column.name).filter((name) => right.find([name], undefined) !== undefined)
      : using;
  const pairs = names.map((name) => {
    const a = left.find([name], join.origin)?.attribute;
    const b = right.find([name], join.origin)?.attribute;
    if (a === undefined || b === undefined) {
      const side = a === undefined ? left : right;
      throw analysisError(
        "UNRESOLVED_COLUMN.WITH_SUGGESTION",
        { objectName: quoteIdentifier(name), proposal: side.suggestions([name]).join(", ") },
        join.origin,
      );
    }
    return { a, b };
  });
  const inner = expressionScope([{ ...join, joinType: "inner" }], scope);
  const conditions = pairs.map(({ a, b }) =>
    resolveExpression({ kind: "unresolvedFunction", nameParts: ["="], args: [a, b], distinct: false, orderWithinGroup: [] }, inner),
  );
  const condition = conditions.reduce<Expression | undefined>(
    (all, next) =>
      all === undefined
        ? next
        : resolveExpression(
            { kind: "unresolvedFunction", nameParts: ["and"], args: [all, next], distinct: false, orderWithinGroup: [] },
            inner,
          ),
    undefined,
  );
  const joined: LogicalPlan = condition === undefined ? join : { ...join, condition };
  if (join.joinType === "semi" || join.joinType === "anti") return joined;
  const output = outputOf(joined);
  const find = (column: Attribute): Attribute => output.find(({ exprId }) => exprId === column.exprId) ?? column;
  const keys = pairs.map(({ a, b }): Expression => {
    if (join.joinType === "right") return find(b);
    if (join.joinType !== "full") return find(a);
    const either = resolveExpression(
      { kind: "unresolvedFunction", nameParts: ["coalesce"], args: [find(a), find(b)], distinct: false, orderWithinGroup: [] },
      inner,
    );
    return alias(either, a.name);
  });
  const used = new Set(pairs.flatMap(({ a, b }) => [a.exprId, b.exprId]));
  const taken = new Set(keys.flatMap((key) => (key.kind === "attribute" ? [key.exprId] : [])));
  const others = output.flatMap((column): Expression[] => {
    if (taken.has(column.exprId)) return [];
    return [used.has(column.exprId) ? hidden(column) : column];
  });
  return { kind: "project", projections: [...keys, ...others], child: joined };
}

const ordinals = ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];

/** Brings the inputs of UNION, INTERSECT and EXCEPT to the same types. @throws AnalysisError NUM_COLUMNS_MISMATCH, INCOMPATIBLE_COLUMN_TYPE */
function alignInputs(inputs: readonly LogicalPlan[], operator: string, plan: LogicalPlan, scope: PlanScope): LogicalPlan[] {
  const outputs = inputs.map(outputOf);
  const [first = []] = outputs;
  for (const [index, output] of outputs.entries()) {
    if (output.length === first.length) continue;
    throw analysisError(
      "NUM_COLUMNS_MISMATCH",
      { operator, firstNumColumns: first.length, invalidOrdinalNum: ordinals[index] ?? `${index + 1}th`, invalidNumColumns: output.length },
      plan.origin,
    );
  }
  const types = first.map((column, at) => {
    const common = widestType(
      outputs.map((output) => output[at]?.dataType ?? voidType),
      scope.context.settings,
    );
    if (common !== undefined) return common;
    const bad = outputs.findIndex(
      (output) => widestType([column.dataType, output[at]?.dataType ?? voidType], scope.context.settings) === undefined,
    );
    throw analysisError(
      "INCOMPATIBLE_COLUMN_TYPE",
      {
        operator,
        columnOrdinalNumber: ordinals[at] ?? `${at + 1}th`,
        tableOrdinalNumber: ordinals[bad] ?? `${bad + 1}th`,
        dataType1: `"${sqlType(outputs[bad]?.[at]?.dataType ?? voidType)}"`,
        dataType2: `"${sqlType(column.dataType)}"`,
        hint: "",
      },
      plan.origin,
    );
  });
  return inputs.map((input, index) => {
    const output = outputs[index] ?? [];
    const aligned = output.map((column, at) => {
      const converted = castTo(column, types[at] ?? column.dataType, { context: scope.context });
      return converted === column ? column : alias(converted, column.name);
    });
    return aligned.every((column, at) => column === output[at]) ? input : { kind: "project", projections: aligned, child: input };
  });
}

function resolveUnion(plan: Union, scope: PlanScope): LogicalPlan {
  const resolved = plan.children.map((child) => withoutHidden(resolvePlan(child, scope)));
  const children = plan.byName ? byName(resolved, plan, scope) : resolved;
  const aligned = alignInputs(children, "UNION", plan, scope);
  // The result's columns are its own: the first input may stand elsewhere in the query too.
  const union: Union = { ...plan, children: aligned };
  return {
    kind: "project",
    projections: outputOf(union).map((column) => alias(column, column.name)),
    child: union,
  };
}

/** The inputs with their columns in one order, by name; columns that one lacks are null when that is allowed. */
function byName(inputs: readonly LogicalPlan[], plan: Union, scope: PlanScope): LogicalPlan[] {
  const outputs = inputs.map((input) => new Scope(outputOf(input), scope.context.settings.caseSensitive));
  const names: string[] = [];
  for (const { attributes } of outputs) {
    for (const { name } of attributes) if (!names.some((known) => fold(known) === fold(name))) names.push(name);
  }
  return inputs.map((input, index) => {
    const output = outputs[index] ?? new Scope([], false);
    const projections = names.map((name): Expression => {
      const column = output.find([name], plan.origin)?.attribute;
      if (column !== undefined) return column;
      if (plan.allowMissingColumns) return alias(literal(null, voidType), name);
      throw analysisError(
        "UNRESOLVED_COLUMN.WITH_SUGGESTION",
        { objectName: quoteIdentifier(name), proposal: output.suggestions([name]).join(", ") },
        plan.origin,
      );
    });
    return { kind: "project", projections, child: input };
  });
}

function resolveSetOperation(plan: SetOperation, scope: PlanScope): LogicalPlan {
  const name = plan.operation.toUpperCase() + (plan.all ? " ALL" : "");
  const [left, right] = alignInputs(
    [withoutHidden(resolvePlan(plan.left, scope)), withoutHidden(resolvePlan(plan.right, scope))],
    name,
    plan,
    scope,
  );
  return left === undefined || right === undefined ? plan : { ...plan, left, right };
}
