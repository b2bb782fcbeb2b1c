import { sameType, sqlType } from "@vonk/columnar/internal";
import {
  alias,
  attribute,
  mapPlanChildren,
  newExprId,
  outputOf,
  planChildren,
  planExists,
  type Attribute,
  type CTERelation,
  type LogicalPlan,
  type UnresolvedWith,
  type WithCTE,
} from "@vonk/dataframe/internal";
import { implicitlyCasts } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import type { CommonTableInScope, PlanScope } from "./plan-scope.ts";
import { castTo } from "./cast-to.ts";

/** The scope of a query with its common tables: each sees those before it, and with RECURSIVE itself. */
export function withTables({ tables, recursive, origin }: UnresolvedWith, scope: PlanScope): PlanScope {
  let current = scope;
  for (const written of tables) {
    const table = origin === undefined ? written : { ...written, origin };
    const before = current;
    current = { ...before, tables: new Map([...before.tables, [table.name.toLowerCase(), { table, scope: before, recursive }]]) };
  }
  return current;
}

/**
 * A table of WITH RECURSIVE: when its second part refers to it, a plan that is run again over its own last rows until there are none.
 * @throws AnalysisError INVALID_RECURSIVE_CTE, UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE, INVALID_RECURSIVE_REFERENCE.PLACE
 */
export function resolveRecursion({ table, scope }: CommonTableInScope): LogicalPlan {
  const { name, columnNames, origin, levelMax } = table;
  const named = (child: LogicalPlan): LogicalPlan => ({ kind: "subqueryAlias", alias: [name], columnNames, child });
  const { plan, inner } = withoutTables(table.plan, scope);
  const uses = { count: 0 };
  const refuse = (): LogicalPlan => {
    uses.count++;
    throw analysisError("INVALID_RECURSIVE_CTE", {}, undefined);
  };
  const key = name.toLowerCase();
  const shadowed = inner !== scope && inner.tables.get(key) !== scope.tables.get(key);
  const union = plan.kind === "distinct" && plan.child.kind === "union" ? plan.child : plan;
  const [first, second] = union.kind === "union" ? union.children : [];
  const entry = (self: () => LogicalPlan): CommonTableInScope => ({ table, scope, recursive: true, self });
  const checked = shadowed || inner === scope ? inner : refusedInside(inner, scope, key, entry(refuse));
  const within = (self: () => LogicalPlan): PlanScope => (shadowed ? inner : withSelf(checked, key, entry(self)));
  if (first === undefined || second === undefined) return named(scope.resolve(plan, within(refuse)));
  const anchor = scope.resolve(first, within(refuse));
  const columns = outputOf(anchor).map((column, index) => attribute(columnNames[index] ?? column.name, column.dataType, true));
  const cteId = newExprId();
  const step = scope.resolve(
    second,
    within(() => {
      uses.count++;
      const child: CTERelation = { kind: "cteRelation", cteId, name, output: columns.map(renewed), recursive: true };
      return { kind: "subqueryAlias", alias: [name], columnNames: [], child };
    }),
  );
  if (uses.count === 0) return named(scope.resolve(plan, inner));
  if (plan.kind === "distinct") throw analysisError("UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE", {}, origin);
  checkPlaces(step, false);
  const aligned = inTypesOf(step, columns, scope);
  const definition = { cteId, name, plan: { ...union, children: [anchor, aligned] } as LogicalPlan, recursive: true };
  const output = columns.map(renewed);
  return named({
    kind: "withCTE",
    definitions: [{ ...definition, ...(levelMax === undefined ? {} : { levelMax }) }],
    child: { kind: "cteRelation", cteId, name, output, recursive: false },
  });
}

function renewed(column: Attribute): Attribute {
  return { ...column, exprId: newExprId() };
}

/** The query inside WITH …, and its scope. */
function withoutTables(plan: LogicalPlan, scope: PlanScope): { readonly plan: LogicalPlan; readonly inner: PlanScope } {
  return plan.kind === "unresolvedWith" ? withoutTables(plan.child, withTables(plan, scope)) : { plan, inner: scope };
}

/** The scope with a common table put first. */
function withSelf(scope: PlanScope, key: string, self: CommonTableInScope): PlanScope {
  return { ...scope, tables: new Map([...scope.tables, [key, self]]) };
}

/** The tables of a WITH around the union must not refer to the recursion. */
function refusedInside(inner: PlanScope, outer: PlanScope, key: string, refused: CommonTableInScope): PlanScope {
  const tables = [...inner.tables].map(([name, entry]): [string, CommonTableInScope] =>
    outer.tables.get(name) === entry ? [name, entry] : [name, { ...entry, scope: withSelf(entry.scope, key, refused) }],
  );
  return { ...inner, tables: new Map(tables) };
}

/** The step's rows in the types of the anchor. @throws AnalysisError CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE */
function inTypesOf(step: LogicalPlan, columns: readonly Attribute[], scope: PlanScope): LogicalPlan {
  const output = outputOf(step);
  if (output.length !== columns.length) {
    throw analysisError("NUM_COLUMNS_MISMATCH", {
      operator: "UNION",
      firstNumColumns: columns.length,
      invalidOrdinalNum: "second",
      invalidNumColumns: output.length,
    });
  }
  const projections = output.map((column, index) => {
    const wanted = columns[index]?.dataType ?? column.dataType;
    if (!sameType(column.dataType, wanted, { ignoreNullability: true }) && !implicitlyCasts(column.dataType, wanted, { ansi: true })) {
      throw analysisError("CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE", {
        left: `"${sqlType(wanted)}"`,
        right: `"${sqlType(column.dataType)}"`,
      });
    }
    return alias(castTo(column, wanted, { context: scope.context }), column.name);
  });
  return { kind: "project", projections, child: step };
}

/** Which sides of a join may refer to the recursion: those of which a row makes rows only. */
function allowed(plan: Extract<LogicalPlan, { kind: "join" }>): readonly [boolean, boolean] {
  switch (plan.joinType) {
    case "inner":
    case "cross":
      return [true, true];
    case "right":
      return [false, true];
    case "full":
      return [false, false];
    default:
      return [true, false];
  }
}

function checkPlaces(plan: LogicalPlan, refused: boolean): void {
  if (plan.kind === "cteRelation" && plan.recursive && refused) throw analysisError("INVALID_RECURSIVE_REFERENCE.PLACE", {});
  if (plan.kind === "join") {
    const [left, right] = allowed(plan);
    checkPlaces(plan.left, refused || !left);
    checkPlaces(plan.right, refused || !right);
    return;
  }
  const blocks = ["aggregate", "window", "sort", "distinct"].includes(plan.kind);
  for (const child of planChildren(plan)) checkPlaces(child, refused || blocks);
}

/** LIMIT ALL over a recursion: all of its rows, however many. */
export function withoutRowLimit(plan: LogicalPlan): LogicalPlan {
  if (!planExists(plan, (node) => node.kind === "withCTE")) return plan;
  if (plan.kind === "withCTE") return unlimited(plan);
  const passes = plan.kind === "project" || plan.kind === "filter" || plan.kind === "subqueryAlias";
  return passes ? mapPlanChildren(plan, withoutRowLimit) : plan;
}

function unlimited(plan: WithCTE): WithCTE {
  return { ...plan, definitions: plan.definitions.map((definition) => ({ ...definition, allRows: true })) };
}
