import { address, i32, i64, ModuleWriter, type Local } from "@vonk/wasm";
import { writeFunction, type StageFunction, type WrittenFunction } from "./code-context.ts";
import { bitmapWord, directSlot, hashKeys, rankOf } from "./emit-probe.ts";
import { TextFunctions } from "./emit-text.ts";
import type { FrameShape } from "./frame.ts";
import { RowScope } from "./row-scope.ts";
import { bothValid, type Valid } from "./value-code.ts";

/** What is made of a table's keys. */
export interface InsertForm {
  readonly keys: readonly number[];
  readonly isDirect: boolean;
  /** Whether bits are set, heads are set, and heads stand by the rank of their bit, which is set then. */
  readonly setsBits: boolean;
  readonly setsHeads: boolean;
  readonly isRanked: boolean;
}

/** A function that enters rows into a table; gives how many had a key that was there, and counts rows without a key in `state`. */
export function emitInsert(form: InsertForm, shape: FrameShape): WrittenFunction {
  return writeFunction((stage) => {
    const { module, f, context, count } = stage;
    const text = new TextFunctions(module);
    const row = f.local("i32", "row");
    const twice = f.let(i32.const(0));
    const nulls = f.let(i32.const(0));
    f.for(row, 0, count, () =>
      f.scope(() => {
        const scope = new RowScope(stage, shape, row, text);
        const keys = form.keys.map((key) => scope.column(key));
        const valid = keys.reduce<Valid>((all, key) => bothValid(all, key.valid), undefined);
        const insert = (): void => {
          const slot = form.isDirect
            ? directSlot(stage, keys).slot
            : f.let(
                i32.wrap_i64(
                  i64.shr_u(
                    hashKeys(stage, keys, text),
                    context.i64("shift", (from) => from.given("shift")),
                  ),
                ),
              );
          enter(stage, form, slot, row, twice);
        };
        if (valid === undefined) insert();
        else f.if(valid, insert, () => f.set(nulls, i32.add(nulls, 1)));
      }),
    );
    f.store32(
      context.address("state", (from) => from.given("state")),
      nulls,
      0,
    );
    return twice;
  });
}

function enter(stage: StageFunction, form: InsertForm, slot: Local<"i32">, row: Local<"i32">, twice: Local<"i32">): void {
  const { f, context } = stage;
  if (form.setsBits) {
    const at = f.let(
      address.at(
        context.address("bitmap", (from) => from.given("bitmap")),
        i32.shr_u(slot, 3),
        1,
      ),
    );
    f.store8(at, i32.or(i32.load8_u(at), i32.shl(1, i32.and(slot, 7))));
  }
  if (!form.setsHeads) return;
  const entry = form.isRanked ? rankOf(stage, slot, bitmapWord(stage, slot).word) : slot;
  const head = f.let(
    address.at(
      context.address("heads", (from) => from.given("heads")),
      entry,
      4,
    ),
  );
  const before = f.let(i32.load(head));
  f.set(twice, i32.add(twice, i32.ne(before, 0)));
  f.store32(
    address.at(
      context.address("next", (from) => from.given("next")),
      row,
      4,
    ),
    before,
  );
  f.store32(head, i32.add(row, 1));
}

/** A module with `run(bitmap, words, ranks)`: writes how many bits are set before each 64, and gives how many there are. */
export function emitRanks(): Uint8Array {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 65_536, shared: true });
  const params = { bitmap: "address", words: "i32", ranks: "address" } as const;
  const run = module.function("run", { params, results: ["i32"] }, (f, { bitmap, words, ranks }) => {
    const word = f.local("i32", "word");
    const total = f.let(i32.const(0));
    f.for(word, 0, words, () => {
      f.store32(address.at(ranks, word, 4), total);
      f.set(total, i32.add(total, i32.wrap_i64(i64.popcnt(i64.load(address.at(bitmap, word, 8))))));
    });
    return total;
  });
  module.exportFunction(run);
  return module.toBytes();
}
