import { typeOf, type Expression } from "@vonk/dataframe/internal";
import { assert } from "@vonk/common/internal";
import { extentBytes } from "@vonk/columnar/internal";
import { blockPhysical, blockWidth } from "./block-form.ts";
import { emitGroupColumns } from "./emit-group-columns.ts";
import { emitSplitGroups } from "./emit-split-groups.ts";
import { emitGroups, groupStateBytes, type GroupsForm } from "./emit-groups.ts";
import type { BlockMemory } from "./block-writer.ts";
import type { Frame } from "./frame.ts";
import { groupLayout, type GroupLayout } from "./group-layout.ts";
import type { Prepared, StageRunner } from "./run-stage.ts";
import type { CompiledFunction } from "./stage-function.ts";
import { addAverages, checkSums } from "./finish-groups.ts";
import type { Accumulator, Block, GroupsSink } from "./stage-plan.ts";
import { emitCopyCounts, EqualCounts } from "./equal-counts.ts";
import { CodedGroups } from "./coded-groups.ts";
import { emitWiden, SumBounds } from "./sum-bounds.ts";
import { tableShift } from "./table-slots.ts";
import { allocateExtents } from "./task-memory.ts";
import { codeKey, exported, withoutContext } from "./thread-pipeline.ts";

const groupsMin = 4096;
/** Growing by more is cheaper as long as groups are few. */
const groupsGrowth = 4;
const fewGroups = 65_536;
const heapBytesMin = 64 * 1024;
const heapBytesMax = 4 * 2 ** 20;

/**
 * The groups of a task. They grow by doubling; memory that is refused ends in PIPELINE_MEMORY_EXCEEDED. A place for spilling: groups have their hash,
 * so that parts of them can be written out and merged by {@link BlockPart}.
 */
export class GroupStore {
  readonly #stage: StageRunner;
  readonly #sink: GroupsSink;
  readonly #groupings: readonly Expression[];
  readonly #accumulators: readonly Accumulator[];
  readonly #memory: BlockMemory;
  readonly #layout: GroupLayout;
  readonly #state: number;
  #groups = { at: 0, bytes: 0 };
  #slots = { at: 0, bytes: 0, count: 0 };
  #limit = 0;
  #heapBytes = heapBytesMin / 2;
  readonly #sums: SumBounds;
  readonly #counts: EqualCounts;
  readonly #codes: CodedGroups;
  /** The groupings, then what accumulators take. */
  readonly #inputs: readonly Expression[];
  #arguments: { readonly of: readonly Expression[]; readonly list: readonly (Expression | undefined)[] } = { of: [], list: [] };

