import { assert } from "@vonk/common/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { address, combineHash, i32, i64, mixI64, type Expression as Code, type Local } from "@vonk/wasm";
import { writeFunction, type StageFunction, type WrittenFunction } from "./code-context.ts";
import { emitCondition, emitValue } from "./emit-value.ts";
import { TextFunctions } from "./emit-text.ts";
import { columnsOf } from "./expression-columns.ts";
import { rowsOut } from "./emit-filter.ts";
import type { FrameShape } from "./frame.ts";
import { RowScope } from "./row-scope.ts";
import type { ProbeStep, ProbeType } from "./stage-plan.ts";
import { bothValid, kept, type Valid, type ValueCode } from "./value-code.ts";

/** What the code of a probe depends on besides the shape. */
export interface ProbeForm {
  readonly keys: readonly Expression[];
  readonly joinType: ProbeType;
  readonly condition?: Expression;
  readonly isDirect: boolean;
  readonly isUnique: boolean;
  readonly hasBitmap: boolean;
  readonly isRanked: boolean;
  /** NOT IN over a list that is not empty: a row without a key does not pass. */
  readonly nullAware: boolean;
  /** Positions of the table's keys among all columns. */
  readonly tableKeys: readonly number[];
  /** The table's source. */
  readonly source: number;
}

/** Words in the context's state that say where a probe goes on when its output was full: position, candidate, whether it had matched. */
export const probeStateBytes = 12;

interface Probe {
  readonly stage: StageFunction;
  readonly form: ProbeForm;
  readonly shape: FrameShape;
  readonly outs: readonly Code<"address">[];
  readonly text: TextFunctions;
  readonly made: Local<"i32">;
}

/**
 * A function that looks each position's key up in a table; where only the slots of a direct table are asked, `emitExistence` is shorter. For pairs it writes the rows of each source and of the table; for semi and anti joins the
 * rows that pass; for `mark` a byte a row of the table. When `capacity` rows are written it notes where it is and gives them; called
 * again it goes on there. `shape` has the table's columns and source behind the others.
 */
export function emitProbe(form: ProbeForm, shape: FrameShape): WrittenFunction {
  return writeFunction((stage) => {
    const { module, f, context, count } = stage;
    const state = context.address("state", (from) => from.given("state"));
    const position = f.let(i32.load(state, 0));
    const candidate = f.let(i32.load(state, 4));
    const matched = f.let(i32.load(state, 8));
    const made = f.let(i32.const(0));
    const outs = shape.identity.map((_, source) => rowsOut(stage, source));
    const probe: Probe = { stage, form, shape, outs, text: new TextFunctions(module), made };
    const capacity = i32.wrap_i64(context.i64("capacity", (from) => from.given("capacity")));
    const save = (): void => [position, candidate, matched].forEach((word, index) => f.store32(state, word, 4 * index));
    f.block((full) => {
      f.while(i32.lt_s(position, count), () =>
        f.scope(() => {
          const scope = new RowScope(stage, shape, position, probe.text);
          scope.load(
            columnsOf([...form.keys, ...(form.condition === undefined ? [] : [form.condition])]).filter(
              (ordinal) => shape.columns[ordinal]?.source !== form.source,
            ),
          );
          const keys = form.keys.map((key) => kept(f, emitValue(key, scope)));
          f.if(i32.eqz(candidate), () => findFirst(probe, keys, candidate));
          const checkRoom = (): void =>
            f.if(i32.ge_s(made, capacity), () => {
              save();
              f.br(full);
            });
          followCandidates(probe, scope, keys, candidate, matched, checkRoom);
          finishPosition(probe, scope, keys, matched, checkRoom);
          f.set(candidate, 0);
          f.set(matched, 0);
          f.set(position, i32.add(position, 1));
        }),
      );
      save();
    });
    return made;
  });
}

/** Whether all keys have a value. */
export function validOf(keys: readonly ValueCode[]): Valid {
  return keys.reduce<Valid>((valid, key) => bothValid(valid, key.valid), undefined);
}

