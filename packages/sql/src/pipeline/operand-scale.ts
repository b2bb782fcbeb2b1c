import type { DataType } from "@vonk/columnar/internal";
import { typeOf, type Expression } from "@vonk/dataframe/internal";

/** Digits behind the point of a type's values; 0 for integers. */
export function scaleOf(type: DataType): number {
  return type.kind === "decimal" ? type.scale : 0;
}

/** What each operand of an operator is multiplied by so that all have the scale of the finest; products need none of it. */
export function scaleFactors(operator: string, operands: readonly Expression[]): bigint[] {
  const scales = operands.map((operand) => scaleOf(typeOf(operand)));
  const finest = Math.max(...scales);
  return scales.map((scale) => (operator === "*" ? 1n : 10n ** BigInt(finest - scale)));
}
