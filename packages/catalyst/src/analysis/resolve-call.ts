import { quoteIdentifier, voidType, type DataType } from "@vonk/columnar/internal";
import { aggregateCall, call, isNullable, typeOf, type EvalMode, type Expression, type UnresolvedFunction } from "@vonk/dataframe/internal";
import type { Argument, FunctionDefinition } from "@vonk/expression/internal";
import { analysisError, locate } from "../error/analysis-error.ts";
import { prettyText } from "../naming/expression-text.ts";
import { castTo } from "./cast-to.ts";
import { coerceCollations } from "./coerce-collations.ts";
import { modeOf, type ExpressionScope } from "./expression-scope.ts";

/** A call of a function that is known, with resolved arguments. @throws AnalysisError WRONG_NUM_ARGS…, DATATYPE_MISMATCH… */
export function resolveCall(
  definition: FunctionDefinition,
  written: UnresolvedFunction,
  given: readonly Expression[],
  scope: ExpressionScope,
): Expression {
  const name = written.nameParts.at(-1)?.toLowerCase() ?? definition.name;
  const [least, most] = definition.arity;
  if (given.length < least || given.length > most) {
    throw analysisError(
      "WRONG_NUM_ARGS.WITHOUT_SUGGESTION",
      {
        functionName: quoteIdentifier(name),
        expectedNum:
          least === most
            ? `${least}`
            : most === Infinity
              ? `> ${least - 1}`
              : `[${Array.from({ length: most - least + 1 }, (_, i) => least + i).join(", ")}]`,
        actualNum: given.length,
        docroot: "https://spark.apache.org/docs/latest",
      },
      written.origin,
    );
  }
  const mode = modeOf(scope);
  const orderBy = written.orderWithinGroup.map((order) => scope.resolve(order, scope));
  const args = coerceCollations(definition.name, given, written, scope);
  const resolution = choose(definition, { name, mode, orderBy }, args, written);
  const coerced = args.map((argument, index) => {
    const type = resolution.args[index];
    if (type === undefined) return argument;
    return argument.kind === "lambda"
      ? { ...argument, body: castTo(argument.body, type, scope) }
      : castTo(argument, type, scope, written.origin);
  });
  const nullable = resolution.nullable ?? coerced.some(isNullable);
  const common = {
    nullable,
    mode,
    ...(name === definition.name ? {} : { alias: name }),
    ...(written.origin === undefined ? {} : { origin: written.origin }),
  };
  if (definition.kind === "scalar" || definition.kind === "generator") return call(definition.name, coerced, resolution.dataType, common);
  return aggregateCall(definition.name, coerced, resolution.dataType, {
    ...common,
    distinct: written.distinct,
    ignoreNulls: written.ignoreNulls ?? false,
    orderBy,
    ...(written.filter === undefined ? {} : { filter: scope.resolve(written.filter, scope) }),
  });
}

function choose(
  definition: FunctionDefinition,
  site: { readonly name: string; readonly mode: EvalMode; readonly orderBy: readonly Expression[] },
  args: readonly Expression[],
  written: UnresolvedFunction,
): ReturnType<FunctionDefinition["resolve"]> {
  try {
    return definition.resolve(args.map(argumentOf), {
      name: definition.group === "math" ? definition.name : site.name,
      mode: site.mode,
      ansi: site.mode === "ansi",
      orderBy: site.orderBy.map((key) => argumentOf(key.kind === "sortOrder" ? key.child : key)),
    });
  } catch (error) {
    throw locate(error, written.origin);
  }
}

/** An argument as functions see it when they choose their types; of a lambda its body, once that is resolved. */
export function argumentOf(expression: Expression): Argument {
  if (expression.kind === "lambda") {
    const { parameters, body } = expression;
    const lambda = { parameters: parameters.length };
    const isResolved = parameters.every((parameter) => parameter.kind === "lambdaVariable");
    return isResolved
      ? described(expression, typeOf(body), isNullable(body), { lambda })
      : described(expression, voidType, true, { lambda });
  }
  return described(expression, typeOf(expression), isNullable(expression), {
    ...(expression.kind === "literal" ? { constant: { value: expression.value } } : {}),
    ...nameOf(expression),
  });
}

/** The name that a field of a struct takes from an expression. */
function nameOf(expression: Expression): Pick<Argument, "name"> {
  if (expression.kind === "attribute" || expression.kind === "alias" || expression.kind === "lambdaVariable")
    return { name: expression.name };
  if (expression.kind === "call" && expression.name === "getfield" && expression.alias !== undefined) return { name: expression.alias };
  return expression.kind === "outerReference" ? nameOf(expression.child) : {};
}

/** The text is made when it is asked for, which errors alone do: made for each call it would take time by the square of an expression's depth. */
function described(expression: Expression, dataType: DataType, nullable: boolean, more: Partial<Argument>): Argument {
  return {
    ...more,
    dataType,
    nullable,
    get sql() {
      return prettyText(expression);
    },
  };
}
