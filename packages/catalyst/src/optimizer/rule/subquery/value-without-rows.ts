import type { SQLValue } from "@vonk/columnar/internal";
import { exists, literal, transformDown, typeOf, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { compileExpression, findFunction, type SessionValues } from "@vonk/expression/internal";
import { aggregatesOf } from "../../../tree/attributes.ts";

/** The value of a scalar subquery's column when no row reaches its aggregate; null for queries without one. */
export function valueWithoutRows(plan: LogicalPlan, session: SessionValues): SQLValue {
  if (plan.kind === "subqueryAlias" || plan.kind === "distinct") return valueWithoutRows(plan.child, session);
  if (plan.kind !== "aggregate" || plan.groupings.length > 0) {
    return plan.kind === "project" ? projectedWithoutRows(plan, session) : null;
  }
  const [first] = plan.aggregates;
  return first === undefined ? null : valueOfNoRows(first, session);
}

function projectedWithoutRows(plan: Extract<LogicalPlan, { kind: "project" }>, session: SessionValues): SQLValue {
  const { child } = plan;
  const [first] = plan.projections;
  if (first === undefined || child.kind !== "aggregate" || child.groupings.length > 0) return null;
  const values = new Map(child.aggregates.flatMap((item) => (item.kind === "alias" ? [[item.exprId, item.child] as const] : [])));
  return valueOfNoRows(
    transformDown(first, (node) => (node.kind === "attribute" ? (values.get(node.exprId) ?? node) : node)),
    session,
  );
}

/** The value of an expression of aggregates and constants when there are no rows; null for one that needs a row. */
export function valueOfNoRows(expression: Expression, session: SessionValues): SQLValue {
  if (aggregatesOf(expression).length === 0 && exists(expression, needsRow)) return null;
  const constant = transformDown(expression, (node) => {
    if (node.kind !== "aggregate") return node;
    const definition = findFunction(node.name);
    if (definition?.kind !== "aggregate") return literal(null, node.dataType);
    const site = {
      name: node.name,
      args: node.args.map((argument) => ({ dataType: typeOf(argument) })),
      dataType: node.dataType,
      mode: node.mode,
      session,
    };
    const instance = definition.instance(site);
    return literal(instance.finish(instance.create()), node.dataType);
  });
  return compileExpression(constant, session)([]);
}

function needsRow({ kind }: Expression): boolean {
  return kind === "attribute" || kind === "outerReference" || kind === "subquery";
}
