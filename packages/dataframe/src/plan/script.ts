import type { Expression } from "../expression/expression.ts";
import type { Command } from "./command.ts";
import type { LogicalPlan } from "./logical-plan.ts";

/** A statement of a script. Those with a label can be left by it, loops also be begun again. */
export type ScriptStatement =
  | ScriptBlock
  | { readonly kind: "statement"; readonly text: string; readonly plan: LogicalPlan }
  | { readonly kind: "if"; readonly branches: readonly ScriptBranch[]; readonly otherwise: readonly ScriptStatement[] }
  | { readonly kind: "while"; readonly label: string; readonly condition: Expression; readonly body: readonly ScriptStatement[] }
  | { readonly kind: "repeat"; readonly label: string; readonly until: Expression; readonly body: readonly ScriptStatement[] }
  | { readonly kind: "loop"; readonly label: string; readonly body: readonly ScriptStatement[] }
  | {
      readonly kind: "for";
      readonly label: string;
      /** The name that qualifies the columns of the row; empty when none is written. */
      readonly variable: string;
      readonly query: LogicalPlan;
      readonly body: readonly ScriptStatement[];
    }
  | { readonly kind: "leave" | "iterate"; readonly label: string };

/** `BEGIN … END`: variables and handlers of its own. */
export interface ScriptBlock {
  readonly kind: "block";
  /** Empty when none is written. */
  readonly label: string;
  /** Names of conditions, folded, with their SQLSTATEs. */
  readonly conditions: ReadonlyMap<string, string>;
  readonly variables: readonly Extract<Command, { kind: "declareVariable" }>[];
  readonly handlers: readonly ScriptHandler[];
  readonly body: readonly ScriptStatement[];
}

/** What a block does about errors: then it ends, or goes on behind the statement that failed. */
export interface ScriptHandler {
  readonly then: "exit" | "continue";
  /** SQLSTATEs, names of conditions, SQLEXCEPTION and NOT FOUND, folded to upper case. */
  readonly conditions: readonly { readonly kind: "state" | "name"; readonly text: string }[];
  readonly body: readonly ScriptStatement[];
}

/** One of the alternatives of IF and CASE. */
export interface ScriptBranch {
  readonly condition: Expression;
  readonly body: readonly ScriptStatement[];
}
