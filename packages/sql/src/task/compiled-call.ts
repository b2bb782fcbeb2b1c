import type { SQLRow, SQLValue } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { AggregateCall } from "@vonk/dataframe/internal";
import {
  callSite,
  compileExpression,
  findFunction,
  type AggregateInstance,
  type RowFunction,
  type SessionValues,
} from "@vonk/expression/internal";

/** An aggregate call over rows. */
export interface CompiledCall {
  readonly instance: AggregateInstance;
  readonly args: readonly RowFunction[];
  readonly filter: RowFunction | undefined;
  readonly skipsNulls: boolean;
  readonly distinct: boolean;
}

/** A call's function for its types, and its arguments over rows. */
export function compileCall(call: AggregateCall, session: SessionValues): CompiledCall {
  const definition = findFunction(call.name);
  assert(definition?.kind === "aggregate", `${call.name} is an aggregate function`);
  return {
    instance: definition.instance(callSite(call, session)),
    // The keys of WITHIN GROUP stand behind the arguments.
    args: [...call.args, ...call.orderBy].map((argument) => compileExpression(argument, session)),
    filter: call.filter === undefined ? undefined : compileExpression(call.filter, session),
    skipsNulls: definition.skipsNulls || call.ignoreNulls,
    distinct: call.distinct,
  };
}

/** The arguments of a call for a row; undefined when the row does not count. */
export function argumentsOf(call: CompiledCall, row: SQLRow): SQLValue[] | undefined {
  if (call.filter !== undefined && call.filter(row) !== true) return undefined;
  const args = call.args.map((argument) => argument(row));
  return call.skipsNulls && args.includes(null) ? undefined : args;
}
