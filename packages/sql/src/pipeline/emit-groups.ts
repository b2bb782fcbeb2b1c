import { assert } from "@vonk/common/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { address, f64, i32, i64, int128, select, type Expression as Code, type Int128, type Local, type ModuleWriter } from "@vonk/wasm";
import { writeFunction, type StageFunction, type WrittenFunction } from "./code-context.ts";
import { copyText } from "./emit-append.ts";
import { hashKeys } from "./emit-probe.ts";
import { TextFunctions } from "./emit-text.ts";
import { emitValue } from "./emit-value.ts";
import { columnsOf } from "./expression-columns.ts";
import type { FrameShape } from "./frame.ts";
import type { GroupLayout } from "./group-layout.ts";
import { RowScope } from "./row-scope.ts";
import type { Accumulator } from "./stage-plan.ts";
import { kept, type ValueCode } from "./value-code.ts";

const mostHigh = 2n ** 63n - 1n;

/** What the code of an aggregate depends on besides the shape. */
export interface GroupsForm {
  readonly groupings: readonly Expression[];
  readonly accumulators: readonly Accumulator[];
  readonly layout: GroupLayout;
  /** By grouping: whether a text's bytes have to be copied. */
  readonly copiesText: readonly boolean[];
  /** By accumulator: whether a sum is proved to fit into 64 bits. */
  readonly narrow: readonly boolean[];
  /** Counts that are copied from another later. */
  readonly copied: readonly number[];
  /** The groupings' columns when all have dictionaries: the group of each combination of codes is looked up once a batch. */
  readonly coded?: readonly number[];
}

/** Words of the state: groups so far, positions taken, the heap's next byte and its end. */
export const groupStateBytes = 32;

/**
 * A function that adds positions to their groups. A group is a row of `groups`: hash, bits of null keys, keys, accumulators. `slots` holds numbers of groups
 * plus one by the upper bits of the hash. When there is no room for one more group or its texts it gives the position at which it stopped;
 * with more room it goes on there. `rehash` enters all groups into new slots.
 */
export function emitGroups(form: GroupsForm, shape: FrameShape): WrittenFunction {
  return writeFunction(
    (stage) => {
      const { module, f, context, count } = stage;
      const text = new TextFunctions(module);
      const state = context.address("state", (from) => from.given("state"));
      const groups = context.address("groups", (from) => from.given("groups"));
      const position = f.let(i32.load(state, 4));
      const made = f.let(i32.load(state, 0));
      const heap = f.let(address.load(state, 8));
      const values = form.accumulators.flatMap((accumulator) =>
        accumulator.argument === undefined || countsColumn(accumulator) ? [] : [accumulator.argument],
      );
      f.block((full) => {
        f.while(i32.lt_s(position, count), () =>
          f.scope(() => {
            const scope = new RowScope(stage, shape, position, text);
            scope.load(columnsOf(form.coded === undefined ? [...form.groupings, ...values] : values));
            const find = (within: RowScope): Code<"address"> => {
              const keys = form.groupings.map((grouping) => kept(f, emitValue(grouping, within)));
              return findGroup(stage, form, keys, { text, made, heap, state, full });
            };
            const first = (): RowScope => new RowScope(stage, shape, position, text);
            const found =
              form.groupings.length === 0 ? groups : form.coded === undefined ? find(scope) : codedGroup(stage, form, scope, first, find);
            for (const index of form.accumulators.keys()) if (!form.copied.includes(index)) addValue(stage, form, index, found, scope);
            f.set(position, i32.add(position, 1));
          }),
        );
      });
      f.store32(state, made, 0);
      f.store32(state, position, 4);
      f.store(state, heap, 8);
      return position;
    },
    (module) => {
      if (form.groupings.length > 0) defineRehash(module, form.layout);
    },
  );
}

/**
 * The address of the group of a combination of codes, 0 in `codes` until its first row in the batch has come by. From then on its sums are known
 * to have values where the batch has no nulls.
 */
function codedGroup(
  stage: StageFunction,
  form: GroupsForm,
  scope: RowScope,
  first: () => RowScope,
  find: (within: RowScope) => Code<"address">,
): Code<"address"> {
  const { f, context } = stage;
  const codes = (form.coded ?? []).map((ordinal, index): Code<"i32"> => {
    const valid = scope.valid(ordinal);
    const code = scope.dictionaryCode(ordinal);
    if (valid === undefined) return code;
    const none = i32.wrap_i64(context.i64(`codeOfNull${index}`, (from) => from.given(`codeOfNull${index}`)));
    return select(valid, code, none);
  });
  const place = codes.reduce((all, code, index) => {
    const count = i32.wrap_i64(context.i64(`codeCount${index}`, (from) => from.given(`codeCount${index}`)));
    return i32.add(i32.mul(all, count), code);
  });
  const known = f.let(
    address.at(
      context.address("codes", (from) => from.given("codes")),
      place,
      8,
    ),
  );
  const found = f.let(address.load(known));
  f.if(i64.eqz(i64.load(known)), () => {
    const within = first();
    f.set(found, find(within));
    f.store(known, address.asI64(found));
    for (const [index, { kind, argument }] of form.accumulators.entries()) {
      if (kind !== "sum" || argument === undefined || emitValue(argument, within).valid !== undefined) continue;
      f.store(found, i64.const(1n), (form.layout.accumulators[index] ?? 0) + 16);
    }
  });
  return found;
}

