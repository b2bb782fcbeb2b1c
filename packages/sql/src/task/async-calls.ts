import type { SQLRow, SQLValue } from "@vonk/columnar/internal";
import { externalValue, internalValue, typeOf, type Expression, type UserFunctionCall } from "@vonk/dataframe/internal";
import { compileExpression, type SessionValues } from "@vonk/expression/internal";
import type { PartitionFunction } from "./partition-function.ts";

/** Calls of async functions as tasks see them. */
export interface AsyncPlan {
  readonly columns: readonly Expression[];
  readonly calls: readonly UserFunctionCall[];
  readonly session: SessionValues;
}

/** Columns of rows, then the arguments of each call as a list. */
export function argumentRows(plan: AsyncPlan): PartitionFunction<SQLRow, SQLRow> {
  const columns = plan.columns.map((column) => compileExpression(column, plan.session));
  const calls = plan.calls.map((call) => call.args.map((argument) => compileExpression(argument, plan.session)));
  return function* (_partition, rows) {
    for (const row of rows) yield [...columns.map((column) => column(row)), ...calls.map((args) => args.map((argument) => argument(row)))];
  };
}

/** Those rows with what the functions gave in the place of their arguments. */
export function resultsOfCalls(plan: AsyncPlan): (row: SQLRow) => Promise<SQLRow> {
  const width = plan.columns.length;
  const calls = plan.calls.map((call) => {
    const types = call.args.map(typeOf);
    return async (args: SQLValue): Promise<SQLValue> => {
      const values = (args as readonly SQLValue[]).map((value, index) => externalValue(value, types[index] ?? call.dataType));
      const result: unknown = await Reflect.apply(call.function, undefined, values);
      return internalValue(result, call.dataType, call.name);
    };
  });
  return async (row) => [...row.slice(0, width), ...(await Promise.all(calls.map((call, index) => call(row[width + index] ?? []))))];
}
