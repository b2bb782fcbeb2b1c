import {
  asNumber,
  vectorMemory,
  vectorReader,
  type ColumnBatch,
  type ColumnVector,
  type DataType,
  type SQLRow,
  type SQLValue,
  type VectorMemory,
} from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { AggregateCall, Expression } from "@vonk/dataframe/internal";
import type { AggregateState } from "@vonk/expression/internal";
import { compileModule } from "@vonk/wasm";
import type { GroupTable } from "../task/aggregate-rows.ts";
import { type ColumnForm, constantsOf, contextLayout, emitAggregate, groupBytes } from "./emit-aggregate.ts";
import { type boundWidths, emitBounds } from "./emit-bounds.ts";
import type { PipelineMemory } from "./pipeline-memory.ts";
import type { PipelinePlan } from "./pipeline-plan.ts";
import { fitsLong, magnitude, rangeOf, type ValueRange } from "./value-range.ts";

/** More groups than that go through a hash table. */
const groupsMax = 65_536;
/** Rows a call: V8 replaces a function's first code by better only between calls. */
const morselRows = 65_536;

type Run = (...args: number[]) => unknown;

/** How a grouping column's values become numbers from 0. */
interface GroupColumn {
  readonly size: number;
  readonly base: bigint;
  readonly valueOf: (number: number) => SQLValue;
}

/** Generated code for a pipeline in one thread, and the batches that it can run on. */
export class CompiledAggregate {
  readonly #plan: PipelinePlan;
  readonly #memory: PipelineMemory;
  readonly #views: VectorMemory;
  readonly #layout: ReturnType<typeof contextLayout>;
  // Addresses, given out anew for each task: another pipeline of the thread may have used the memory meanwhile.
  #context = 0;
  #boundsTarget = 0;
  #groups = 0;
  readonly #bounds: Readonly<Record<string, unknown>>;
  readonly #runs = new Map<string, Run>();

  constructor(plan: PipelinePlan, memory: PipelineMemory) {
    this.#plan = plan;
    this.#memory = memory;
    this.#views = vectorMemory(memory.memory.buffer);
    this.#layout = contextLayout(plan);
    this.#bounds = this.#instantiate(emitBounds());
  }

