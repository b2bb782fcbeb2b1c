import { compileFunction } from "./compile-function.ts";
import { pairCheck } from "./pair-record.ts";
import type { Batch, BatchIterator, Computation, ComputationInput, FunctionResolver } from "./computation.ts";
import type { FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";

/** A transformation of single records: one record in, none, one or many out. */
export type RecordStep =
  | { readonly op: "map" | "filter" | "filterMap" | "flatMap" | "mapValues" | "flatMapValues" | "keyBy"; readonly func: FunctionRef }
  | { readonly op: "keys" | "values" | "identity" };

/** Arguments of a plan node of kind `records`. */
export interface RecordStepArgs {
  readonly step: RecordStep;
}

/** What a fused loop does with each record at its end, instead of gathering records in a batch. */
export interface InlineSink {
  /** Names and values that the code uses. */
  readonly names: readonly string[];
  readonly values: readonly unknown[];
  /** Statements before the loop over a batch; `state` is the loop's second parameter. */
  readonly prologue: string;
  /** A statement for the record in a variable. */
  statement(variable: string): string;
}

/**
 * A chain of record steps as one generated loop over each batch.
 *
 * The loop's source text is unique to the stage, so that V8 keeps its type feedback apart from other stages' and
 * inlines the user's functions into it.
 */
export class FusedRecordSteps implements Computation {
  readonly parent: Computation;
  readonly steps: readonly RecordStep[];
  readonly #functions: FunctionResolver;
  readonly #label: string;
  #loop: ((batch: Batch) => Batch) | undefined;

  constructor(parent: Computation, steps: readonly RecordStep[], functions: FunctionResolver, label: string) {
    this.parent = parent;
    this.steps = steps;
    this.#functions = functions;
    this.#label = label;
  }

  /** The steps in front of any computation: its own when it is a chain, none otherwise. */
  static endingIn(computation: Computation, functions: FunctionResolver, label: string): FusedRecordSteps {
    return computation instanceof FusedRecordSteps ? computation : new FusedRecordSteps(computation, [], functions, label);
  }

  inputs(partition: number): readonly ComputationInput[] {
    return [{ computation: this.parent, partition }];
  }

  /** The loop with `sink` at its end; it is given the parent's batches. */
  loopInto<State>(sink: InlineSink): (batch: Batch, state: State) => void {
    return generateLoop(this.steps, this.#functions, this.#label, sink) as (batch: Batch, state: State) => void;
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const loop = (this.#loop ??= generateLoop(this.steps, this.#functions, this.#label, batchSink) as (batch: Batch) => Batch);
    for (const batch of this.parent.compute(partition, task)) {
      yield loop(batch);
      task.checkpoint();
    }
  }
}

/** Makes the computation of a `records` node, joined with its parent when that is a chain of record steps too. */
export function recordStepComputation(
  node: PlanNode,
  parents: readonly Computation[],
  functions: FunctionResolver,
  label: string,
): Computation {
  const { step } = node.args as RecordStepArgs;
  const [parent] = parents;
  if (parent instanceof FusedRecordSteps) return new FusedRecordSteps(parent.parent, [...parent.steps, step], functions, label);
  return new FusedRecordSteps(parent as Computation, [step], functions, label);
}

const batchSink: InlineSink = { names: [], values: [], prologue: "const out = [];", statement: (variable) => `out.push(${variable});` };

function generateLoop(steps: readonly RecordStep[], functions: FunctionResolver, label: string, sink: InlineSink): unknown {
  const names: string[] = [...sink.names];
  const values: unknown[] = [...sink.values];
  steps.forEach((step, position) => {
    if (!("func" in step)) return;
    names.push(`f${position}`);
    values.push(functions.resolve(step.func));
  });
  const body = emitSteps(steps, 0, "v0", sink);
  const result = sink === batchSink ? "out" : "undefined";
  const source = `// ${label}
return function (batch, state) {
  ${sink.prologue}
  for (let i = 0; i < batch.length; i++) {
    const v0 = batch[i];
    ${body}
  }
  return ${result};
};`;
  return compileFunction(names, source)(...values);
}

/** JavaScript for the steps from `position` on, applied to the variable `input`. */
function emitSteps(steps: readonly RecordStep[], position: number, input: string, sink: InlineSink): string {
  const step = steps[position];
  if (step === undefined) return sink.statement(input);
  const f = `f${position}`;
  const output = `v${position + 1}`;
  const rest = emitSteps(steps, position + 1, output, sink);
  switch (step.op) {
    case "map":
      return `const ${output} = ${f}(${input}); ${checked(output, "map")} ${rest}`;
    case "identity":
      return `const ${output} = ${input}; ${rest}`;
    case "keyBy":
      return `const k${position} = ${f}(${input}); ${checked(`k${position}`, "keyBy")} const ${output} = [k${position}, ${input}]; ${rest}`;
    case "mapValues":
      return `${pairCheck(input, "mapValues()")} const u${position} = ${f}(${input}[1]); ${checked(`u${position}`, "mapValues")} const ${output} = [${input}[0], u${position}]; ${rest}`;
    case "keys":
      return `${pairCheck(input, "keys()")} const ${output} = ${input}[0]; ${rest}`;
    case "values":
      return `${pairCheck(input, "values()")} const ${output} = ${input}[1]; ${rest}`;
    case "filter":
      return `const c${position} = ${f}(${input}); ${checked(`c${position}`, "filter")} if (c${position}) { const ${output} = ${input}; ${rest} }`;
    case "filterMap":
      return `const ${output} = ${f}(${input}); ${checked(output, "collectPartial")} if (${output} !== undefined) { ${rest} }`;
    case "flatMap":
      return emitEach(`${f}(${input})`, "flatMap()", position, (item) => `const ${output} = ${item}; ${rest}`);
    case "flatMapValues":
      return `${pairCheck(input, "flatMapValues()")} ${emitEach(
        `${f}(${input}[1])`,
        "flatMapValues()",
        position,
        (item) => `const ${output} = [${input}[0], ${item}]; ${rest}`,
      )}`;
  }
}

/** A look at what the user's function gave for the first record of a batch; more would cost. */
function checked(variable: string, call: string): string {
  return `if (i === 0) refusePromise(${variable}, "${call}()");`;
}

/** A loop over any iterable, by index where it is an array. The rest of the pipeline is emitted once, behind the item. */
function emitEach(iterable: string, call: string, position: number, rest: (item: string) => string): string {
  const many = `m${position}`;
  const at = `j${position}`;
  return `const ${many} = arrayOf(${iterable}, "${call}"); for (let ${at} = 0; ${at} < ${many}.length; ${at}++) { ${rest(`${many}[${at}]`)} }`;
}
