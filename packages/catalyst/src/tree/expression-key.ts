import { hash } from "node:crypto";
import { sqlType, type SQLValue } from "@vonk/columnar/internal";
import { childrenOf, type Expression } from "@vonk/dataframe/internal";
import { keyText } from "@vonk/expression/internal";

/** Keys longer than this are made once a node. */
const keptLength = 64;

/** Keys longer than this are told by their digest: a key holds those of all below it, and who asks at each node of a deep tree would add up their square. */
const wholeLength = 256;

const kept = new WeakMap<Expression, string>();

/** A text that is equal for expressions which always have the same value: names and places do not count, ids of columns do. */
export function expressionKey(expression: Expression): string {
  const known = kept.get(expression);
  if (known !== undefined) return known;
  const whole = wholeKey(expression);
  if (whole.length <= keptLength) return whole;
  const key = whole.length > wholeLength ? `${expression.kind}!${hash("sha256", whole)}` : whole;
  kept.set(expression, key);
  return key;
}

function wholeKey(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return `${sqlType(expression.dataType)}'${valueKey(expression.value)}'`;
    case "attribute":
      return `#${expression.exprId}`;
    case "lambdaVariable":
      return `λ${expression.exprId}`;
    case "boundReference":
      return `$${expression.ordinal}`;
    case "alias":
      return expressionKey(expression.child);
    case "cast":
      return `cast[${expression.mode},${sqlType(expression.dataType)}](${expressionKey(expression.child)})`;
    case "call":
      return `${expression.name}[${expression.mode}](${argumentKeys(expression.name, expression.args).join(",")})`;
    case "aggregate":
      return `${expression.name}[${expression.mode},${expression.distinct},${expression.ignoreNulls}](${childrenOf(expression).map(expressionKey).join(",")})`;
    case "userFunction":
      return `user#${expression.functionId}(${expression.args.map(expressionKey).join(",")})`;
    case "sortOrder":
      return `${expressionKey(expression.child)} ${expression.ascending ? "asc" : "desc"} ${expression.nullsFirst ? "first" : "last"}`;
    case "subquery":
      return `subquery#${expression.exprId}`;
    default:
      return `${expression.kind}(${childrenOf(expression).map(expressionKey).join(",")}${extra(expression)})`;
  }
}

/** Operators whose operands may change places. */
const commutative: ReadonlySet<string> = new Set(["+", "*", "=", "<=>", "and", "or", "&", "|", "^"]);

function argumentKeys(name: string, args: readonly Expression[]): string[] {
  const keys = args.map(expressionKey);
  return commutative.has(name) ? keys.toSorted() : keys;
}

function extra(expression: Expression): string {
  return expression.kind === "window"
    ? JSON.stringify(expression.frame ?? null, (key, value: unknown) => (key === "value" ? "" : value))
    : "";
}

function valueKey(value: SQLValue): string {
  return keyText(value);
}
