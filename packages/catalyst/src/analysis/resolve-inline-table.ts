import { quoteIdentifier, voidType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { attribute, exists, typeOf, type Expression, type LogicalPlan, type UnresolvedInlineTable } from "@vonk/dataframe/internal";
import { compileExpression, findFunction, widestType } from "@vonk/expression/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import { castTo } from "./cast-to.ts";
import { expressionScope, type PlanScope } from "./plan-scope.ts";
import { resolveExpression } from "./resolve-expression.ts";

/**
 * VALUES: its cells are computed at once, so that the plan holds rows.
 * @throws AnalysisError INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH, INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE,
 * INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE, INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION
 */
export function resolveInlineTable(plan: UnresolvedInlineTable, scope: PlanScope): LogicalPlan {
  const inner = expressionScope([], scope);
  const width = plan.names.length > 0 ? plan.names.length : (plan.rows[0]?.length ?? 0);
  for (const [rowIndex, row] of plan.rows.entries()) {
    if (row.length === width) continue;
    throw analysisError(
      "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH",
      { expectedNumCols: width, actualNumCols: row.length, rowIndex },
      plan.origin,
    );
  }
  const rows = plan.rows.map((row) => row.map((cell) => constant(cell, resolveExpression(cell, inner))));
  const names = Array.from({ length: width }, (_, index) => plan.names[index] ?? `col${index + 1}`);
  const types = names.map((name, index) => commonType(rows, index, name, plan, scope));
  const evaluate = (cell: Expression, type: DataType): SQLValue => {
    if (cell.kind === "literal" && cell.value === null) return null;
    try {
      return compileExpression(castTo(cell, type, inner), scope.context.session)([]);
    } catch {
      throw analysisError("INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION", { sqlExpr: `"${prettyText(cell)}"` }, cell.origin);
    }
  };
  const values = rows.map((row) => row.map((cell, index) => evaluate(cell, types[index] ?? voidType)));
  const output = names.map((name, index) =>
    attribute(
      name,
      types[index] ?? voidType,
      values.some((row) => row[index] === null),
    ),
  );
  return { kind: "localRelation", output, rows: values };
}

/** @throws AnalysisError INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE for what rows or chance decide */
function constant(written: Expression, resolved: Expression): Expression {
  const bad = exists(resolved, (node) => {
    const definition = node.kind === "call" ? findFunction(node.name) : undefined;
    if (definition?.kind === "generator" || (definition?.kind === "scalar" && definition.deterministic === false)) return true;
    return ["aggregate", "window", "subquery", "outerReference", "attribute"].includes(node.kind);
  });
  if (!bad) return resolved;
  const expr = `"${prettyText(resolved)}"`;
  throw analysisError("INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE", { expr }, written.origin);
}

function commonType(
  rows: readonly (readonly Expression[])[],
  index: number,
  name: string,
  plan: UnresolvedInlineTable,
  scope: PlanScope,
): DataType {
  const types = new Map<string, DataType>();
  for (const row of rows) {
    const cell = row[index];
    const type = cell === undefined ? voidType : typeOf(cell);
    types.set(JSON.stringify(type), type);
  }
  const common = widestType([...types.values()], scope.context.settings);
  if (common !== undefined) return common;
  throw analysisError("INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE", { colName: quoteIdentifier(name) }, plan.origin);
}
