import type { SQLValue } from "@vonk/columnar/internal";
import { aggregateCall, literal, sortOrder } from "@vonk/dataframe/internal";
import type { DataType } from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";
import { findFunction } from "../function/registry.ts";
import { callSite } from "../interpreter/compile-expression.ts";
import { testSession } from "./call-by-name.ts";

/** One argument of an aggregate: its type, and its value when it is a constant. */
export interface TestColumn {
  readonly type: DataType;
  readonly constant?: SQLValue;
  /** True for a key of WITHIN GROUP, which is no argument. */
  readonly order?: "ascending" | "descending";
}

/**
 * An aggregate over rows, which are dealt to `parts` states that are merged: the result must not depend on how many. Values of arguments are
 * of the types that the function asks for.
 */
export function aggregateRows(name: string, columns: readonly TestColumn[], rows: readonly (readonly SQLValue[])[], parts = 1): SQLValue {
  const definition = findFunction(name);
  if (definition?.kind !== "aggregate") throw expressionErrors.create("UNKNOWN_FUNCTION", { name });
  const described = columns.map(({ type, constant }) => ({
    dataType: type,
    nullable: true,
    sql: "x",
    ...(constant === undefined ? {} : { constant: { value: constant } }),
  }));
  const args = described.filter((_, index) => columns[index]?.order === undefined);
  const keys = columns.filter((column) => column.order !== undefined);
  const orderBy = described.filter((_, index) => columns[index]?.order !== undefined);
  const resolution = definition.resolve(args, { name, mode: "ansi", ansi: true, orderBy });
  const nodes = args.map((argument, index) => literal(argument.constant?.value ?? null, resolution.args[index] ?? argument.dataType));
  const order = keys.map((key) => sortOrder(literal(null, key.type), key.order === "ascending"));
  const instance = definition.instance(callSite(aggregateCall(name, nodes, resolution.dataType, { orderBy: order }), testSession));
  const states = Array.from({ length: parts }, () => instance.create());
  for (const [index, row] of rows.entries()) {
    const state = states[Math.floor((index * parts) / rows.length)];
    if (state !== undefined && !(definition.skipsNulls && row.includes(null))) instance.update(state, row);
  }
  const [first, ...others] = states;
  if (first === undefined) return null;
  for (const other of others) instance.merge(first, other);
  return instance.finish(first);
}
