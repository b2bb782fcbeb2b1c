import { Column, expressionOf } from "../column/column.ts";
import type { Lambda } from "../expression/expression.ts";
import { unresolvedAttribute } from "../expression/factories.ts";

let lambdas = 0;

/** A function of columns as an argument of a higher-order function: it is called once, with columns that stand for its parameters. */
export function lambdaOf(body: CallableFunction): Lambda {
  const id = ++lambdas;
  const parameters = Array.from({ length: body.length }, (_, index) => unresolvedAttribute([`${["x", "y", "z"][index] ?? "p"}_${id}`]));
  const result: unknown = Reflect.apply(
    body,
    undefined,
    parameters.map((parameter) => new Column(parameter)),
  );
  return Object.freeze({ kind: "lambda", parameters, body: expressionOf(result) });
}
