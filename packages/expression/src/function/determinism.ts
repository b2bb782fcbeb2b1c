import { exists, type Expression } from "@vonk/dataframe/internal";
import { findFunction } from "./registry.ts";

/** True when an expression gives the same value each time for the same row. */
export function isDeterministic(expression: Expression): boolean {
  return !exists(expression, (node) => {
    if (node.kind === "userFunction") return !node.deterministic;
    const definition = node.kind === "call" ? findFunction(node.name) : undefined;
    return definition?.kind === "scalar" && definition.deterministic === false;
  });
}
