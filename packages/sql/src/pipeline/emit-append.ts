import type { Expression } from "@vonk/dataframe/internal";
import type { PhysicalType } from "@vonk/columnar/internal";
import { address, i32, i64, int128, v128, type Expression as Code } from "@vonk/wasm";
import { writeFunction, type StageFunction, type WrittenFunction } from "./code-context.ts";
import { textAddress, textLength, TextFunctions } from "./emit-text.ts";
import { emitValue } from "./emit-value.ts";
import { columnsOf } from "./expression-columns.ts";
import type { FrameShape } from "./frame.ts";
import { RowScope } from "./row-scope.ts";
import type { ValueCode } from "./value-code.ts";

/** A column that is written: which expression, how its values lie, and whether texts are copied because theirs will go. */
export interface AppendColumn {
  readonly expression: Expression;
  readonly physical: PhysicalType;
  readonly copiesText: boolean;
}

/**
 * A function that writes expressions as columns, `toN` and bits at `validN`, where position 0 is row `first`, and texts behind the heap's end. Gives
 * the position at which it stopped, since the next one's texts did not fit; called again it goes on there. Its state: the heap's next byte and end,
 * the position.
 */
export function emitAppend(columns: readonly AppendColumn[], shape: FrameShape): WrittenFunction {
  return writeFunction((stage) => {
    const { module, f, context, count } = stage;
    const text = new TextFunctions(module);
    const first = i32.wrap_i64(context.i64("first", (from) => from.given("first")));
    const state = context.address("state", (from) => from.given("state"));
    const heap = f.let(address.load(state, 0));
    const heapEnd = f.let(address.load(state, 8));
    const position = f.let(i32.load(state, 16));
    f.block((full) => {
      f.while(i32.lt_s(position, count), () =>
        f.scope(() => {
          const scope = new RowScope(stage, shape, position, text);
          scope.load(columnsOf(columns.map((column) => column.expression)));
          const values = columns.map((column) => emitValueKept(stage, column.expression, scope));
          const copied = values.filter((_, index) => columns[index]?.copiesText === true);
          if (copied.length > 0) {
            const bytes = copied.map((value) => lengthOf(value)).reduce((a, b) => i32.add(a, b));
            f.brIf(full, address.gt_u(address.add(heap, address.of(bytes)), heapEnd));
          }
          const row = f.let(i32.add(position, first));
          for (const [index, column] of columns.entries()) {
            const value = values[index];
            if (value === undefined) continue;
            const to = context.address(`to${index}`, (from) => from.given(`to${index}`));
            const kept = column.copiesText && value.kind === "text" ? copyText(stage, value, heap) : value;
            // A sum's column is wide whatever its type; one of 18 digits is written in 64 bits like others of its type.
            const wide = column.physical === "int128" ? scope.wide(column.expression) : undefined;
            if (wide === undefined) storeValue(stage, column.physical, to, row, kept);
            else f.scope(() => int128.store(f, f.let(address.at(to, row, 16)), wide));
            storeValid(
              stage,
              context.address(`valid${index}`, (from) => from.given(`valid${index}`)),
              row,
              value.valid ?? i32.const(1),
            );
          }
          f.set(position, i32.add(position, 1));
        }),
      );
    });
    f.store(state, heap, 0);
    f.store32(state, position, 16);
    return position;
  });
}

function emitValueKept({ f }: StageFunction, expression: Expression, scope: RowScope): ValueCode {
  const value = emitValue(expression, scope);
  const valid = value.valid === undefined ? undefined : f.repeatable(value.valid);
  return value.kind === "text" ? { ...value, code: f.repeatable(value.code), valid } : { ...value, valid };
}

function lengthOf(value: ValueCode): Code<"i32"> {
  if (value.kind !== "text") return i32.const(0);
  return value.valid === undefined ? textLength(value.code) : i32.mul(textLength(value.code), value.valid);
}

/** Copies a text's bytes behind the heap's end, which moves; gives the text at its new place. */
export function copyText(
  { f }: StageFunction,
  value: Extract<ValueCode, { kind: "text" }>,
  heap: Parameters<typeof f.set<"address">>[0],
): ValueCode {
  const bytes = f.let(lengthOf(value));
  copyShort(f, heap, f.let(textAddress(value.code)), bytes);
  const code = f.let(i64.or(address.asI64(heap), i64.shl(i64.extend_i32_u(bytes), 32)));
  f.set(heap, address.add(heap, address.of(bytes)));
  return { ...value, code };
}

/**
 * Copies bytes 16 at a time: a call of memory.copy costs more than a few of these. Up to 15 more are read and written behind the last, which is memory that
 * nobody else uses.
 */
function copyShort(f: StageFunction["f"], to: Code<"address">, from: Code<"address">, bytes: Code<"i32">): void {
  const done = f.let(i32.const(0));
  f.while(i32.lt_u(done, bytes), () => {
    f.store(address.at(to, done, 1), v128.load(address.at(from, done, 1), 0, 1), 0, 1);
    f.set(done, i32.add(done, 16));
  });
}

/** Stores a value at a row of a column. */
export function storeValue({ f }: StageFunction, physical: PhysicalType, to: Code<"address">, row: Code<"i32">, value: ValueCode): void {
  if (value.kind === "double") return f.store(address.at(to, row, 8), value.code);
  if (value.kind === "boolean") return f.store8(address.at(to, row, 1), value.code);
  if (physical === "int32") return f.store32(address.at(to, row, 4), value.code);
  if (physical !== "int128") return f.store(address.at(to, row, 8), value.code);
  const low = f.repeatable(value.code);
  const at = f.let(address.at(to, row, 16));
  f.store(at, low);
  f.store(at, i64.shr_s(low, 63), 8);
}

/** Sets the bit of a row; bits are zero before. */
export function storeValid({ f }: StageFunction, bits: Code<"address">, row: Code<"i32">, valid: Code<"i32">): void {
  const at = f.let(address.at(bits, i32.shr_u(row, 3), 1));
  f.store8(at, i32.or(i32.load8_u(at), i32.shl(valid, i32.and(row, 7))));
}
