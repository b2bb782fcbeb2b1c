import { quoteIdentifier, sameType, sqlType, type DataType } from "@vonk/columnar/internal";
import { alias, cast, outputOf, type Attribute, type Expression, type LogicalPlan, type ViewSchema } from "@vonk/dataframe/internal";
import { tightestType } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { sqlText } from "../naming/expression-text.ts";
import type { ExpressionScope } from "./expression-scope.ts";

/**
 * What a view gives of its query, whose tables may have changed since it was made.
 * @throws AnalysisError INCOMPATIBLE_VIEW_SCHEMA_CHANGE, CANNOT_UP_CAST_DATATYPE, COLUMN_ALREADY_EXISTS
 */
export function viewColumns(view: ViewSchema, child: LogicalPlan, scope: ExpressionScope): LogicalPlan {
  const output = outputOf(child);
  if (view.mode === "evolution") return refuseRepeated(output, child);
  const fold = (name: string): string => (scope.context.settings.caseSensitive ? name : name.toLowerCase());
  const byName = Map.groupBy(output, (column) => fold(column.name));
  const sameNames = Map.groupBy(view.columns, (column) => fold(column.queryName));
  const projections = view.columns.map((column): Expression => {
    const candidates = byName.get(fold(column.queryName)) ?? [];
    const expected = sameNames.get(fold(column.queryName)) ?? [];
    const found = candidates[expected.indexOf(column)];
    if (found === undefined || candidates.length !== expected.length) {
      throw analysisError("INCOMPATIBLE_VIEW_SCHEMA_CHANGE", {
        viewName: view.name,
        colName: column.queryName,
        expectedNum: expected.length,
        actualCols: `[${candidates.map(({ name }) => name).join(",")}]`,
        suggestion: view.suggestion,
      });
    }
    return alias(inType(found, column.dataType, view), column.name);
  });
  return { kind: "project", projections, child };
}

function inType(column: Attribute, dataType: DataType, { mode }: ViewSchema): Expression {
  if (mode === "type evolution" || sameType(column.dataType, dataType, { ignoreNullability: true })) return column;
  // Texts of any collation hold what any type shows, as Spark has it for views.
  const widens = dataType.kind === "string" || isWider(column.dataType, dataType);
  if (mode === "compensation" || widens) return cast(column, dataType, "ansi");
  throw analysisError("CANNOT_UP_CAST_DATATYPE", {
    expression: sqlText(column).replaceAll("`", ""),
    sourceType: `"${sqlType(column.dataType)}"`,
    targetType: `"${sqlType(dataType)}"`,
    details:
      "The type path of the target object is:\n\nYou can either add an explicit cast to the input data or choose a higher precision type of the field in the target object",
  });
}

function isWider(from: DataType, to: DataType): boolean {
  const common = tightestType(from, to, { ansi: false });
  return common !== undefined && sameType(common, to, { ignoreNullability: true });
}

function refuseRepeated(output: readonly Attribute[], child: LogicalPlan): LogicalPlan {
  const names = output.map(({ name }) => name.toLowerCase());
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated === undefined) return child;
  throw analysisError("COLUMN_ALREADY_EXISTS", { columnName: quoteIdentifier(repeated) });
}
