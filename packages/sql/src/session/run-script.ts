import { EngineError } from "@vonk/common";
import { AnalysisError, ExecutionError } from "@vonk/catalyst";
import { analysisError, parseSQL, type SessionVariable } from "@vonk/catalyst/internal";
import { quoteIdentifier, voidType } from "@vonk/columnar/internal";
import { DataFrame } from "@vonk/dataframe";
import type { Expression, LogicalPlan, ScriptBlock, ScriptHandler, ScriptStatement } from "@vonk/dataframe/internal";
import type { LocalVariables } from "../catalog/session-variables.ts";
import { runCommand } from "./run-command.ts";
import type { SparkSession } from "./spark-session.ts";
import { valueOf } from "./variable-command.ts";

type StatementOf<Kind extends ScriptStatement["kind"]> = Extract<ScriptStatement, { kind: Kind }>;

/** How a statement ended: as usual, or by a jump to the end or the begin of one around it. */
type Ending = undefined | { readonly jump: "leave" | "iterate"; readonly label: string } | { readonly jump: "exit"; readonly block: Frame };

/** A block that runs. */
interface Frame {
  readonly block: ScriptBlock;
  readonly around: Frame | undefined;
}

/** An error of a handler: the blocks around the one that has it are asked, not that one again. */
class HandlerFailure extends Error {
  readonly error: unknown;
  readonly around: Frame | undefined;

  constructor(error: unknown, around: Frame | undefined) {
    super("a handler failed", { cause: error });
    this.error = error;
    this.around = around;
  }
}

/** Runs a script; its result is that of its last query. @throws what a statement throws and no handler takes */
export async function runScript(spark: SparkSession, block: ScriptBlock): Promise<DataFrame | undefined> {
  const script = new ScriptRun(spark);
  try {
    await script.block(block, undefined);
  } catch (error) {
    throw error instanceof HandlerFailure ? error.error : error;
  }
  return script.result;
}

class ScriptRun {
  readonly #spark: SparkSession;
  /** The rows of the last query. */
  result: DataFrame | undefined;

  constructor(spark: SparkSession) {
    this.#spark = spark;
  }

