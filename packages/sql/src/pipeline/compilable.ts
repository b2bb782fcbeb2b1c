import { binaryCollation, isIntegral, type DataType } from "@vonk/columnar/internal";
import { childrenOf, typeOf, type Call, type Expression } from "@vonk/dataframe/internal";
import { isComparison } from "./emit-value.ts";
import { likePieces } from "./emit-like.ts";
import { scaleOf } from "./operand-scale.ts";

/** Whether columns of a type go through pipelines: numbers, dates, times as numbers, text compared by its bytes, truth values. */
export function isFlat(type: DataType): boolean {
  return isWhole(type) || type.kind === "boolean" || type.kind === "double" || isPlainText(type);
}

/** Types whose values are integers in memory. */
export function isWhole(type: DataType): boolean {
  return isIntegral(type) || type.kind === "decimal" || type.kind === "date" || type.kind === "timestamp" || type.kind === "timestamp_ntz";
}

function isPlainText(type: DataType): boolean {
  return type.kind === "string" && (type.collation === undefined || type.collation === binaryCollation);
}

/**
 * Whether code can be generated for an expression, as far as its form goes: whether integers fit is known batch by batch. Everything compiled is
 * free of errors, since all branches are computed.
 */
export function isCompilable(expression: Expression): boolean {
  if (!isFlat(typeOf(expression))) return false;
  switch (expression.kind) {
    case "boundReference":
    case "literal":
      return true;
    case "alias":
      return isCompilable(expression.child);
    case "cast":
      return isCompilable(expression.child) && isCompilableCast(typeOf(expression.child), expression.dataType);
    case "caseWhen":
      return (
        childrenOf(expression).every(isCompilable) &&
        [
          ...expression.whens.filter((_, index) => index % 2 === 1),
          ...(expression.otherwise === undefined ? [] : [expression.otherwise]),
        ].every((branch) => sameForm(typeOf(branch), typeOf(expression)))
      );
    case "call":
      return expression.args.every(isCompilable) && isCompilableCall(expression);
    default:
      return false;
  }
}

/** Types whose values have the same bits for the same value. */
function sameForm(a: DataType, b: DataType): boolean {
  if (isWhole(a) && isWhole(b)) return scaleOf(a) === scaleOf(b);
  return a.kind === b.kind;
}

function isCompilableCast(from: DataType, to: DataType): boolean {
  if (to.kind === "decimal") return (isIntegral(from) || from.kind === "decimal") && to.scale >= scaleOf(from);
  if (isIntegral(from) && isIntegral(to)) return true;
  if (to.kind === "double") return isIntegral(from) || from.kind === "double";
  return from.kind === to.kind && (to.kind === "string" || to.kind === "date" || to.kind === "boolean");
}

function isCompilableCall(call: Call): boolean {
  const { name, args } = call;
  const [first] = args;
  if (first === undefined) return false;
  const type = typeOf(first);
  switch (name) {
    case "and":
    case "or":
    case "not":
      return args.every((argument) => typeOf(argument).kind === "boolean");
    case "isnull":
    case "isnotnull":
      return true;
    case "in":
      return args.length <= 17 && type.kind !== "double" && args.every((argument) => sameForm(type, typeOf(argument)));
    case "between":
      return args.length === 3 && type.kind !== "double" && args.every((argument) => sameForm(type, typeOf(argument)));
    case "coalesce":
      return args.every((argument) => sameForm(type, typeOf(argument)));
    case "like":
      return isPlainText(type) && likePieces(call) !== undefined;
    case "substring":
      return isPlainText(type) && isCompilableSubstring(args);
    case "year":
    case "month":
    case "day":
      return type.kind === "date";
    case "+":
    case "-":
    case "*":
      return isArithmetic(call);
    default:
      // NaN equals itself and is above all numbers, which no instruction knows.
      return (
        isComparison(name) && type.kind !== "double" && args.length === 2 && args.every((argument) => sameForm(type, typeOf(argument)))
      );
  }
}

function isCompilableSubstring([, position, count]: readonly Expression[]): boolean {
  if (position?.kind !== "literal" || typeof position.value !== "number" || position.value < 1) return false;
  return count === undefined || (count.kind === "literal" && typeof count.value === "number");
}

/** Sums, differences and products that keep their operands' digits, and those of doubles. */
function isArithmetic({ name, args, dataType }: Call): boolean {
  const types = args.map(typeOf);
  if (args.length !== 2) return false;
  if (dataType.kind === "double") return types.every((type) => type.kind === "double");
  if (!types.every((type) => isIntegral(type) || type.kind === "decimal")) return false;
  const [left = 0, right = 0] = types.map(scaleOf);
  return scaleOf(dataType) === (name === "*" ? left + right : Math.max(left, right));
}