/** Sets the candidate to the first row plus one, or leaves it at 0. */
function findFirst(probe: Probe, keys: readonly ValueCode[], candidate: Local<"i32">): void {
  const { f, context } = probe.stage;
  const heads = context.address("heads", (from) => from.given("heads"));
  const look = (): void => {
    if (!probe.form.isDirect) {
      const slot = i32.wrap_i64(
        i64.shr_u(
          hashKeys(probe.stage, keys, probe.text),
          context.i64("shift", (from) => from.given("shift")),
        ),
      );
      f.set(candidate, i32.load(address.at(heads, slot, 4)));
      return;
    }
    const { inside, slot } = directSlot(probe.stage, keys);
    f.if(inside, () => {
      if (!probe.form.hasBitmap) return f.set(candidate, i32.load(address.at(heads, slot, 4)));
      const { word, isSet } = bitmapWord(probe.stage, slot);
      f.if(isSet, () => f.set(candidate, i32.load(address.at(heads, probe.form.isRanked ? rankOf(probe.stage, slot, word) : slot, 4))));
    });
  };
  const valid = validOf(keys);
  if (valid === undefined) look();
  else f.if(valid, look);
}

/** Whether it is enough to know that there is a row. */
export function needsNoRow({ joinType, condition }: Pick<ProbeStep, "joinType" | "condition">): boolean {
  return (joinType === "semi" || joinType === "anti") && condition === undefined;
}

/** The slot of a direct table, and whether the key is within its bounds. */
export function directSlot(
  stage: StageFunction,
  keys: readonly ValueCode[],
): { readonly inside: Code<"i32">; readonly slot: Local<"i32"> } {
  const { f, context } = stage;
  let inside: Code<"i32"> | undefined;
  let sum: Code<"i64"> | undefined;
  for (const [index, key] of keys.entries()) {
    assert(key.kind === "integer", "keys of direct tables are integers");
    const distance = f.let(
      i64.sub(
        key.code,
        context.i64(`min${index}`, (from) => from.given(`min${index}`)),
      ),
    );
    const within = i64.lt_u(
      distance,
      context.i64(`size${index}`, (from) => from.given(`size${index}`)),
    );
    const part =
      keys.length === 1
        ? distance
        : i64.mul(
            distance,
            context.i64(`stride${index}`, (from) => from.given(`stride${index}`)),
          );
    inside = inside === undefined ? within : i32.and(inside, within);
    sum = sum === undefined ? part : i64.add(sum, part);
  }
  assert(inside !== undefined && sum !== undefined, "a join has keys");
  return { inside, slot: f.let(i32.wrap_i64(sum)) };
}

/** The 64 bits of the bitmap among which a slot's is, and whether it is set. */
export function bitmapWord(
  { f, context }: StageFunction,
  slot: Local<"i32">,
): { readonly word: Local<"i64">; readonly isSet: Code<"i32"> } {
  const bitmap = context.address("bitmap", (from) => from.given("bitmap"));
  const word = f.let(i64.load(address.at(bitmap, i32.shr_u(slot, 6), 8)));
  return { word, isSet: i32.and(i32.wrap_i64(i64.shr_u(word, i64.extend_i32_u(slot))), 1) };
}

/** How many slots before this one are taken. */
export function rankOf({ context }: StageFunction, slot: Local<"i32">, word: Local<"i64">): Code<"i32"> {
  const ranks = context.address("ranks", (from) => from.given("ranks"));
  const before = i64.and(word, i64.sub(i64.shl(1n, i64.extend_i32_u(slot)), 1n));
  return i32.add(i32.load(address.at(ranks, i32.shr_u(slot, 6), 4)), i32.wrap_i64(i64.popcnt(before)));
}

/** A hash of several values; the upper bits are the good ones. */
export function hashKeys({ f }: StageFunction, keys: readonly ValueCode[], text: TextFunctions): Code<"i64"> {
  const parts = keys.map((key): Code<"i64"> => {
    const code =
      key.kind === "text"
        ? text.hash(key.code)
        : key.kind === "double"
          ? i64.reinterpret_f64(key.code)
          : key.kind === "boolean"
            ? i64.extend_i32_u(key.code)
            : key.code;
    return f.let(key.valid === undefined ? code : i64.mul(code, i64.extend_i32_u(key.valid)));
  });
  const [first = i64.const(0n), ...rest] = parts;
  return mixI64(f, f.let(rest.reduce((hash, part) => combineHash(hash, part), first)));
}