type Label = Parameters<StageFunction["f"]["br"]>[0];

interface Search {
  readonly text: TextFunctions;
  readonly made: Local<"i32">;
  readonly heap: Local<"address">;
  readonly state: Code<"address">;
  readonly full: Label;
}

/** The address of a position's group, which is made when it is new. */
function findGroup(stage: StageFunction, form: GroupsForm, keys: readonly ValueCode[], search: Search): Code<"address"> {
  const { f, context } = stage;
  const hash = f.let(hashKeys(stage, keys, search.text));
  const groups = context.address("groups", (from) => from.given("groups"));
  const slots = context.address("slots", (from) => from.given("slots"));
  const mask = i32.wrap_i64(context.i64("mask", (from) => from.given("mask")));
  const slot = f.let(
    i32.wrap_i64(
      i64.shr_u(
        hash,
        context.i64("shift", (from) => from.given("shift")),
      ),
    ),
  );
  const found = f.local("address");
  f.block((done) =>
    f.loop((again) => {
      const number = f.let(i32.load(address.at(slots, slot, 4)));
      f.if(i32.eqz(number), () => {
        newGroup(stage, form, keys, search, { hash, found, slot: address.at(slots, slot, 4), groups });
        f.br(done);
      });
      f.set(found, address.at(groups, i32.sub(number, 1), form.layout.bytes));
      f.if(i64.eq(i64.load(found), hash), () => f.brIf(done, sameKeys(stage, form, keys, found, search.text)));
      f.set(slot, i32.and(i32.add(slot, 1), mask));
      f.br(again);
    }),
  );
  return found;
}

interface Place {
  readonly hash: Local<"i64">;
  readonly found: Local<"address">;
  readonly slot: Code<"address">;
  readonly groups: Code<"address">;
}

function newGroup(stage: StageFunction, form: GroupsForm, keys: readonly ValueCode[], search: Search, place: Place): void {
  const { f, context } = stage;
  const { made, heap, full } = search;
  f.brIf(full, i32.ge_u(made, i32.wrap_i64(context.i64("limit", (from) => from.given("limit")))));
  const copied = keys.filter((_, index) => form.copiesText[index] === true);
  if (copied.length > 0) {
    const bytes = copied
      .map((key) => (key.kind === "text" ? i32.wrap_i64(i64.shr_u(key.code, 32)) : i32.const(0)))
      .reduce((a, b) => i32.add(a, b));
    f.brIf(full, address.gt_u(address.add(heap, address.of(bytes)), address.load(search.state, 16)));
  }
  f.set(place.found, address.at(place.groups, made, form.layout.bytes));
  // A call of memory.fill costs more than a few stores.
  for (let offset = 0; offset < form.layout.bytes; offset += 8) f.store(place.found, i64.const(0n), offset);
  f.store(place.found, place.hash);
  f.store(place.found, nullBits(keys), 8);
  for (const [index, key] of keys.entries()) {
    const stored = key.kind === "text" && form.copiesText[index] === true ? copyText(stage, key, heap) : key;
    const offset = form.layout.keys[index] ?? 0;
    if (stored.kind === "boolean") f.store(place.found, i64.extend_i32_u(stored.code), offset);
    else f.store(place.found, stored.code, offset);
  }
  f.set(made, i32.add(made, 1));
  f.store32(place.slot, made);
}

function nullBits(keys: readonly ValueCode[]): Code<"i64"> {
  return keys.reduce<Code<"i64">>(
    (bits, { valid }, index) => (valid === undefined ? bits : i64.or(bits, i64.shl(i64.extend_i32_u(i32.eqz(valid)), index))),
    i64.const(0n),
  );
}

function sameKeys(
  { f }: StageFunction,
  form: GroupsForm,
  keys: readonly ValueCode[],
  found: Code<"address">,
  text: TextFunctions,
): Code<"i32"> {
  const same = i64.eq(i64.load(found, 8), nullBits(keys));
  return keys.reduce<Code<"i32">>((all, key, index) => {
    const offset = form.layout.keys[index] ?? 0;
    const test = ((): Code<"i32"> => {
      if (key.kind === "text") return f.let(text.equal(key.code, i64.load(found, offset)));
      if (key.kind === "double") return i64.eq(i64.reinterpret_f64(key.code), i64.load(found, offset));
      return i64.eq(key.kind === "boolean" ? i64.extend_i32_u(key.code) : key.code, i64.load(found, offset));
    })();
    return i32.and(all, key.valid === undefined ? test : i32.or(test, i32.eqz(key.valid)));
  }, same);
}

