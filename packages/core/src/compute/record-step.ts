import { compileFunction } from "./compile-function.ts";
import type { Batch, BatchIterator, Computation, ComputationInput, FunctionResolver } from "./computation.ts";
import type { FunctionRef, PlanNode } from "../plan/stage-plan.ts";
import type { TaskRuntime } from "../executor/task-runtime.ts";

/** A transformation of single records: one record in, none, one or many out. */
export type RecordStep =
  | { readonly op: "map" | "filter" | "flatMap" | "mapValues" | "flatMapValues" | "keyBy"; readonly func: FunctionRef }
  | { readonly op: "keys" | "values" | "identity" };

/** Arguments of a plan node of kind `records`. */
export interface RecordStepArgs {
  readonly step: RecordStep;
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

  inputs(partition: number): readonly ComputationInput[] {
    return [{ computation: this.parent, partition }];
  }

  *compute(partition: number, task: TaskRuntime): BatchIterator {
    const loop = (this.#loop ??= generateLoop(this.steps, this.#functions, this.#label));
    for (const batch of this.parent.compute(partition, task)) {
      yield loop(batch);
      task.checkpoint();
    }
  }
}

/** Makes the computation of a `records` node, joined with its parent when that is a chain of record steps too. */
export function recordStepComputation(node: PlanNode, parents: readonly Computation[], functions: FunctionResolver, label: string): Computation {
  const { step } = node.args as RecordStepArgs;
  const [parent] = parents;
  if (parent instanceof FusedRecordSteps) return new FusedRecordSteps(parent.parent, [...parent.steps, step], functions, label);
  return new FusedRecordSteps(parent as Computation, [step], functions, label);
}

function generateLoop(steps: readonly RecordStep[], functions: FunctionResolver, label: string): (batch: Batch) => Batch {
  const names: string[] = [];
  const values: unknown[] = [];
  steps.forEach((step, position) => {
    if (!("func" in step)) return;
    names.push(`f${position}`);
    values.push(functions.resolve(step.func));
  });
  const body = emitSteps(steps, 0, "v0");
  const source = `// ${label}
return function (batch) {
  const out = [];
  for (let i = 0; i < batch.length; i++) {
    const v0 = batch[i];
    ${body}
  }
  return out;
};`;
  return compileFunction(names, source)(...values) as (batch: Batch) => Batch;
}

/** JavaScript for the steps from `position` on, applied to the variable `input`. */
function emitSteps(steps: readonly RecordStep[], position: number, input: string): string {
  const step = steps[position];
  if (step === undefined) return `out.push(${input});`;
  const f = `f${position}`;
  const output = `v${position + 1}`;
  const rest = emitSteps(steps, position + 1, output);
  switch (step.op) {
    case "map":
      return `const ${output} = ${f}(${input}); ${rest}`;
    case "identity":
      return `const ${output} = ${input}; ${rest}`;
    case "keyBy":
      return `const ${output} = [${f}(${input}), ${input}]; ${rest}`;
    case "mapValues":
      return `const ${output} = [${input}[0], ${f}(${input}[1])]; ${rest}`;
    case "keys":
      return `const ${output} = ${input}[0]; ${rest}`;
    case "values":
      return `const ${output} = ${input}[1]; ${rest}`;
    case "filter":
      return `if (${f}(${input})) { const ${output} = ${input}; ${rest} }`;
    case "flatMap":
      return emitEach(`${f}(${input})`, position, (item) => `const ${output} = ${item}; ${rest}`);
    case "flatMapValues":
      return emitEach(`${f}(${input}[1])`, position, (item) => `const ${output} = [${input}[0], ${item}]; ${rest}`);
  }
}

/** A loop over any iterable, by index where it is an array. The rest of the pipeline is emitted once, behind the item. */
function emitEach(iterable: string, position: number, rest: (item: string) => string): string {
  const many = `m${position}`;
  const at = `j${position}`;
  return `const ${many} = arrayOf(${iterable}); for (let ${at} = 0; ${at} < ${many}.length; ${at}++) { ${rest(`${many}[${at}]`)} }`;
}
