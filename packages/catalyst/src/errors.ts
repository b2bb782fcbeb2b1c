import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

/** Spark's conditions of parsing and analysis; parameter names are Spark's. */
const entries = {
  AMBIGUOUS_LATERAL_COLUMN_ALIAS: {
    message: "The name {name} stands for {n} items of the select list. Give them different names.",
    fault: "user",
    sqlState: "42702",
    exception: "AnalysisException",
  },
  AMBIGUOUS_REFERENCE: {
    message: "The reference {name} is ambiguous, it could be {referenceNames}. Qualify it.",
    fault: "user",
    sqlState: "42704",
    exception: "AnalysisException",
  },
  ASSIGNMENT_ARITY_MISMATCH: {
    message: "{numTarget} variables cannot be assigned {numExpr} values.",
    fault: "user",
    sqlState: "42802",
    exception: "AnalysisException",
  },
  CANNOT_MERGE_INCOMPATIBLE_DATA_TYPE: {
    message: "The types {left} and {right} cannot be merged.",
    fault: "user",
    sqlState: "42825",
    exception: "SparkException",
  },
  "COLLATION_MISMATCH.EXPLICIT": {
    message: "Text cannot be under several collations at once: COLLATE gives {explicitTypes}.",
    fault: "user",
    sqlState: "42P21",
    exception: "AnalysisException",
  },
  "CREATE_VIEW_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS": {
    message: "The view {viewName} names the columns {viewColumns}, its query has only {dataColumns}.",
    fault: "user",
    sqlState: "21S01",
    exception: "AnalysisException",
  },
  "CREATE_VIEW_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS": {
    message: "The view {viewName} names only the columns {viewColumns}, its query has {dataColumns}.",
    fault: "user",
    sqlState: "21S01",
    exception: "AnalysisException",
  },
  CYCLIC_FUNCTION_REFERENCE: {
    message: "A function must not call itself: {path}.",
    fault: "user",
    sqlState: "42887",
    exception: "AnalysisException",
  },
  "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN": {
    message: "Cannot resolve {sqlExpr}: the condition {filter} has the type {type}, expected BOOLEAN.",
    fault: "user",
    sqlState: "42K09",
  },
  DUPLICATE_ASSIGNMENTS: {
    message: "The variable {nameList} is assigned twice.",
    fault: "user",
    sqlState: "42701",
    exception: "AnalysisException",
  },
  DUPLICATE_ROUTINE_PARAMETER_NAMES: {
    message: "The parameters of {routineName} must have different names, {names} is there twice.",
    fault: "user",
    sqlState: "42734",
    exception: "AnalysisException",
  },
  DUPLICATE_ROUTINE_RETURNS_COLUMNS: {
    message: "The columns that {routineName} returns must have different names, {columns} is there twice.",
    fault: "user",
    sqlState: "42711",
    exception: "AnalysisException",
  },
  FAILED_TO_PARSE_TOO_COMPLEX: {
    message: "The statement, with the functions and views that it uses, is too complex. Divide it into smaller ones.",
    fault: "user",
    sqlState: "54001",
    exception: "ParseException",
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
  IDENTIFIER_TOO_MANY_NAME_PARTS: {
    message: "{identifier} has more than {limit} parts.",
    fault: "user",
    sqlState: "42601",
    exception: "ParseException",
  },
  INCOMPATIBLE_COLUMN_TYPE: {
    message:
      "{operator} needs columns of compatible types: the {columnOrdinalNumber} column of the {tableOrdinalNumber} table has the type {dataType1}, which does not go with {dataType2} of the first table.{hint}",
    fault: "user",
    sqlState: "42825",
  },
  INDETERMINATE_COLLATION_IN_EXPRESSION: {
    message: "The texts of {expr} are under different collations. Say by COLLATE which one counts.",
    fault: "user",
    sqlState: "42P22",
    exception: "AnalysisException",
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
  "INVALID_INLINE_TABLE.CANNOT_EVALUATE_EXPRESSION_IN_INLINE_TABLE": {
    message: "{expr} cannot stand in VALUES: it must be a constant.",
    fault: "user",
    sqlState: "42000",
    exception: "AnalysisException",
  },
  "INVALID_INLINE_TABLE.FAILED_SQL_EXPRESSION_EVALUATION": {
    message: "{sqlExpr} in VALUES cannot be computed.",
    fault: "user",
    sqlState: "42000",
    exception: "AnalysisException",
  },
  "INVALID_INLINE_TABLE.INCOMPATIBLE_TYPES_IN_INLINE_TABLE": {
    message: "The values of the column {colName} have no common type.",
    fault: "user",
    sqlState: "42000",
    exception: "AnalysisException",
  },
  "INVALID_INLINE_TABLE.NUM_COLUMNS_MISMATCH": {
    message: "VALUES has {actualNumCols} columns in row {rowIndex}, expected {expectedNumCols}.",
    fault: "user",
    sqlState: "42000",
    exception: "ParseException",
  },
  "INVALID_LAMBDA_FUNCTION_CALL.NUM_ARGS_MISMATCH": {
    message: "A lambda with {expectedNumArgs} parameters stands where the function gives it {actualNumArgs}.",
    fault: "user",
    sqlState: "42K0D",
  },
  INVALID_NUMERIC_LITERAL_RANGE: {
    message: "The number {rawStrippedQualifier} is outside of {typeName}: valid is {minValue} to {maxValue}.",
    fault: "user",
    sqlState: "22003",
    exception: "ParseException",
  },
  "INVALID_PARAMETER_VALUE.DATETIME_UNIT": {
    message: "The parameter {parameter} of {functionName} needs a unit such as MINUTE without quotes, not {invalidValue}.",
    fault: "user",
    sqlState: "22023",
    exception: "ParseException",
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
  INVALID_SET_SYNTAX: {
    message: "SET VARIABLE needs the name of a variable.",
    fault: "user",
    sqlState: "42000",
    exception: "ParseException",
  },
  "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS": {
    message: "A function's parameters must not have constraints.",
    fault: "user",
    sqlState: "42000",
    exception: "ParseException",
  },
  "INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS": {
    message: "A function's parameters must not be generated columns.",
    fault: "user",
    sqlState: "42000",
    exception: "ParseException",
  },
  "INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN": {
    message: "A subquery used as a value must return one column, it returns {number}.",
    fault: "user",
    sqlState: "42823",
  },
  INVALID_SUBQUERY_EXPRESSION_SIZE: {
    message: "A subquery used as a value must return one column, it returns {number}.",
    fault: "user",
    sqlState: "42823",
  },
  INVALID_TEMP_OBJ_REFERENCE: {
    message: "The persistent {obj} {objName} cannot refer to the temporary {tempObj} {tempObjName}.",
    fault: "user",
    sqlState: "42K0F",
    exception: "AnalysisException",
  },
  INVALID_TYPED_LITERAL: {
    message: "The value {value} is no {valueType}.",
    fault: "user",
    sqlState: "42604",
    exception: "ParseException",
  },
  INVALID_VARIABLE_TYPE_FOR_QUERY_EXECUTE_IMMEDIATE: {
    message: "EXECUTE IMMEDIATE needs a text, not {varType}.",
    fault: "user",
    sqlState: "42K09",
  },
  INVALID_WHERE_CONDITION: {
    message: "The condition {condition} of WHERE must not have aggregates, windows or generators: {expressionList}.",
    fault: "user",
    sqlState: "42903",
  },
  MISSING_AGGREGATION: {
    message:
      "The expression {expression} is neither grouped by nor inside an aggregate function. Add it to GROUP BY, or use {expressionAnyValue} if any value will do.",
    fault: "user",
    sqlState: "42803",
  },
  MISSING_GROUP_BY: {
    message: "A query with aggregate functions and other columns needs GROUP BY.",
    fault: "user",
    sqlState: "42803",
  },
  MISSING_WINDOW_SPECIFICATION: {
    message: "There is no window {windowName} in the WINDOW clause. Define it there.",
    fault: "user",
    sqlState: "42P20",
  },
  MULTI_ALIAS_WITHOUT_GENERATOR: {
    message: "Several names ({names}) need a generator, not {expr}.",
    fault: "user",
    sqlState: "42K0E",
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
  "NOT_A_CONSTANT_STRING.NOT_CONSTANT": {
    message: "The expression {expr} of {name} must be a constant text.",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  "NOT_A_CONSTANT_STRING.NULL": {
    message: "The expression {expr} of {name} must not be null.",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  "NOT_A_CONSTANT_STRING.WRONG_TYPE": {
    message: "The expression {expr} of {name} must be a STRING, not {dataType}.",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  NOT_A_SCALAR_FUNCTION: {
    message: "{functionName} is a table function, it cannot be used as a value. Put it into FROM.",
    fault: "user",
    sqlState: "42887",
    exception: "AnalysisException",
  },
  NOT_A_TABLE_FUNCTION: {
    message: "{functionName} is no table function, it cannot stand in FROM.",
    fault: "user",
    sqlState: "42887",
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
  RECURSIVE_VIEW: {
    message: "The view {viewIdent} would refer to itself: {newPath}.",
    fault: "user",
    sqlState: "42K0H",
    exception: "AnalysisException",
  },
  REQUIRED_PARAMETER_NOT_FOUND: {
    message: "The routine {routineName} needs its parameter {parameterName}, which was not given at position {index}.",
    fault: "user",
    sqlState: "4274K",
    exception: "AnalysisException",
  },
  ROUTINE_ALREADY_EXISTS: {
    message:
      "There is a {existingRoutineType} {routineName} already, so no {newRoutineType} of that name can be made. Add OR REPLACE or IF NOT EXISTS.",
    fault: "user",
    sqlState: "42723",
    exception: "AnalysisException",
  },
  ROUTINE_NOT_FOUND: {
    message: "The routine {routineName} cannot be found. Check its name, or use IF EXISTS.",
    fault: "user",
    sqlState: "42883",
    exception: "NoSuchTempFunctionException",
  },
  ROW_SUBQUERY_TOO_MANY_ROWS: {
    message: "More than one row was returned to set variables. Use LIMIT 1.",
    fault: "user",
    sqlState: "21000",
    exception: "SparkException",
  },
  SCHEMA_ALREADY_EXISTS: {
    message: "There is a schema {schemaName} already. Choose another name, or use IF NOT EXISTS.",
    fault: "user",
    sqlState: "42P06",
    exception: "AnalysisException",
  },
  SCHEMA_NOT_EMPTY: {
    message: "The schema {schemaName} is not empty. Use CASCADE to drop what is in it.",
    fault: "user",
    sqlState: "2BP01",
    exception: "AnalysisException",
  },
  SCHEMA_NOT_FOUND: {
    message: "The schema {schemaName} cannot be found. Check its spelling and the current catalog.",
    fault: "user",
    sqlState: "42704",
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
  TEMP_VIEW_NAME_TOO_MANY_NAME_PARTS: {
    message: "The name of a temporary view has one part, not {actualName}.",
    fault: "user",
    sqlState: "428EK",
    exception: "AnalysisException",
  },
  UDTF_ALIAS_NUMBER_MISMATCH: {
    message: "The aliases of a generator do not match its {aliasesSize} columns: there are {aliasesNames}.",
    fault: "user",
    sqlState: "42802",
    exception: "AnalysisException",
  },
  UNBOUND_SQL_PARAMETER: {
    message: "The parameter {name} has no value.",
    fault: "user",
    sqlState: "42P02",
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
  UNRESOLVED_VARIABLE: {
    message: "There is no variable {variableName} on {searchPath}.",
    fault: "user",
    sqlState: "42883",
    exception: "AnalysisException",
  },
  UNSUPPORTED_FEATURE: {
    message: "{what} is not supported yet.",
    fault: "user",
    sqlState: "0A000",
  },
  "UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET": {
    message: "SET sets configuration; use SET VARIABLE for the variable {variableName}.",
    fault: "user",
    sqlState: "0A000",
    exception: "AnalysisException",
  },
  UNSUPPORTED_GROUPING_EXPRESSION: {
    message: "grouping() and grouping_id() can only be used with GROUPING SETS, CUBE or ROLLUP.",
    fault: "user",
    sqlState: "42K0E",
  },
  "UNSUPPORTED_GENERATOR.MULTI_GENERATOR": {
    message: "A select list with aggregate functions may have one generator, not {num}: {generators}.",
    fault: "user",
    sqlState: "42K0E",
    exception: "AnalysisException",
  },
  "UNSUPPORTED_GENERATOR.NESTED_IN_EXPRESSIONS": {
    message: "A generator must not stand inside an expression: {expression}.",
    fault: "user",
    sqlState: "42K0E",
    exception: "AnalysisException",
  },
  "UNSUPPORTED_GENERATOR.OUTSIDE_SELECT": {
    message: "A generator may stand in SELECT or behind LATERAL VIEW, not in {plan}.",
    fault: "user",
    sqlState: "42K0E",
    exception: "AnalysisException",
  },
  "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.AGGREGATE_FUNCTION_MIXED_OUTER_LOCAL_REFERENCES": {
    message: "The aggregate function {function} of a subquery uses columns of the outer query and of its own. Split it into two.",
    fault: "user",
    sqlState: "0A000",
    exception: "AnalysisException",
  },
  "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.CORRELATED_REFERENCE": {
    message:
      "A subquery may use columns of the outer query in its WHERE and HAVING clauses, its select list and its joins, not here: {sqlExprs}.",
    fault: "user",
    sqlState: "0A000",
  },
  "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE": {
    message:
      "A subquery refers to columns of the outer query where this cannot be computed: {sqlExprs}. Move the reference into its WHERE clause as a comparison.",
    fault: "user",
    sqlState: "0A000",
  },
  "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_SCALAR_SUBQUERY": {
    message: "A subquery that uses columns of the outer query may be a value in a select list or a condition, not in {treeNode}.",
    fault: "user",
    sqlState: "0A000",
  },
  "UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_IN_EXISTS_SUBQUERY": {
    message: "IN and EXISTS with a subquery may stand in a select list or a condition, not in {treeNode}.",
    fault: "user",
    sqlState: "0A000",
  },
  "USER_DEFINED_FUNCTIONS.CANNOT_CONTAIN_COMPLEX_FUNCTIONS": {
    message: "The body of a function must not have aggregates or windows outside of a query: {queryText}",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  "USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION": {
    message: "In {functionName} the parameter {parameterName} with a default must not stand before {nextParameterName} without.",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  "USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS": {
    message: "NOT NULL cannot be specified for the parameters of a function: {input}",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  "USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH": {
    message: "The body of {name} has {outputSize} columns, it says that it returns {returnParamSize}.",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  "USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY": {
    message: "The body of the table function {name} must be a query.",
    fault: "user",
    sqlState: "42601",
    exception: "AnalysisException",
  },
  VARIABLE_ALREADY_EXISTS: {
    message: "There is a variable {variableName} already. Choose another name, or add OR REPLACE.",
    fault: "user",
    sqlState: "42723",
    exception: "AnalysisException",
  },
  VARIABLE_NOT_FOUND: {
    message: "The variable {variableName} cannot be found. Check its name, or use IF EXISTS.",
    fault: "user",
    sqlState: "42883",
    exception: "AnalysisException",
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
