import type { SQLRow } from "@vonk/columnar/internal";
import { exists, outputOf, type Expression, type LogicalPlan } from "@vonk/dataframe/internal";
import { findFunction, type SessionValues } from "@vonk/expression/internal";
import { projectRows } from "../task/row-tasks.ts";
import { bind, bindAll } from "./bind.ts";

/** More rows than this are worth a job. */
const localRowsMax = 1000;

/**
 * The rows of a plan over nothing but a few rows that it holds, computed here: `SELECT 1 + 1` needs no thread. Undefined when it needs a job: for tables,
 * for functions that differ from call to call, and for those of the program, which are written to run in tasks.
 * @see Spark's ConvertToLocalRelation
 */
export function localRows(plan: LogicalPlan, session: SessionValues): readonly SQLRow[] | undefined {
  switch (plan.kind) {
    case "oneRow":
      return [[]];
    case "localRelation":
      return plan.rows.length <= localRowsMax ? plan.rows : undefined;
    case "subqueryAlias":
      return localRows(plan.child, session);
    case "limit": {
      if (plan.limit.kind !== "literal" || plan.limit.value === null) return undefined;
      return localRows(plan.child, session)?.slice(0, Number(plan.limit.value));
    }
    case "project":
    case "filter": {
      const expressions = plan.kind === "project" ? plan.projections : [plan.condition];
      const rows = expressions.some(needsTask) ? undefined : localRows(plan.child, session);
      if (rows === undefined) return undefined;
      const input = outputOf(plan.child);
      const step = plan.kind === "project" ? { projections: bindAll(expressions, input) } : { condition: bind(plan.condition, input) };
      return [...projectRows({ ...step, session })(0, rows)];
    }
    default:
      return undefined;
  }
}

function needsTask(expression: Expression): boolean {
  return exists(expression, (node) => {
    if (node.kind === "userFunction" || node.kind === "subquery" || node.kind === "outerReference") return true;
    if (node.kind !== "call") return false;
    const definition = findFunction(node.name);
    return definition?.kind !== "scalar" || definition.deterministic === false;
  });
}
