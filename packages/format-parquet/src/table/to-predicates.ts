import { sameType, type SQLValue } from "@vonk/columnar/internal";
import type { Expression } from "@vonk/dataframe/internal";
import type { ParquetPredicate } from "../pruning/row-group-may-match.ts";

const mirrored = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

type Operator = keyof typeof mirrored;

/** The parts of conditions that statistics can decide: comparisons of a column with a constant of its type. Everything else is left out. */
export function toPredicates(conditions: readonly Expression[]): ParquetPredicate[] {
  return conditions.flatMap(predicatesOf);
}

function predicatesOf(condition: Expression): ParquetPredicate[] {
  if (condition.kind !== "call") return [];
  const [first, second, third] = condition.args;
  if (condition.name === "and") return condition.args.flatMap(predicatesOf);
  if (condition.name === "between") return [...compare(">=", first, second), ...compare("<=", first, third)];
  if (condition.name === "in") return oneOf(condition.args);
  if (condition.name === "isnotnull" && first?.kind === "attribute") return [{ kind: "is-not-null", column: first.name }];
  return isOperator(condition.name) ? compare(condition.name, first, second) : [];
}

function oneOf([column, ...list]: readonly Expression[]): ParquetPredicate[] {
  if (column?.kind !== "attribute" || column.name.includes(".")) return [];
  const values: SQLValue[] = [];
  for (const each of list) {
    if (each.kind !== "literal" || !sameType(column.dataType, each.dataType)) return [];
    // A row that equals null is none.
    if (each.value !== null) values.push(each.value);
  }
  return [{ kind: "in", column: column.name, values }];
}

function isOperator(name: string): name is Operator {
  return Object.hasOwn(mirrored, name);
}

function compare(operator: Operator, left: Expression | undefined, right: Expression | undefined): ParquetPredicate[] {
  if (left?.kind === "literal" && right?.kind === "attribute") return compare(mirrored[operator], right, left);
  if (left?.kind !== "attribute" || right?.kind !== "literal" || right.value === null || !sameType(left.dataType, right.dataType))
    return [];
  // Names with points would be read as fields of a struct.
  return left.name.includes(".") ? [] : [{ kind: "compare", column: left.name, operator, value: right.value }];
}