  constructor(stage: StageRunner, sink: GroupsSink, memory: BlockMemory) {
    this.#stage = stage;
    this.#sink = sink;
    this.#groupings = sink.groupings;
    this.#accumulators = sink.accumulators;
    this.#inputs = [...sink.groupings, ...sink.accumulators.flatMap(({ argument }) => (argument === undefined ? [] : [argument]))];
    this.#memory = memory;
    this.#layout = groupLayout(sink.groupings.length, sink.accumulators);
    const { taskMemory, views } = stage.thread;
    this.#sums = new SumBounds(sink.accumulators);
    this.#counts = new EqualCounts(sink.accumulators);
    this.#codes = new CodedGroups(stage.thread);
    this.#state = taskMemory.allocate(groupStateBytes);
    views.bytes.fill(0, this.#state, this.#state + groupStateBytes);
    if (sink.groupings.length > 0) return;
    // Without groupings there is one group, even of no rows; only one part has it.
    const at = taskMemory.allocate(this.#layout.bytes);
    views.bytes.fill(0, at, at + this.#layout.bytes);
    this.#groups = { at, bytes: 0 };
    views.view.setUint32(this.#state, 1, true);
  }

  /** Adds the positions of a frame to their groups. */
  add(frame: Frame): void {
    const { view } = this.#stage.thread.views;
    const ready = this.#stage.prepare("groups", this.#inputs, frame);
    const given = this.#argumentsOf(ready.expressions);
    this.#widen(this.#sums.add(ready.frame, given, ready.key === ""));
    this.#copyCounts(this.#counts.add(ready.frame, given));
    const code = this.#codeFor(ready);
    if (this.#groupings.length > 0 && this.#limit === 0) this.#grow(code);
    view.setUint32(this.#state + 4, 0, true);
    for (let stopped = -1; ;) {
      const position = code.call(ready.frame, this.#given());
      if (position >= frame.count) return;
      if (view.getUint32(this.#state, true) >= this.#limit) this.#grow(code);
      else {
        this.#newHeap(position === stopped);
        stopped = position;
      }
    }
  }

  #codeFor(ready: Prepared): CompiledFunction {
    const { expressions, frame } = ready;
    const narrow = this.#accumulators.map((_, index) => this.#sums.isNarrow(index));
    const coded = this.#codes.open(this.#groupings.length === 0 ? [] : expressions.slice(0, this.#groupings.length), frame);
    const { others } = this.#counts;
    const name = `groups ${narrow.map(Number).join("")} ${coded?.join() ?? ""} ${others.join()}`;
    const form = (): readonly unknown[] => ["groups", expressions, this.#groupings.length, this.#accumulators, narrow, coded, others];
    return this.#stage.function(name, ready, form, (shape) =>
      emitGroups({ ...this.#form(expressions, shape.columns), narrow, copied: others, ...(coded === undefined ? {} : { coded }) }, shape),
    );
  }

  /** The groups as blocks. */
  finish(): Block[] {
    const { thread } = this.#stage;
    const rows = thread.views.view.getUint32(this.#state, true);
    this.#widen(this.#accumulators.flatMap((_, index) => (this.#sums.isNarrow(index) ? [index] : [])));
    this.#copyCounts(this.#counts.others);
    // The next task has about as many: it need not grow to that again.
    this.#stage.groupsBefore = rows + (rows >> 3);
    const blocks = this.#split(rows).map(({ at, count, part }) => ({ ...this.#block(at, count), part }));
    this.release();
    return blocks;
  }

  /** The groups by the parts that later tasks want them in. */
  #split(rows: number): { readonly at: number; readonly count: number; readonly part: number }[] {
    const { thread } = this.#stage;
    const { view } = thread.views;
    const { parts } = this.#sink;
    const whole = { at: this.#groups.at, count: rows, part: 0 };
    if (parts === 1 || rows === 0) return [whole];
    const code = thread.code(codeKey(["split", this.#layout.bytes]), () => withoutContext(emitSplitGroups(this.#layout)));
    const places = thread.taskMemory.allocate(8 * parts);
    thread.views.bytes.fill(0, places, places + 8 * parts);
    exported(code.exports, "tally")(this.#groups.at, rows, parts - 1, places);
    const counts = Array.from({ length: parts }, (_, part) => view.getUint32(places + 4 * part, true));
    let at = thread.taskMemory.allocate(rows * this.#layout.bytes);
    const split = counts.map((count, part) => {
      const first = at;
      view.setBigUint64(places + 8 * part, BigInt(at), true);
      at += count * this.#layout.bytes;
      return { at: first, count, part };
    });
    exported(code.exports, "scatter")(this.#groups.at, rows, parts - 1, places);
    return split.filter(({ count }) => count > 0);
  }

  /** Groups as columns. */
  #block(at: number, rows: number): Block {
    const { thread } = this.#stage;
    const { view, bytes } = thread.views;
    const types = [...this.#groupings.map((grouping) => typeOf(grouping)), ...this.#accumulators.map(({ dataType }) => dataType)];
    const columns = types.map((type) => {
      const data = this.#memory.allocate(rows * blockWidth(type));
      const validity = this.#memory.allocate((rows >> 3) + 1);
      bytes.fill(0, validity, validity + (rows >> 3) + 1);
      return { data, validity };
    });
    const targets = thread.taskMemory.allocate(16 * columns.length + 16);
    for (const [index, { data, validity }] of columns.entries()) {
      view.setBigInt64(targets + 16 * index, BigInt(data), true);
      view.setBigInt64(targets + 16 * index + 8, BigInt(validity), true);
    }
    const keys = this.#groupings.map((grouping) => blockPhysical(typeOf(grouping)));
    const accumulators = this.#accumulators.map(({ kind, dataType }) => ({ physical: blockPhysical(dataType), isCount: kind === "count" }));
    const form = { layout: this.#layout, keys, accumulators };
    const write = thread.code(codeKey(["group columns", form]), () => withoutContext(emitGroupColumns(form)));
    exported(write.exports, "run")(at, rows, targets);
    const never = new Set(this.#accumulators.flatMap(({ kind }, index) => (kind === "count" ? [keys.length + index] : [])));
    const block = { rows, columns: columns.map((column, index) => (never.has(index) ? { ...column, validity: 0 } : column)) };
    checkSums(this.#sink, block, thread);
    return addAverages(this.#sink, block, thread, this.#memory);
  }

  /** What accumulators take of a frame. */
  #argumentsOf(expressions: readonly Expression[]): readonly (Expression | undefined)[] {
    if (this.#arguments.of !== expressions) {
      let next = this.#groupings.length;
      const list = this.#accumulators.map(({ argument }) => (argument === undefined ? undefined : expressions[next++]));
      this.#arguments = { of: expressions, list };
    }
    return this.#arguments.list;
  }

  /** Completes sums that were held in one word. */
  #widen(indices: readonly number[]): void {
    const { thread } = this.#stage;
    const made = thread.views.view.getUint32(this.#state, true);
    if (indices.length === 0 || made === 0) return;
    const code = thread.code("widen", () => withoutContext(emitWiden()));
    const widen = exported(code.exports, "widen");
    for (const index of indices) widen(this.#groups.at + (this.#layout.accumulators[index] ?? 0), made, this.#layout.bytes);
  }

  /** Completes counts that were not kept because they are equal to another. */
  #copyCounts(indices: readonly number[]): void {
    const { thread } = this.#stage;
    const made = thread.views.view.getUint32(this.#state, true);
    if (indices.length === 0 || made === 0) return;
    const copy = exported(thread.code("copy counts", () => withoutContext(emitCopyCounts())).exports, "copy");
    const place = (index: number): number => this.#groups.at + (this.#layout.accumulators[index] ?? 0);
    for (const index of indices) copy(place(this.#counts.first), place(index), made, this.#layout.bytes);
  }

  #form(
    expressions: readonly Expression[],
    columns: readonly { readonly isStable: boolean }[],
  ): Omit<GroupsForm, "narrow" | "copied" | "coded"> {
    const groupings = expressions.slice(0, this.#groupings.length);
    const given = this.#argumentsOf(expressions);
    const accumulators = this.#accumulators.map((accumulator, index) => {
      const argument = given[index];
      return argument === undefined ? accumulator : { ...accumulator, argument };
    });
    const copiesText = groupings.map(
      (grouping) =>
        typeOf(grouping).kind === "string" && !(grouping.kind === "boundReference" && columns[grouping.ordinal]?.isStable === true),
    );
    return { groupings, accumulators, layout: this.#layout, copiesText };
  }

  #given(): Record<string, number | bigint> {
    return {
      state: this.#state,
      groups: this.#groups.at,
      slots: this.#slots.at,
      mask: Math.max(0, this.#slots.count - 1),
      shift: this.#slots.count === 0 ? 0n : tableShift(this.#slots.count),
      limit: this.#limit,
      ...this.#codes.given,
    };
  }

  /** Twice as many groups, and slots for them. */
  #grow(code: CompiledFunction): void {
    const { thread } = this.#stage;
    const { views, access } = thread;
    const made = views.view.getUint32(this.#state, true);
    const before = this.#groups;
    this.#limit = Math.max(
      groupsMin,
      this.#limit === 0 ? this.#stage.groupsBefore : this.#limit * (this.#limit < fewGroups ? groupsGrowth : 2),
    );
    const bytes = Math.ceil((this.#limit * this.#layout.bytes + 64) / extentBytes) * extentBytes;
    this.#groups = { at: allocateExtents(access, bytes, thread.tag), bytes };
    this.#codes.forget();
    views.bytes.copyWithin(this.#groups.at, before.at, before.at + made * this.#layout.bytes);
    if (before.bytes > 0) access.allocator.free(before.at, before.bytes);
    if (this.#slots.bytes > 0) access.allocator.free(this.#slots.at, this.#slots.bytes);
    const count = 2 ** Math.ceil(Math.log2(this.#limit * 2));
    const slotBytes = Math.ceil((count * 4) / extentBytes) * extentBytes;
    this.#slots = { at: allocateExtents(access, slotBytes, thread.tag), bytes: slotBytes, count };
    views.bytes.fill(0, this.#slots.at, this.#slots.at + slotBytes);
    exported(code.exports, "rehash")(this.#groups.at, made, this.#slots.at, Number(tableShift(count)), count - 1);
  }

  /** A larger heap when the one before did not even hold the texts of one group. */
  #newHeap(wasTooSmall: boolean): void {
    const { view } = this.#stage.thread.views;
    this.#heapBytes = wasTooSmall ? this.#heapBytes * 2 : Math.min(heapBytesMax, this.#heapBytes * 2);
    const at = this.#memory.allocate(this.#heapBytes);
    assert(at > 0, "memory begins behind address 0");
    view.setBigInt64(this.#state + 8, BigInt(at), true);
    view.setBigInt64(this.#state + 16, BigInt(at + this.#heapBytes), true);
  }

  /** Gives the groups' memory back; also when the task fails. */
  release(): void {
    const { allocator } = this.#stage.thread.access;
    if (this.#groups.bytes > 0) allocator.free(this.#groups.at, this.#groups.bytes);
    if (this.#slots.bytes > 0) allocator.free(this.#slots.at, this.#slots.bytes);
    this.#groups = { at: 0, bytes: 0 };
    this.#slots = { at: 0, bytes: 0, count: 0 };
  }
}
