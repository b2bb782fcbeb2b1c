import type { DataType } from "@vonk/columnar/internal";
import { outputOf, type LogicalPlan } from "@vonk/dataframe/internal";

/** About how many bytes the rows of a plan take at most, by what is sure of them; Infinity when nothing is. @see Spark's SizeInBytesOnlyStatsPlanVisitor */
export function sizeMax(plan: LogicalPlan): number {
  const rows = rowsMax(plan);
  return rows === 0 ? 0 : rows * outputOf(plan).reduce((sum, column) => sum + bytesOf(column.dataType), 8);
}

function rowsMax(plan: LogicalPlan): number {
  switch (plan.kind) {
    case "oneRow":
      return 1;
    case "localRelation":
      return plan.rows.length;
    case "range":
      return Math.max(0, Math.ceil(Number(plan.end - plan.start) / Number(plan.step)));
    case "table":
      return plan.table.statistics.rowCount ?? Infinity;
    case "aggregate":
      return plan.groupings.length === 0 ? 1 : rowsMax(plan.child);
    case "limit":
      return Math.min(rowsMax(plan.child), plan.limit.kind === "literal" ? Number(plan.limit.value) : Infinity);
    case "union":
      return plan.children.reduce((sum, child) => sum + rowsMax(child), 0);
    case "join":
      return plan.joinType === "semi" || plan.joinType === "anti" || plan.joinType === "existence" ? rowsMax(plan.left) : Infinity;
    case "setOperation":
      return rowsMax(plan.left);
    case "expand":
      return rowsMax(plan.child) * plan.projections.length;
    case "project":
    case "filter":
    case "distinct":
    case "sort":
    case "window":
    case "offset":
    case "subqueryAlias":
    case "repartition":
    case "deduplicate":
      return rowsMax(plan.child);
    default:
      return Infinity;
  }
}

/** Spark's default sizes. */
function bytesOf(type: DataType): number {
  switch (type.kind) {
    case "string":
    case "varchar":
    case "char":
    case "binary":
      return 20;
    case "array":
    case "map":
    case "struct":
    case "variant":
      return 100;
    default:
      return 8;
  }
}