/** An accumulator has its value in 16 bytes, low half first, and whether any came in the 8 behind; a count has its value alone. */
function addValue(stage: StageFunction, form: GroupsForm, index: number, group: Code<"address">, scope: RowScope): void {
  const { f } = stage;
  const accumulator = form.accumulators[index];
  const offset = form.layout.accumulators[index] ?? 0;
  assert(accumulator !== undefined, "accumulators are counted");
  const { kind, argument } = accumulator;
  if (countsColumn(accumulator)) {
    const valid = scope.valid(accumulator.argument.ordinal);
    const one = valid === undefined ? i64.const(1n) : i64.extend_i32_u(valid);
    return f.store(group, i64.add(i64.load(group, offset), one), offset);
  }
  const value = argument === undefined ? undefined : kept(f, emitValue(argument, scope));
  const add = (): void => {
    if (kind === "count") return f.store(group, i64.add(i64.load(group, offset), 1n), offset);
    assert(value !== undefined && argument !== undefined, "only counts have no argument");
    if (value.kind === "double") f.store(group, f64.add(f64.load(group, offset), value.code), offset);
    else if (form.narrow[index] === true && value.kind === "integer") f.store(group, i64.add(i64.load(group, offset), value.code), offset);
    else {
      assert(value.kind === "integer", "sums and extremes are of numbers");
      const both = scope.wide(argument);
      const wide = both ?? { low: value.code, high: i64.shr_s(value.code, 63) };
      f.scope(() =>
        kind === "sum" ? addToSum(stage, wide, both !== undefined, group, offset) : takeExtreme(stage, kind, wide, group, offset),
      );
    }
    // The first row of an extreme is known by it.
    if (form.coded === undefined || kind !== "sum" || value.valid !== undefined) f.store(group, i64.const(1n), offset + 16);
  };
  if (value?.valid === undefined) add();
  else f.if(value.valid, add);
}

/** A count of a column's values needs none of them: only whether they are there. */
function countsColumn(
  accumulator: Accumulator,
): accumulator is Accumulator & { readonly argument: Extract<Expression, { kind: "boundReference" }> } {
  return accumulator.kind === "count" && accumulator.argument?.kind === "boundReference";
}

/** A sum of sums that leaves 128 bits stays at the greatest number, which no type holds: it is refused in the end. */
function addToSum({ f }: StageFunction, value: Int128, isWide: boolean, group: Code<"address">, offset: number): void {
  const more = f.repeatable(value.low);
  const low = f.let(i64.add(i64.load(group, offset), more));
  const high = i64.add(i64.load(group, offset + 8), i64.add(value.high, i64.extend_i32_u(i64.lt_u(low, more))));
  if (!isWide) {
    f.store(group, low, offset);
    return f.store(group, high, offset + 8);
  }
  const before = f.let(i64.load(group, offset + 8));
  const other = f.let(value.high);
  const after = f.let(high);
  const overflows = i64.lt_s(i64.and(i64.xor(before, after), i64.xor(other, after)), 0n);
  f.if(
    i32.or(i64.eq(before, mostHigh), overflows),
    () => f.store(group, i64.const(mostHigh), offset + 8),
    () => {
      f.store(group, low, offset);
      f.store(group, after, offset + 8);
    },
  );
}

function takeExtreme({ f }: StageFunction, kind: "min" | "max", value: Int128, group: Code<"address">, offset: number): void {
  const now = { low: f.let(value.low), high: f.let(value.high) };
  const best = { low: f.let(i64.load(group, offset)), high: f.let(i64.load(group, offset + 8)) };
  const better = kind === "min" ? int128.lt_s(now, best) : int128.lt_s(best, now);
  f.if(i32.or(better, i64.eqz(i64.load(group, offset + 16))), () => int128.store(f, group, now, offset));
}

/** `rehash(groups, count, slots, shift, mask)` */
function defineRehash(module: ModuleWriter, layout: GroupLayout): void {
  const params = { groups: "address", count: "i32", slots: "address", shift: "i32", mask: "i32" } as const;
  const rehash = module.function("rehash", { params, results: [] }, (f, { groups, count, slots, shift, mask }) => {
    const group = f.local("i32", "group");
    f.for(group, 0, count, () =>
      f.scope(() => {
        const hash = i64.load(address.at(groups, group, layout.bytes));
        const slot = f.let(i32.wrap_i64(i64.shr_u(hash, i64.extend_i32_u(shift))));
        f.while(i32.load(address.at(slots, slot, 4)), () => f.set(slot, i32.and(i32.add(slot, 1), mask)));
        f.store32(address.at(slots, slot, 4), i32.add(group, 1));
      }),
    );
  });
  module.exportFunction(rehash);
}
