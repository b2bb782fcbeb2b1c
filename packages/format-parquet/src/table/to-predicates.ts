import { binaryCollation, type DataType, sameType, type SQLValue } from "@vonk/columnar/internal";
import { type Expression, typeOf } from "@vonk/dataframe/internal";
import type { ColumnPredicate, ParquetPredicate } from "../pruning/parquet-predicate.ts";
import { exactComparison, isExactCast, type Operator } from "./exact-comparison.ts";

const mirrored: Readonly<Record<Operator, Operator>> = { "=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

/**
 * The parts of conditions that statistics can decide: comparisons of a column with constants of its type, or of one to which it is cast without loss,
 * tests for null, beginnings of text, and alternatives of these. Everything else is left out.
 */
export function toPredicates(conditions: readonly Expression[]): ParquetPredicate[] {
  return conditions.flatMap(predicatesOf);
}

function predicatesOf(condition: Expression): ParquetPredicate[] {
  if (condition.kind !== "call") return [];
  const { name, args } = condition;
  const [first, second, third] = args;
  switch (name) {
    case "and":
      return args.flatMap(predicatesOf);
    case "or":
      return anyOf(args);
    case "between":
      return [...compare(">=", first, second), ...compare("<=", first, third)];
    case "in":
      return oneOf(args);
    case "isnull":
      return nullTest("is-null", first);
    case "isnotnull":
      return nullTest("is-not-null", first);
    case "<=>":
      return compare("=", first, second);
    case "startswith":
      return prefixed(first, textOf(second));
    case "like":
      return prefixed(first, beginOfPattern(textOf(second), args.length > 2 ? textOf(third) : "\\"));
    default:
      return isOperator(name) ? compare(name, first, second) : [];
  }
}

function isOperator(name: string): name is Operator {
  return Object.hasOwn(mirrored, name);
}

function anyOf(args: readonly Expression[]): ParquetPredicate[] {
  const alternatives = args.map(predicatesOf);
  return alternatives.some((alternative) => alternative.length === 0) ? [] : [{ kind: "any", alternatives }];
}

interface TestedColumn {
  readonly name: string;
  readonly dataType: DataType;
  /** What constants are compared with. */
  readonly comparedType: DataType;
}

/** A column whose values order as statistics do. Names with points would be read as fields of a struct. */
function columnOf(expression: Expression | undefined): TestedColumn | undefined {
  const attribute =
    expression?.kind === "cast" && isExactCast(typeOf(expression.child), expression.dataType) ? expression.child : expression;
  if (expression === undefined || attribute?.kind !== "attribute" || attribute.name.includes(".")) return undefined;
  const { name, dataType } = attribute;
  if (dataType.kind === "string" && dataType.collation !== binaryCollation) return undefined;
  return { name, dataType, comparedType: typeOf(expression) };
}

function nullTest(kind: "is-null" | "is-not-null", expression: Expression | undefined): ColumnPredicate[] {
  const isColumn = expression?.kind === "attribute" && !expression.name.includes(".");
  return isColumn ? [{ kind, column: expression.name }] : [];
}

function compare(operator: Operator, left: Expression | undefined, right: Expression | undefined): ColumnPredicate[] {
  if (left?.kind === "literal") return right?.kind === "literal" ? [] : compare(mirrored[operator], right, left);
  const column = columnOf(left);
  if (column === undefined || right?.kind !== "literal" || right.value === null || !sameType(column.comparedType, right.dataType))
    return [];
  return [comparison(column, operator, right.value)];
}

function comparison({ name, dataType, comparedType }: TestedColumn, operator: Operator, value: SQLValue): ColumnPredicate {
  if (sameType(dataType, comparedType)) return { kind: "compare", column: name, operator, value };
  const exact = exactComparison(dataType, comparedType, operator, value);
  return exact === undefined ? { kind: "in", column: name, values: [] } : { kind: "compare", column: name, ...exact };
}

function oneOf([tested, ...list]: readonly Expression[]): ColumnPredicate[] {
  const column = columnOf(tested);
  if (column === undefined) return [];
  const values: SQLValue[] = [];
  for (const each of list) {
    if (each.kind !== "literal" || !sameType(column.comparedType, each.dataType)) return [];
    // A row that equals null is none.
    const equal = each.value === null ? undefined : comparison(column, "=", each.value);
    if (equal?.kind === "compare") values.push(equal.value);
  }
  return [{ kind: "in", column: column.name, values }];
}

function textOf(expression: Expression | undefined): string | undefined {
  return expression?.kind === "literal" && typeof expression.value === "string" ? expression.value : undefined;
}

/** What text has to begin with to match a pattern. */
function beginOfPattern(pattern: string | undefined, escape: string | undefined): string | undefined {
  if (pattern === undefined || escape === undefined) return undefined;
  const ends = ["%", "_", escape].map((special) => pattern.indexOf(special)).filter((index) => index >= 0);
  return pattern.slice(0, Math.min(pattern.length, ...ends));
}

function prefixed(expression: Expression | undefined, prefix: string | undefined): ColumnPredicate[] {
  const column = columnOf(expression);
  if (column?.dataType.kind !== "string" || prefix === undefined || prefix === "") return [];
  return [{ kind: "starts-with", column: column.name, prefix: new Uint8Array(Buffer.from(prefix)) }];
}
