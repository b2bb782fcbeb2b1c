import { assert } from "@vonk/common/internal";
import type { PhysicalType } from "@vonk/columnar/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { address, i32, i64, ModuleWriter, select, type Expression as Code, type FunctionWriter, type Local } from "@vonk/wasm";
import { emitCondition, emitNumber, type RowCode } from "./emit-expression.ts";
import type { PipelinePlan } from "./pipeline-plan.ts";

/*
 * One function: `run(context, rows)` goes once over a batch. Everything that changes from batch to batch or query to query stands in the context:
 *
 *   offset 0            address of the accumulators
 *   8 + 16 i            column i: address of its values or codes
 *   16 + 16 i           column i: what is subtracted from it to be a group's number, an i64
 *   constants           8 bytes each, in the order in which the expressions name them
 *
 * A group's accumulators lie side by side: first how many rows it has, then one i64 a call. Its number is mixed from its columns' numbers with
 * strides that stand behind the constants.
 */

/** How a column lies in the batches that a piece of code is for: its width, or the width of its codes. */
export type ColumnForm = PhysicalType | "code8" | "code16" | "code32";

/** Where things stand in the context of {@link emitAggregate}. */
export interface ContextLayout {
  readonly column: (ordinal: number) => number;
  readonly base: (ordinal: number) => number;
  readonly constant: (index: number) => number;
  readonly stride: (grouping: number) => number;
  readonly bytes: number;
}

/** The layout of a plan's context. */
export function contextLayout(plan: PipelinePlan): ContextLayout {
  const columns = plan.columns.length;
  const constants = constantsOf(plan).length;
  const first = 8 + 16 * columns;
  return {
    column: (ordinal) => 8 + 16 * ordinal,
    base: (ordinal) => 16 + 16 * ordinal,
    constant: (index) => first + 8 * index,
    stride: (grouping) => first + 8 * (constants + grouping),
    bytes: first + 8 * (constants + plan.groupings.length),
  };
}

/** A plan's constants in the order of the context. */
export function constantsOf(plan: PipelinePlan): Expression[] {
  const found: Expression[] = [];
  const visit = (expression: Expression): void => {
    if (expression.kind === "literal") found.push(expression);
    else if (expression.kind === "call") expression.args.forEach(visit);
  };
  if (plan.condition !== undefined) visit(plan.condition);
  for (const call of plan.calls) if (call.name !== "count") call.args.forEach(visit);
  return found;
}

/** Bytes of a group's accumulators. */
export function groupBytes(plan: PipelinePlan): number {
  return 8 * (1 + plan.calls.length);
}

/** The module of a pipeline for batches whose columns have these forms. */
export function emitAggregate(plan: PipelinePlan, forms: readonly ColumnForm[]): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const layout = contextLayout(plan);
  const constants = constantsOf(plan);
  const run = module.function("run", { params: { context: "address", rows: "i32" }, results: [] }, (f, { context, rows }) => {
    const groups = f.let(address.load(context, 0));
    const bases = plan.columns.map((_, ordinal) => f.let(address.load(context, layout.column(ordinal))));
    const kept = constants.map((_, index) => f.let(i64.load(context, layout.constant(index))));
    const row = f.local("i32", "row");
    const code: RowCode = {
      column: (ordinal) => loadColumn(bases[ordinal], forms[ordinal], row),
      constant: (expression) => {
        const local = kept[constants.indexOf(expression)];
        assert(local !== undefined, "constants stand in the context");
        return local;
      },
    };
    const body = (): void => addRow(f, plan, layout, context, groups, code);
    f.for(row, 0, rows, () => (plan.condition === undefined ? body() : f.if(emitCondition(plan.condition, code), body)));
  });
  module.exportFunction(run);
  return module.toBytes();
}

/** The value or code of a column at the current row. */
function loadColumn(base: Local<"address"> | undefined, form: ColumnForm | undefined, row: Local<"i32">): Code<"i64"> {
  assert(base !== undefined, "columns are numbered from 0");
  switch (form) {
    case "int8":
      return i64.load8_s(address.at(base, row, 1));
    case "int16":
      return i64.load16_s(address.at(base, row, 2));
    case "int32":
      return i64.load32_s(address.at(base, row, 4));
    case "int64":
      return i64.load(address.at(base, row, 8));
    case "code8":
      return i64.load8_u(address.at(base, row, 1));
    case "code16":
      return i64.load16_u(address.at(base, row, 2));
    default:
      assert(form === "code32", "pipelines read integers and codes");
      return i64.load32_u(address.at(base, row, 4));
  }
}

function addRow(
  f: FunctionWriter<readonly []>,
  plan: PipelinePlan,
  layout: ContextLayout,
  context: Local<"address">,
  groups: Local<"address">,
  code: RowCode,
): void {
  const number = plan.groupings.reduce<Code<"i64">>((sum, grouping, index) => {
    assert(grouping.kind === "boundReference", "groups are whole columns");
    const distance = i64.sub(code.column(grouping.ordinal), i64.load(context, layout.base(grouping.ordinal)));
    return i64.add(sum, i64.mul(distance, i64.load(context, layout.stride(index))));
  }, i64.const(0n));
  f.scope(() => {
    const group = plan.groupings.length === 0 ? groups : f.let(address.at(groups, i32.wrap_i64(number), groupBytes(plan)));
    f.store(group, i64.add(i64.load(group), 1n));
    for (const [index, call] of plan.calls.entries()) {
      const [argument] = call.args;
      if (call.name === "count" || argument === undefined) continue;
      const offset = 8 * (1 + index);
      const value = emitNumber(argument, code);
      if (call.name === "sum" || call.name === "avg") {
        f.store(group, i64.add(i64.load(group, offset), value), offset);
      } else {
        const now = f.let(value);
        const best = f.let(i64.load(group, offset));
        f.store(group, select(call.name === "min" ? i64.lt_s(now, best) : i64.gt_s(now, best), now, best), offset);
      }
    }
  });
}
