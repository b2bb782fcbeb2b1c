import type { AggregateFunction, AggregateState } from "../../function/function-entry.ts";
import type { SQLValue } from "@vonk/columnar/internal";

/** An aggregate entry of one argument that leaves nulls out, unless `more` says otherwise. */
export function aggregate(
  name: string,
  doc: string,
  more: Pick<AggregateFunction, "resolve" | "instance"> & Partial<AggregateFunction>,
): AggregateFunction {
  return { kind: "aggregate", name, doc, group: "aggregate", arity: [1, 1], skipsNulls: true, ...more };
}

/** Puts a value behind the list that is a state's first part. */
export function collect(state: AggregateState, values: readonly SQLValue[]): void {
  const [list] = state;
  if (Array.isArray(list)) list.push(...values);
}
