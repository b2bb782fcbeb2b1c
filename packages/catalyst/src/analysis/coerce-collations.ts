import { collatedStringType, sqlType, type DataType } from "@vonk/columnar/internal";
import { childrenOf, typeOf, type Expression } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import type { AnalysisContext } from "./analysis-context.ts";
import { castTo } from "./cast-to.ts";

type StringType = Extract<DataType, { kind: "string" }>;

/** How much an expression's collation counts beside others: constants give way to columns, both to COLLATE. */
const strengths = { none: 0, constant: 1, column: 2, written: 3 } as const;
type Strength = (typeof strengths)[keyof typeof strengths];

/** The collation of text that was put together of columns under different ones: what needs to compare it cannot. */
const undecided = "null";

/** Functions that put their arguments side by side, each as it is. */
const indifferent: ReadonlySet<string> = new Set([
  "collate",
  "collation",
  "collation_key",
  "struct",
  "named_struct",
  "format_string",
  "printf",
  "if",
  "and",
  "or",
  "not",
]);

/** Functions that do not compare texts: of columns under different collations they still have a meaning. */
const uncompared: ReadonlySet<string> = new Set(["concat", "||", "concat_ws", "rpad", "lpad", "overlay", "substring", "coalesce"]);

/** Functions that take a part out of a value: it is under the collation that it has there. */
const parts: ReadonlySet<string> = new Set(["[]", "getfield", "element_at", "try_element_at", "get"]);

/**
 * The texts among a call's arguments under one collation: the one that COLLATE gives to some of them, else that of the columns.
 * @throws AnalysisError COLLATION_MISMATCH.EXPLICIT, INDETERMINATE_COLLATION_IN_EXPRESSION
 * @see Spark's CollationTypeCoercion
 */
export function coerceCollations(
  name: string,
  args: readonly Expression[],
  call: Expression,
  scope: { readonly context: AnalysisContext },
): readonly Expression[] {
  if (indifferent.has(name)) return args;
  const texts = args.filter((argument) => textTypeOf(argument) !== undefined);
  const [first] = texts.map(textTypeOf);
  const isUndecided = texts.some((text) => textTypeOf(text)?.collation === undecided);
  if (isUndecided && texts.length > 1 && !uncompared.has(name)) throw undecidedIn(call);
  const alike = (type: StringType | undefined): boolean => type?.collation === first?.collation && type?.isNamed === first?.isNamed;
  if (first === undefined || texts.every((text) => alike(textTypeOf(text)))) return args;
  const strongest = Math.max(...texts.map(strengthOf));
  const types = distinct(texts.filter((text) => strengthOf(text) === strongest));
  const [type = first, ...others] = types;
  if (others.length > 0 && strongest === strengths.written) {
    throw analysisError(
      "COLLATION_MISMATCH.EXPLICIT",
      { explicitTypes: types.map((each) => `"${sqlType(each)}"`).join(", ") },
      call.origin,
    );
  }
  if (others.length > 0 && !uncompared.has(name)) throw undecidedIn(call);
  const common = others.length > 0 ? collatedStringType(undecided) : type;
  return args.map((argument) => (textTypeOf(argument) === undefined ? argument : under(argument, common, scope)));
}

function undecidedIn(call: Expression): Error {
  return analysisError("INDETERMINATE_COLLATION_IN_EXPRESSION", { expr: `"${prettyText(call)}"` }, call.origin);
}

function textTypeOf(expression: Expression): StringType | undefined {
  if (expression.kind === "lambda" || expression.kind === "namedArgument") return undefined;
  const type = typeOf(expression);
  return type.kind === "string" ? type : undefined;
}

function distinct(texts: readonly Expression[]): StringType[] {
  const types = texts.map(textTypeOf).filter((type) => type !== undefined);
  return [...new Map(types.map((type) => [type.collation, type])).values()];
}

/** A constant is of the type at once. */
function under(text: Expression, type: StringType, scope: { readonly context: AnalysisContext }): Expression {
  return text.kind === "literal" ? { ...text, dataType: type } : castTo(text, type, scope);
}

function strengthOf(expression: Expression): Strength {
  switch (expression.kind) {
    case "literal":
      return strengths.constant;
    case "attribute":
    case "lambdaVariable":
    case "outerReference":
    case "subquery":
      return strengths.column;
    case "alias":
      return strengthOf(expression.child);
    case "cast":
      return expression.written ? strengths.column : strengths.constant;
    case "call":
      if (expression.name === "collate") return strengths.written;
      if (parts.has(expression.name)) return expression.args.slice(0, 1).map(strengthOf)[0] ?? strengths.constant;
      break;
    default:
      break;
  }
  const inner = childrenOf(expression).filter((child) => textTypeOf(child) !== undefined);
  return inner.reduce<Strength>((most, child) => (strengthOf(child) > most ? strengthOf(child) : most), strengths.constant);
}