  /** Takes the thread's memory for a task, from its start. */
  begin(): void {
    const memory = this.#memory;
    memory.clear();
    this.#context = memory.allocate(this.#layout.bytes);
    this.#boundsTarget = memory.allocate(16);
    this.#groups = memory.allocate(groupsMax * groupBytes(this.#plan));
    memory.keep();
    for (const [index, constant] of constantsOf(this.#plan).entries()) {
      assert(constant.kind === "literal", "constants are literals");
      this.#setLong(this.#layout.constant(index), typeof constant.value === "bigint" ? constant.value : BigInt(asNumber(constant.value)));
    }
  }

  /**
   * Adds a batch to the groups; false when the code cannot run on it, and its rows have to be interpreted: a column has nulls, another
   * width, a range with which a sum might leave 64 bits, or there are too many groups.
   */
  run(batch: ColumnBatch, table: GroupTable): boolean {
    if (batch.length === 0) return true;
    const forms = batch.columns.map((vector) => formOf(vector));
    const ranges = batch.columns.map((vector, index) => this.#rangeOf(vector, forms[index]));
    if (forms.includes(undefined) || !this.#isProved(ranges, batch.length)) return false;
    const groupings = this.#plan.groupings.map((grouping) => this.#groupColumn(grouping, batch, ranges));
    const count = groupings.reduce((product, grouping) => product * (grouping?.size ?? Infinity), 1);
    if (!(count <= groupsMax)) return false;
    this.#fillContext(batch, groupings);
    this.#clearGroups(count);
    const run = this.#codeFor(forms.map((form) => form ?? "int64"));
    this.#runMorsels(run, batch, forms);
    this.#collect(count, groupings, table);
    return true;
  }

  #runMorsels(run: Run, batch: ColumnBatch, forms: readonly (ColumnForm | undefined)[]): void {
    for (let start = 0; start < batch.length; start += morselRows) {
      for (const [index, vector] of batch.columns.entries()) {
        this.#setAddress(this.#layout.column(index), vector.data + start * widthOf(forms[index]));
      }
      run(this.#context, Math.min(morselRows, batch.length - start));
    }
  }

  /** The code for columns of these forms, generated when it is first needed. */
  #codeFor(forms: readonly ColumnForm[]): Run {
    const key = forms.join();
    let run = this.#runs.get(key);
    if (run === undefined) {
      run = functionOf(this.#instantiate(emitAggregate(this.#plan, forms)), "run");
      this.#runs.set(key, run);
    }
    return run;
  }

  #instantiate(bytes: Uint8Array): Readonly<Record<string, unknown>> {
    return new WebAssembly.Instance(compileModule(bytes), { env: { memory: this.#memory.memory } }).exports;
  }

  /** Bounds of a column's values; of codes, which are no values, a range that fits nothing. */
  #rangeOf(vector: ColumnVector, form: ColumnForm | undefined): ValueRange | undefined {
    if (form === undefined || form.startsWith("code")) return undefined;
    const width = widthOf(form);
    functionOf(this.#bounds, `bounds${width}`)(vector.data, vector.length, this.#boundsTarget);
    const { view } = this.#views;
    return { min: view.getBigInt64(this.#boundsTarget, true), max: view.getBigInt64(this.#boundsTarget + 8, true) };
  }

  /** Whether no value and no sum of a batch can leave 64 bits. */
  #isProved(known: readonly (ValueRange | undefined)[], rows: number): boolean {
    const unknown: ValueRange = { min: -(2n ** 80n), max: 2n ** 80n };
    const ranges = known.map((range) => range ?? unknown);
    const fits = (expression: Expression): boolean =>
      expression.kind === "call" && !isArithmetic(expression.name)
        ? expression.args.every(fits)
        : rangeOf(expression, ranges) !== undefined;
    if (this.#plan.condition !== undefined && !fits(this.#plan.condition)) return false;
    return this.#plan.calls.every(({ name, args: [argument] }) => {
      if (name === "count" || argument === undefined) return true;
      const range = rangeOf(argument, ranges);
      return range !== undefined && fitsLong({ min: 0n, max: magnitude(range) * BigInt(rows) });
    });
  }

  #groupColumn(grouping: Expression, batch: ColumnBatch, ranges: readonly (ValueRange | undefined)[]): GroupColumn | undefined {
    assert(grouping.kind === "boundReference", "groups are whole columns");
    const vector = batch.columns[grouping.ordinal];
    const range = ranges[grouping.ordinal];
    if (vector?.dictionary !== undefined) {
      const read = vectorReader(vector.dictionary.values, this.#views);
      return { size: Math.max(1, vector.dictionary.values.length), base: 0n, valueOf: read };
    }
    if (vector === undefined || range === undefined || range.max - range.min >= BigInt(groupsMax)) return undefined;
    return {
      size: Number(range.max - range.min) + 1,
      base: range.min,
      valueOf: (number) => wholeValue(range.min + BigInt(number), vector.dataType),
    };
  }

  #fillContext(batch: ColumnBatch, groupings: readonly (GroupColumn | undefined)[]): void {
    this.#setAddress(0, this.#groups);
    for (const index of batch.columns.keys()) this.#setLong(this.#layout.base(index), 0n);
    let stride = 1n;
    for (const [index, grouping] of this.#plan.groupings.entries()) {
      const column = groupings[index];
      assert(grouping.kind === "boundReference" && column !== undefined, "each grouping has its numbers");
      this.#setLong(this.#layout.base(grouping.ordinal), column.base);
      this.#setLong(this.#layout.stride(index), stride);
      stride *= BigInt(column.size);
    }
  }

  #clearGroups(count: number): void {
    const bytes = groupBytes(this.#plan);
    this.#views.bytes.fill(0, this.#groups, this.#groups + count * bytes);
    const { view } = this.#views;
    for (const [index, call] of this.#plan.calls.entries()) {
      if (call.name !== "min" && call.name !== "max") continue;
      const start = call.name === "min" ? 2n ** 63n - 1n : -(2n ** 63n);
      for (let group = 0; group < count; group++) view.setBigInt64(this.#groups + group * bytes + 8 * (1 + index), start, true);
    }
  }

  /** Hands the groups that have rows on, as states of the interpreter. */
  #collect(count: number, groupings: readonly (GroupColumn | undefined)[], table: GroupTable): void {
    const bytes = groupBytes(this.#plan);
    const { view } = this.#views;
    for (let group = 0; group < count; group++) {
      const at = this.#groups + group * bytes;
      const rows = view.getBigInt64(at, true);
      if (rows === 0n) continue;
      const states = this.#plan.calls.map((call, index) => stateOf(call, rows, view.getBigInt64(at + 8 * (1 + index), true)));
      table.addStates(keyOf(group, groupings), states);
    }
  }

  #setAddress(offset: number, value: number): void {
    this.#setLong(offset, BigInt(value));
  }

  #setLong(offset: number, value: bigint): void {
    this.#views.view.setBigInt64(this.#context + offset, value, true);
  }
}

function isArithmetic(name: string): boolean {
  return name === "+" || name === "-" || name === "*";
}

/** How a column lies; undefined when generated code cannot read it. */
function formOf(vector: ColumnVector): ColumnForm | undefined {
  if (vector.validity !== 0) return undefined;
  if (vector.dictionary !== undefined) return `code${(vector.dictionary.width * 8) as 8 | 16 | 32}`;
  const { physical } = vector;
  return physical === "int8" || physical === "int16" || physical === "int32" || physical === "int64" ? physical : undefined;
}

function widthOf(form: ColumnForm | undefined): (typeof boundWidths)[number] {
  switch (form) {
    case "int8":
    case "code8":
      return 1;
    case "int16":
    case "code16":
      return 2;
    case "int32":
    case "code32":
      return 4;
    default:
      return 8;
  }
}

function functionOf(exports: Readonly<Record<string, unknown>>, name: string): Run {
  const found = exports[name];
  assert(typeof found === "function", `generated code exports ${name}`);
  return found as Run;
}

/** An integer in the form that values of a type have. */
function wholeValue(value: bigint, type: DataType): SQLValue {
  return type.kind === "long" || type.kind === "decimal" ? value : Number(value);
}

function keyOf(group: number, groupings: readonly (GroupColumn | undefined)[]): SQLRow {
  let rest = group;
  return groupings.map((grouping) => {
    assert(grouping !== undefined, "each grouping has its numbers");
    const number = rest % grouping.size;
    rest = Math.floor(rest / grouping.size);
    return grouping.valueOf(number);
  });
}

/** What the interpreter would have after a group's rows. */
function stateOf(call: AggregateCall, rows: bigint, value: bigint): AggregateState {
  switch (call.name) {
    case "count":
      return [rows];
    case "avg":
      return [value, rows];
    case "sum":
      return [value];
    default:
      return [wholeValue(value, call.dataType)];
  }
}