  async block(block: ScriptBlock, around: Frame | undefined): Promise<Ending> {
    const frame: Frame = { block, around };
    const locals: LocalVariables = { label: block.label, variables: new Map() };
    const ending = await this.#spark.names.variables.within(locals, async () => {
      for (const declared of block.variables) {
        const failed = await this.#guarded(frame, () => this.#declare(locals, declared));
        if (failed !== undefined) return failed;
      }
      return this.#body(block.body, frame);
    });
    if (ending?.jump === "exit" && ending.block === frame) return undefined;
    return ending?.jump === "leave" && ending.label === block.label ? undefined : ending;
  }

  async #declare(locals: LocalVariables, { names, dataType, value, valueText }: ScriptBlock["variables"][number]): Promise<undefined> {
    const computed = value === undefined ? { value: null, dataType: dataType ?? voidType } : await valueOf(this.#spark, value, dataType);
    for (const parts of names) {
      const name = parts.at(-1) ?? "";
      if (locals.variables.has(name.toLowerCase())) throw analysisError("VARIABLE_ALREADY_EXISTS", { variableName: quoteIdentifier(name) });
      locals.variables.set(name.toLowerCase(), { name, ...computed, defaultText: valueText });
    }
    return undefined;
  }

  async #body(body: readonly ScriptStatement[], frame: Frame): Promise<Ending> {
    for (const statement of body) {
      const ending = await this.#guarded(frame, () => this.#statement(statement, frame));
      if (ending !== undefined) return ending;
    }
    return undefined;
  }

  /** A statement whose error the handlers of the blocks around may take. */
  async #guarded(frame: Frame, run: () => Promise<Ending>): Promise<Ending> {
    try {
      return await run();
    } catch (caught) {
      const { error, around } = caught instanceof HandlerFailure ? caught : { error: caught, around: frame };
      return this.#handle(error, around);
    }
  }

  async #handle(error: unknown, innermost: Frame | undefined): Promise<Ending> {
    for (let frame = innermost; frame !== undefined; frame = frame.around) {
      const handler = handlerFor(frame, error);
      if (handler === undefined) continue;
      const ending = await this.#handler(handler, frame);
      return ending ?? (handler.then === "exit" ? { jump: "exit", block: frame } : undefined);
    }
    throw new HandlerFailure(error, undefined);
  }

  async #handler(handler: ScriptHandler, frame: Frame): Promise<Ending> {
    const { around } = frame;
    try {
      for (const statement of handler.body) {
        const ending = await this.#statement(statement, { ...frame, block: { ...frame.block, handlers: [] } });
        if (ending !== undefined) return ending;
      }
      return undefined;
    } catch (caught) {
      throw caught instanceof HandlerFailure ? caught : new HandlerFailure(caught, around);
    }
  }

  #statement(statement: ScriptStatement, frame: Frame): Promise<Ending> {
    switch (statement.kind) {
      case "block":
        return this.block(statement, frame);
      case "statement":
        return this.#plain(statement);
      case "if":
        return this.#if(statement, frame);
      case "for":
        return this.#for(statement, frame);
      case "while":
      case "repeat":
      case "loop":
        return this.#loop(statement, frame);
      case "leave":
      case "iterate":
        return Promise.resolve({ jump: statement.kind, label: statement.label });
    }
  }

  async #plain({ text, plan }: StatementOf<"statement">): Promise<undefined> {
    const spark = this.#spark;
    // A name that an expression gives may be another one each time.
    const meant = /\bIDENTIFIER\s*\(/i.test(text) && plan.kind !== "command" ? await this.#parsed(text) : plan;
    if (meant.kind === "command") {
      await runCommand(spark, meant.command);
      return undefined;
    }
    // A copy: what a plan means is kept, and variables may have other values now.
    const frame = new DataFrame(spark.engine, { ...meant });
    const { schema } = await spark.executionOf(frame.plan);
    const rows = await frame.collect();
    this.result = spark.createRows(
      schema,
      rows.map((row) => row.internal),
    );
    return undefined;
  }

  async #parsed(text: string): Promise<LogicalPlan> {
    return parseSQL(text, { context: await this.#spark.analysisOf({ kind: "oneRow" }) });
  }

  async #isTrue(condition: Expression): Promise<boolean> {
    const { value, dataType } = await valueOf(this.#spark, condition, undefined);
    if (dataType.kind !== "boolean" && dataType.kind !== "void") {
      throw analysisError("INVALID_BOOLEAN_STATEMENT", { invalidStatement: dataType.kind.toUpperCase() }, condition.origin);
    }
    return value === true;
  }

  async #if({ branches, otherwise }: StatementOf<"if">, frame: Frame): Promise<Ending> {
    for (const { condition, body } of branches) {
      if (await this.#isTrue(condition)) return this.#body(body, frame);
    }
    return this.#body(otherwise, frame);
  }

  async #loop(loop: StatementOf<"while" | "repeat" | "loop">, frame: Frame): Promise<Ending> {
    for (;;) {
      if (loop.kind === "while" && !(await this.#isTrue(loop.condition))) return undefined;
      const ending = await this.#body(loop.body, frame);
      if (ending !== undefined && !repeats(ending, loop.label)) return leaves(ending, loop.label) ? undefined : ending;
      if (loop.kind === "repeat" && (await this.#isTrue(loop.until))) return undefined;
    }
  }

  async #for({ variable, label, query, body }: StatementOf<"for">, frame: Frame): Promise<Ending> {
    const spark = this.#spark;
    const rows = new DataFrame(spark.engine, { ...query });
    const { fields } = (await spark.executionOf(rows.plan)).schema;
    for (const row of await rows.collect()) {
      const variables = fields.map(({ name, dataType }, index): [string, SessionVariable] => [
        name.toLowerCase(),
        { name, dataType, value: row.internal[index] ?? null, defaultText: "NULL" },
      ]);
      const locals: LocalVariables = { label: variable, variables: new Map(variables) };
      const ending = await spark.names.variables.within(locals, () => this.#body(body, frame));
      if (ending !== undefined && !repeats(ending, label)) return leaves(ending, label) ? undefined : ending;
    }
    return undefined;
  }
}

function repeats(ending: Exclude<Ending, undefined>, label: string): boolean {
  return ending.jump === "iterate" && ending.label === label;
}

function leaves(ending: Exclude<Ending, undefined>, label: string): boolean {
  return ending.jump === "leave" && ending.label === label;
}

/** A block's handler for an error: one that names it before one that names its SQLSTATE before one for all. */
function handlerFor({ block, around }: Frame, error: unknown): ScriptHandler | undefined {
  if (!(error instanceof EngineError)) return undefined;
  const state = error instanceof AnalysisError || error instanceof ExecutionError ? error.sqlState : "";
  const code = error.code.toUpperCase();
  const has = (test: (condition: ScriptHandler["conditions"][number]) => boolean): ScriptHandler | undefined =>
    block.handlers.find((handler) => handler.conditions.some(test));
  return (
    has(({ kind, text }) => kind === "name" && (text === code || text === code.split(".")[0])) ??
    has(({ kind, text }) => (kind === "state" ? text : stateOf(text, { block, around })) === state) ??
    has(({ kind, text }) => kind === "name" && text === (state.startsWith("02") ? "NOT FOUND" : "SQLEXCEPTION"))
  );
}

/** The SQLSTATE that a declared condition stands for. */
function stateOf(name: string, frame: Frame): string | undefined {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.around) {
    const state = at.block.conditions.get(name);
    if (state !== undefined) return state;
  }
  return undefined;
}
