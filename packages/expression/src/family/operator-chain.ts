import { voidType, type SQLValue } from "@vonk/columnar/internal";
import { chainedValue, operatorChain } from "@vonk/dataframe/internal";
import type { ScalarFunction } from "../function/function-entry.ts";

/**
 * A long row of binary operators, `a + b - c + …`, which binds from the left: as calls inside calls it would be as deep as it is long, and whatever walks
 * expressions would need a stack for it. Here each step is a lambda of what stands before it, side by side.
 */
export const operatorChainFunction: ScalarFunction = {
  kind: "scalar",
  name: operatorChain,
  group: "operator",
  doc: "The first argument, changed by one lambda after the other.",
  arity: [1, Infinity],
  nulls: "handled",
  lambdaParameters: (args, index) => {
    const before = args[index - 1];
    return index === 0 ? [] : [{ dataType: before?.dataType ?? voidType, nullable: before?.nullable ?? true }];
  },
  resolve: (args) => {
    const last = args.at(-1);
    return { args: args.map(({ dataType }) => dataType), dataType: last?.dataType ?? voidType, nullable: last?.nullable ?? true };
  },
  higherOrder:
    () =>
    ([first = null], steps) =>
      steps.reduce((value: SQLValue, step) => step(value), first),
  sql: ([first = "", ...steps]) => steps.reduce((left, step) => stepText(step).replace(chainedValue, () => left), first),
};

/** What a lambda computes, of the text that it has as an argument. */
function stepText(lambda: string): string {
  return lambda.slice("lambdafunction(".length, -`, ${chainedValue})`.length);
}
