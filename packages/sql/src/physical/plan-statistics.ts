import { estimate } from "@vonk/catalyst/internal";
import { outputOf, type ColumnStatistics, type LogicalPlan, type TableStatistics } from "@vonk/dataframe/internal";

/** Bytes of a row of which only its number is guessed: what others take a row for when they have no number. */
const rowBytes = 100;

/**
 * What is known of a plan's rows, for those who read them as a table: how many there are where that is sure, else a size by what is expected, and bounds of
 * columns that come from tables as they are.
 */
export function planStatistics(plan: LogicalPlan): TableStatistics {
  const output = outputOf(plan);
  const rows = Math.ceil(estimate(plan).rows);
  const columns = output.flatMap((column): [string, ColumnStatistics][] => {
    const known = boundsOf(plan, column.exprId);
    return known === undefined ? [] : [[column.name, known]];
  });
  return { sizeBytes: rows * rowBytes, columns: Object.fromEntries(columns), ...(isSure(plan) ? { rowCount: rows } : {}) };
}

/** Whether a plan has all rows of something whose rows are counted. */
function isSure(plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case "table":
      return plan.table.statistics.rowCount !== undefined && plan.filters.length === 0;
    case "localRelation":
    case "range":
    case "oneRow":
      return true;
    case "project":
    case "sort":
    case "subqueryAlias":
      return isSure(plan.child);
    default:
      return false;
  }
}

function boundsOf(plan: LogicalPlan, exprId: number): ColumnStatistics | undefined {
  switch (plan.kind) {
    case "table": {
      const column = plan.output.find((each) => each.exprId === exprId);
      return column === undefined ? undefined : plan.table.statistics.columns[column.name];
    }
    case "project": {
      const item = plan.projections.find((each) => (each.kind === "alias" || each.kind === "attribute") && each.exprId === exprId);
      if (item?.kind === "attribute") return boundsOf(plan.child, exprId);
      return item?.kind === "alias" && item.child.kind === "attribute" ? boundsOf(plan.child, item.child.exprId) : undefined;
    }
    case "filter":
    case "sort":
    case "limit":
    case "subqueryAlias":
      return boundsOf(plan.child, exprId);
    default:
      return undefined;
  }
}
