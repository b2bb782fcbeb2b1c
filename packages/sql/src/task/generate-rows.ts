import type { SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { Call } from "@vonk/dataframe/internal";
import { callSite, compileExpression, findFunction, type SessionValues } from "@vonk/expression/internal";

/** A generator as tasks see it. Its columns stand behind the row's. */
export interface GeneratePlan {
  readonly generator: Call;
  readonly outer: boolean;
  /** How many columns the generator has. */
  readonly width: number;
  readonly session: SessionValues;
}

/** Each row once for each row that the generator makes of it. */
export function* rowsWithGenerated(plan: GeneratePlan, rows: Iterable<SQLRow>): Generator<SQLRow> {
  const definition = findFunction(plan.generator.name);
  assert(definition?.kind === "generator", `${plan.generator.name} is a generator`);
  const args = plan.generator.args.map((argument) => compileExpression(argument, plan.session));
  const make = definition.rows(callSite(plan.generator, plan.session));
  const nothing = Array.from({ length: plan.width }, () => null);
  for (const row of rows) {
    let made = false;
    for (const values of make(...args.map((argument) => argument(row)))) {
      made = true;
      yield [...row, ...values];
    }
    if (!made && plan.outer) yield [...row, ...nothing];
  }
}