function followCandidates(
  probe: Probe,
  scope: RowScope,
  keys: readonly ValueCode[],
  candidate: Local<"i32">,
  matched: Local<"i32">,
  checkRoom: () => void,
): void {
  const { form, shape } = probe;
  const { f, context } = probe.stage;
  const each = (afterMatch: () => void): void =>
    f.scope(() => {
      const inner = scope.withRow(form.source, f.let(i32.sub(candidate, 1)));
      const accept = (): void => onMatch(probe, inner, matched, afterMatch);
      const test = (): void =>
        form.condition === undefined ? accept() : f.if(emitTableCondition(form.condition, inner, shape, form), accept);
      if (form.isDirect) test();
      else f.if(keysEqual(probe, keys, inner), test);
    });
  if (form.isUnique && form.isDirect) {
    f.if(candidate, () => {
      checkRoom();
      each(() => {});
    });
    return;
  }
  const next = form.isUnique ? undefined : context.address("next", (from) => from.given("next"));
  f.while(candidate, ({ exit }) => {
    checkRoom();
    each(() => {
      if (form.joinType === "semi" || form.joinType === "anti") f.br(exit);
    });
    f.set(candidate, next === undefined ? i32.const(0) : i32.load(address.at(next, i32.sub(candidate, 1), 4)));
  });
}

function emitTableCondition(condition: Expression, scope: RowScope, shape: FrameShape, form: ProbeForm): Code<"i32"> {
  scope.load(columnsOf([condition]).filter((ordinal) => shape.columns[ordinal]?.source === form.source));
  return emitCondition(condition, scope);
}

function keysEqual(probe: Probe, keys: readonly ValueCode[], scope: RowScope): Code<"i32"> {
  const tests = probe.form.tableKeys.map((ordinal, index) => {
    const own = keys[index];
    const other = scope.column(ordinal);
    assert(own !== undefined, "both sides have as many keys");
    if (own.kind === "integer" && other.kind === "integer") return i64.eq(own.code, other.code);
    if (own.kind === "double" && other.kind === "double") return i64.eq(i64.reinterpret_f64(own.code), i64.reinterpret_f64(other.code));
    if (own.kind === "boolean" && other.kind === "boolean") return i32.eq(own.code, other.code);
    assert(own.kind === "text" && other.kind === "text", "keys have one type");
    return probe.stage.f.let(probe.text.equal(own.code, other.code));
  });
  return tests.reduce((a, b) => i32.and(a, b));
}

function onMatch(probe: Probe, scope: RowScope, matched: Local<"i32">, afterMatch: () => void): void {
  const { f, context } = probe.stage;
  const { joinType, source } = probe.form;
  if (joinType === "mark")
    f.store8(
      address.at(
        context.address("marks", (from) => from.given("marks")),
        scope.row(source),
        1,
      ),
      i32.const(1),
    );
  else f.set(matched, 1);
  if (joinType === "inner" || joinType === "left") writeRows(probe, scope, scope.row(source));
  afterMatch();
}

/** What a position without, or with, any match gives. */
function finishPosition(probe: Probe, scope: RowScope, keys: readonly ValueCode[], matched: Local<"i32">, checkRoom: () => void): void {
  const { f, context } = probe.stage;
  const { joinType, nullAware } = probe.form;
  if (joinType === "semi") f.if(matched, () => writeRows(probe, scope, undefined));
  if (joinType === "left") {
    const nothing = i32.wrap_i64(context.i64("nullRow", (from) => from.given("nullRow")));
    f.if(i32.eqz(matched), () => {
      checkRoom();
      writeRows(probe, scope, nothing);
    });
  }
  if (joinType === "anti") {
    const known = nullAware ? (validOf(keys) ?? i32.const(1)) : i32.const(1);
    f.if(i32.and(i32.eqz(matched), known), () => writeRows(probe, scope, undefined));
  }
}

function writeRows({ stage, form, outs, made }: Probe, scope: RowScope, tableRow: Code<"i32"> | undefined): void {
  const { f } = stage;
  for (const [source, out] of outs.entries()) {
    if (source === form.source) {
      if (tableRow !== undefined) f.store32(address.at(out, made, 4), tableRow);
    } else f.store32(address.at(out, made, 4), scope.row(source));
  }
  f.set(made, i32.add(made, 1));
}
