import { estimate } from "@vonk/catalyst/internal";
import { outputOf, type ColumnStatistics, type LogicalPlan, type TableStatistics } from "@vonk/dataframe/internal";

/** Bytes of a value of unknown size. */
const valueBytes = 16;

/** What is known of a plan's rows, for those who read them as a table: how many are expected, and bounds of columns that come from tables as they are. */
export function planStatistics(plan: LogicalPlan): TableStatistics {
  const output = outputOf(plan);
  const rows = Math.ceil(estimate(plan).rows);
  const columns = output.flatMap((column): [string, ColumnStatistics][] => {
    const known = boundsOf(plan, column.exprId);
    return known === undefined ? [] : [[column.name, known]];
  });
  return { rowCount: rows, sizeBytes: rows * output.length * valueBytes, columns: Object.fromEntries(columns) };
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
