import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

/** Spark's conditions of parsing and analysis; parameter names are Spark's. */
const entries = {
  AMBIGUOUS_REFERENCE: {
    message: "The reference {name} is ambiguous, it could be {referenceNames}. Qualify it.",
    fault: "user",
    sqlState: "42704",
    exception: "AnalysisException",
  },
  CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE: {
    message: "The types {left} and {right} cannot be merged.",
    fault: "user",
    sqlState: "42825",
    exception: "SparkException",
  },
  "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN": {
    message: "Cannot resolve {sqlExpr}: the condition {filter} has the type {type}, expected BOOLEAN.",
    fault: "user",
    sqlState: "42K09",
  },
  GROUPING_COLUMN_MISMATCH: {
    message: "The column of grouping, {grouping}, is not among the grouping columns {groupingColumns}.",
    fault: "user",
    sqlState: "42803",
    exception: "AnalysisException",
  },
  GROUPING_ID_COLUMN_MISMATCH: {
    message: "The columns of grouping_id, {groupingIdColumn}, are not the grouping columns {groupByColumns}.",
    fault: "user",
    sqlState: "42803",
    exception: "AnalysisException",
  },
  GROUP_BY_AGGREGATE: {
    message: "GROUP BY must not contain aggregate functions, found {sqlExpr}.",
    fault: "user",
    sqlState: "42903",
  },
  GROUP_BY_POS_OUT_OF_RANGE: {
    message: "GROUP BY position {index} is not in the select list, valid are 1 to {size}.",
    fault: "user",
    sqlState: "42805",
    exception: "AnalysisException",
  },
  INCOMPATIBLE_COLUMN_TYPE: {
    message:
      "{operator} needs columns of compatible types: the {columnOrdinalNumber} column of the {tableOrdinalNumber} table has the type {dataType1}, which does not go with {dataType2} of the first table.{hint}",
    fault: "user",
    sqlState: "42825",
  },
  "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS": {
    message: "Cannot write to {tableName}: too few data columns. The table has {tableColumns}, the data has {dataColumns}.",
    fault: "user",
    sqlState: "21S01",
    exception: "AnalysisException",
  },
  "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS": {
    message: "Cannot write to {tableName}: too many data columns. The table has {tableColumns}, the data has {dataColumns}.",
    fault: "user",
    sqlState: "21S01",
    exception: "AnalysisException",
  },
  "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH": {
    message: "A lambda with {expectedNumArgs} parameters stands where the function gives it {actualNumArgs}.",
    fault: "user",
    sqlState: "42K0D",
  },
  INVALID_RECURSIVE_CTE: {
    message: "A recursive common table must be a UNION ALL of a part that does not refer to it and one that does.",
    fault: "user",
    sqlState: "42836",
    exception: "AnalysisException",
  },
  "INVALID_RECURSIVE_REFERENCE.PLACE": {
    message:
      "A recursive reference must not stand under an aggregate, a window, a sort, DISTINCT, or on the side of a join that rows without a match are kept of.",
    fault: "user",
    sqlState: "42836",
  },
  INVALID_SUBQUERY_EXPRESSION_SIZE: {
    message: "A subquery used as a value must return one column, it returns {number}.",
    fault: "user",
    sqlState: "42823",
  },
  MISSING_AGGREGATION: {
    message:
      "The expression {expression} is neither grouped by nor inside an aggregate function. Add it to GROUP BY, or use {expressionAnyValue} if any value will do.",
    fault: "user",
    sqlState: "42803",
  },
  MISSING_WINDOW_SPECIFICATION: {
    message: "There is no window {windowName} in the WINDOW clause. Define it there.",
    fault: "user",
    sqlState: "42P20",
  },
  NESTED_AGGREGATE_FUNCTION: {
    message: "An aggregate function must not stand in the argument of another one. Compute the inner one in a subquery.",
    fault: "user",
    sqlState: "42607",
  },
  NON_LITERAL_PIVOT_VALUES: {
    message: "The values of PIVOT must be constants, not {expression}.",
    fault: "user",
    sqlState: "42K08",
    exception: "AnalysisException",
  },
  NUM_COLUMNS_MISMATCH: {
    message:
      "{operator} needs inputs with the same number of columns, the first has {firstNumColumns} and the {invalidOrdinalNum} has {invalidNumColumns}.",
    fault: "user",
    sqlState: "42826",
  },
  ORDER_BY_POS_OUT_OF_RANGE: {
    message: "ORDER BY position {index} is not in the select list, valid are 1 to {size}.",
    fault: "user",
    sqlState: "42805",
    exception: "AnalysisException",
  },
  PARSE_SYNTAX_ERROR: {
    message: "Syntax error at or near {error}{hint}.",
    fault: "user",
    sqlState: "42601",
    exception: "ParseException",
  },
  PIVOT_VALUE_DATA_TYPE_MISMATCH: {
    message: "The value {value} of PIVOT has the type {valueType}, its columns have {pivotType}.",
    fault: "user",
    sqlState: "42K09",
    exception: "AnalysisException",
  },
  TABLE_OR_VIEW_ALREADY_EXISTS: {
    message: "There is a table or view {relationName} already. Choose another name, drop it, or add OR REPLACE.",
    fault: "user",
    sqlState: "42P07",
    exception: "AnalysisException",
  },
  TABLE_OR_VIEW_NOT_FOUND: {
    message: "The table or view {relationName} cannot be found. Check its spelling, the current catalog and schema, or qualify it.",
    fault: "user",
    sqlState: "42P01",
  },
  TEMP_TABLE_OR_VIEW_ALREADY_EXISTS: {
    message: "There is a temporary view {relationName} already. Choose another name, drop it, or add OR REPLACE.",
    fault: "user",
    sqlState: "42P07",
    exception: "AnalysisException",
  },
  UDTF_ALIAS_NUMBER_MISMATCH: {
    message: "The aliases of a generator do not match its {aliasesSize} columns: there are {aliasesNames}.",
    fault: "user",
    sqlState: "42802",
    exception: "AnalysisException",
  },
  UNION_NOT_SUPPORTED_IN_RECURSIVE_CTE: {
    message: "A recursive common table must use UNION ALL, not UNION.",
    fault: "user",
    sqlState: "42836",
    exception: "AnalysisException",
  },
  UNPIVOT_VALUE_DATA_TYPE_MISMATCH: {
    message: "The values of UNPIVOT have no common type: {types}.",
    fault: "user",
    sqlState: "42K09",
    exception: "AnalysisException",
  },
  UNPIVOT_VALUE_SIZE_MISMATCH: {
    message: "All value columns of UNPIVOT must have {names} names.",
    fault: "user",
    sqlState: "428C4",
    exception: "AnalysisException",
  },
  "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION": {
    message: "A column, variable or function parameter with the name {objectName} cannot be resolved.",
    fault: "user",
    sqlState: "42703",
  },
  "UNRESOLVED_COLUMN.WITH_SUGGESTION": {
    message: "A column, variable or function parameter with the name {objectName} cannot be resolved. Did you mean one of: {proposal}?",
    fault: "user",
    sqlState: "42703",
  },
  UNRESOLVED_ROUTINE: {
    message: "There is no function {routineName} on the search path {searchPath}.",
    fault: "user",
    sqlState: "42883",
    exception: "AnalysisException",
  },
  UNSUPPORTED_FEATURE: {
    message: "{what} is not supported yet.",
    fault: "user",
    sqlState: "0A000",
  },
  UNSUPPORTED_GROUPING_EXPRESSION: {
    message: "grouping() and grouping_id() can only be used with GROUPING SETS, CUBE or ROLLUP.",
    fault: "user",
    sqlState: "42K0E",
  },
  "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE": {
    message:
      "A subquery refers to columns of the outer query where this cannot be computed: {sqlExprs}. Move the reference into its WHERE clause as a comparison.",
    fault: "user",
    sqlState: "0A000",
  },
  "WRONG_NUM_ARGS.WITHOUT_SUGGESTION": {
    message: "{functionName} needs {expectedNum} arguments, it has {actualNum}.",
    fault: "user",
    sqlState: "42605",
    exception: "AnalysisException",
  },
  _LEGACY_ERROR_TEMP_0035: {
    message: "Operation not allowed: {message}.",
    fault: "user",
    sqlState: "",
    exception: "ParseException",
  },
  _LEGACY_ERROR_TEMP_0051: {
    message: "Empty set in {element} grouping sets is not supported.",
    fault: "user",
    sqlState: "",
    exception: "ParseException",
  },
  _LEGACY_ERROR_TEMP_1006: {
    message: "PIVOT needs aggregate functions, and columns inside of them only, not {sql}.",
    fault: "user",
    sqlState: "",
    exception: "AnalysisException",
  },
} as const;

/** Errors of @vonk/catalyst. */
export const catalystErrors: ErrorRegistry<typeof entries> = defineErrors(entries);

/** The codes of this package. */
export type CatalystErrorCode = keyof typeof entries;
