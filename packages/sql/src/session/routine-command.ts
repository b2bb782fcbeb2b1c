import { analysisError, routineBody, routineColumns, type SessionRoutine, type SQLRoutine } from "@vonk/catalyst/internal";
import { quoteIdentifier, voidType, type DataType, type StructField } from "@vonk/columnar/internal";
import type { Command, LogicalPlan, RoutineDefinition } from "@vonk/dataframe/internal";
import { sqlErrors } from "../errors.ts";
import { routineNamesOf } from "./relations-of.ts";
import type { SparkSession } from "./spark-session.ts";

/**
 * CREATE FUNCTION with a body in SQL. The body is analysed at once, as a call with nulls.
 * @throws AnalysisError ROUTINE_ALREADY_EXISTS, DUPLICATE_ROUTINE_PARAMETER_NAMES, USER_DEFINED_FUNCTIONS…, and those of the body
 */
export async function createFunction(spark: SparkSession, { routine }: Extract<Command, { kind: "createFunction" }>): Promise<void> {
  const { names: catalog } = spark;
  const { nameParts, temporary, replace, ifNotExists, body } = routine;
  if (body === undefined) throw sqlErrors.create("SQL_NOT_SUPPORTED", { what: "A function of another language than SQL" });
  const known = temporary ? catalog.routines.temporary(nameParts) : catalog.routines.persistent(nameParts, catalog.currentDatabase);
  if (known !== undefined && ifNotExists) return;
  if (known !== undefined && !replace) throw alreadyExists(routine);
  checkParameters(routine);
  const { database, name } = catalog.qualified(nameParts);
  const shown = temporary ? name : `spark_catalog.${database}.${name}`;
  refuseCycle(spark, shown, routineBody(body));
  const made: SQLRoutine = { kind: "sql", name: shown, parameters: routine.parameters, body, returns: voidType };
  const returns = await returnsOf(spark, routine, made);
  const complete: SessionRoutine = { ...made, returns };
  if (temporary) catalog.routines.putTemporary(name, complete);
  else catalog.routines.putPersistent(nameParts, catalog.currentDatabase, complete);
}

/** DROP FUNCTION. @throws AnalysisError ROUTINE_NOT_FOUND */
export function dropFunction(spark: SparkSession, command: Extract<Command, { kind: "dropFunction" }>): void {
  const { names: catalog } = spark;
  const { nameParts, temporary, ifExists } = command;
  const dropped = temporary
    ? catalog.routines.dropTemporary(nameParts)
    : catalog.routines.dropPersistent(nameParts, catalog.currentDatabase);
  if (dropped || ifExists) return;
  const { database, name } = catalog.qualified(nameParts);
  const parts = temporary ? nameParts : ["spark_catalog", database, name];
  throw analysisError("ROUTINE_NOT_FOUND", { routineName: parts.map(quoteIdentifier).join(".") });
}

/** A function must not, through others, call itself. @throws AnalysisError CYCLIC_FUNCTION_REFERENCE */
function refuseCycle({ names: catalog }: SparkSession, name: string, body: LogicalPlan): void {
  const visit = (plan: LogicalPlan, path: readonly string[]): void => {
    for (const nameParts of routineNamesOf(plan)) {
      const callee = catalog.routines.find(nameParts, catalog.currentDatabase);
      if (callee?.kind !== "sql") continue;
      const longer = [...path, callee.name];
      if (callee.name === name) throw analysisError("CYCLIC_FUNCTION_REFERENCE", { path: longer.join(" -> ") });
      if (!path.includes(callee.name)) visit(routineBody(callee.body), longer);
    }
  };
  visit(body, [name]);
}

function alreadyExists({ nameParts }: RoutineDefinition): Error {
  return analysisError("ROUTINE_ALREADY_EXISTS", {
    routineName: nameParts.map(quoteIdentifier).join("."),
    newRoutineType: "routine",
    existingRoutineType: "routine",
  });
}

function checkParameters({ nameParts, parameters, returns }: RoutineDefinition): void {
  const routineName = quoteIdentifier(nameParts.at(-1) ?? "");
  refuseRepeated("DUPLICATE_ROUTINE_PARAMETER_NAMES", routineName, parameters);
  if (Array.isArray(returns)) refuseRepeated("DUPLICATE_ROUTINE_RETURNS_COLUMNS", routineName, returns);
  const first = parameters.findIndex((parameter) => parameter.otherwise !== undefined);
  const later = first < 0 ? undefined : parameters.slice(first).find((parameter) => parameter.otherwise === undefined);
  if (later === undefined) return;
  throw analysisError("USER_DEFINED_FUNCTIONS.NOT_A_VALID_DEFAULT_PARAMETER_POSITION", {
    functionName: routineName,
    parameterName: quoteIdentifier(parameters[first]?.name ?? ""),
    nextParameterName: quoteIdentifier(later.name),
  });
}

function refuseRepeated(
  code: "DUPLICATE_ROUTINE_PARAMETER_NAMES" | "DUPLICATE_ROUTINE_RETURNS_COLUMNS",
  routineName: string,
  columns: readonly { readonly name: string }[],
): void {
  const folded = columns.map((column) => column.name.toLowerCase());
  const repeated = [...new Set(folded.filter((name, index) => folded.indexOf(name) !== index))];
  if (repeated.length === 0) return;
  const list = repeated.map(quoteIdentifier).join(", ");
  throw analysisError(code, code === "DUPLICATE_ROUTINE_PARAMETER_NAMES" ? { routineName, names: list } : { routineName, columns: list });
}

/** What the function returns: as it says, or as its body does. */
async function returnsOf(spark: SparkSession, { returns, nameParts }: RoutineDefinition, made: SQLRoutine): Promise<SQLRoutine["returns"]> {
  const plan = routineBody(made.body);
  const defaults = made.parameters.flatMap((parameter) => (parameter.otherwise === undefined ? [] : [parameter.otherwise]));
  const context = await spark.analysisOf({ kind: "project", projections: defaults, child: plan });
  const columns = routineColumns(made, context);
  const name = quoteIdentifier(nameParts.at(-1) ?? "");
  if (returns === "table" || Array.isArray(returns)) {
    if (plan !== made.body) throw analysisError("USER_DEFINED_FUNCTIONS.SQL_TABLE_UDF_BODY_MUST_BE_A_QUERY", { name });
    const declared: readonly StructField[] = Array.isArray(returns) ? returns : columns;
    if (declared.length === columns.length) return declared;
    throw analysisError("USER_DEFINED_FUNCTIONS.RETURN_COLUMN_COUNT_MISMATCH", {
      outputSize: columns.length,
      returnParamSize: declared.length,
      name,
    });
  }
  if (columns.length !== 1) {
    throw analysisError("INVALID_SUBQUERY_EXPRESSION.SCALAR_SUBQUERY_RETURN_MORE_THAN_ONE_OUTPUT_COLUMN", { number: columns.length });
  }
  return isType(returns) ? returns : (columns[0]?.dataType ?? voidType);
}

function isType(returns: RoutineDefinition["returns"]): returns is DataType {
  return returns !== undefined && returns !== "table" && !Array.isArray(returns);
}
