import {
  batchRecord,
  recordRange,
  recordRows,
  physicalBytes,
  type BatchRecord,
  type ColumnBatch,
  type ColumnVector,
  type DataType,
  type SQLRow,
} from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { boundReference, typeOf, type Expression } from "@vonk/dataframe/internal";
import { compileExpression } from "@vonk/expression/internal";
import { boundsOf, frameColumn } from "./batch-columns.ts";
import { blockVectors } from "./block-form.ts";
import { BlockWriter } from "./block-writer.ts";
import { isCompilable } from "./compilable.ts";
import { emitFilter } from "./emit-filter.ts";
import type { WrittenFunction } from "./code-context.ts";
import { frameRowsMax, morselRows, sameIdentity, shapeKey, shapeOf, type Frame, type FrameShape } from "./frame.ts";
import { FrameGatherer } from "./frame-gatherer.ts";
import { GroupStore } from "./group-store.ts";
import { IntervalFilter } from "./interval-filter.ts";
import { ProbeRunner } from "./run-probe.ts";
import { RowSorter } from "./row-sorter.ts";
import { CompiledFunction } from "./stage-function.ts";
import { buildTable, hasNulls, joinBlocks } from "./build-table.ts";
import type { Block, BlockPart, BuiltTable, FilterStep, GroupsSink, SharedPart, StagePlan } from "./stage-plan.ts";
import { StageValues } from "./stage-values.ts";
import { QueryMemory } from "./task-memory.ts";
import { codeKey, type ThreadCode, type ThreadPipeline } from "./thread-pipeline.ts";
import { isProved } from "./value-range.ts";

/** What a task of a stage leaves: rows, records of batches, blocks or a table in the segment, or a bit for each row that was met. */
export type StageOutput =
  | SQLRow
  | BatchRecord
  | PlacedRecord
  | { readonly blocks: readonly Block[] }
  | { readonly table: BuiltTable }
  | { readonly met: Uint8Array };

/** A record behind the partition that it goes to. */
export type PlacedRecord = readonly [part: number, record: BatchRecord];

/** A stage in one thread. Code is generated when a batch of a new shape comes by, and kept for later tasks. */
export class StageRunner {
  readonly plan: StagePlan<BuiltTable>;
  readonly thread: ThreadPipeline;
  readonly values: StageValues;
  /** Room for so many groups is made when a task has its first: as many as the task before had, and some more. */
  groupsBefore = 0;
  readonly #compiled = new Map<string, CompiledFunction>();
  /** Code by what #compiled has it by, for all tasks of the stage. */
  readonly #code = new Map<string, ThreadCode>();
  /** By name what was found last, which is right for the next frame of a batch. */
  readonly #last = new Map<string, LastFunction>();
  readonly #prepared = new Map<string, Pick<Frame, "columns"> & Pick<Prepared, "expressions">>();
  readonly #proofs = new Map<string, boolean>();
  #probes: ProbeRunner[] = [];
  #intervals: (IntervalFilter | undefined)[] = [];
  #rowBuffers = new Map<string, number>();
  #gatherer: FrameGatherer;
  #blocks: BlockWriter | undefined;
  #groups: GroupStore | undefined;
  #sorter: RowSorter | undefined;
  #queryMemory: QueryMemory;

  constructor(plan: StagePlan<BuiltTable>, thread: ThreadPipeline) {
    this.plan = plan;
    this.thread = thread;
    this.values = new StageValues(thread, plan.session);
    this.#queryMemory = new QueryMemory(thread.access, plan.tag);
    this.#gatherer = new FrameGatherer(this);
  }

  /** Runs a task over batches of a table. */
  *runBatches(batches: Iterable<ColumnBatch>): Generator<StageOutput> {
    this.#begin();
    try {
      for (const batch of batches) {
        const whole = { from: 0, to: batch.length };
        const record = this.#recordOf(batch, whole);
        if (record === undefined) yield* this.#runBatch(batch, false, whole);
        else yield this.#given(record);
      }
      yield* this.#finish();
    } finally {
      this.#groups?.release();
    }
  }

  /** Runs a task over its shares of batches. */
  *runShares(parts: Iterable<SharedPart>, read: (description: unknown) => Iterable<ColumnBatch>): Generator<StageOutput> {
    this.#begin();
    try {
      for (const { description, index, count } of parts) {
        for (const batch of read(description)) {
          const share = shareOf(batch.length, index, count);
          const record = this.#recordOf(batch, share);
          if (record === undefined) yield* this.#runBatch(batch, false, share);
          else yield this.#given(record);
        }
      }
      yield* this.#finish();
    } finally {
      this.#groups?.release();
    }
  }

  /** Runs a task over blocks of an earlier stage. */
  *runBlocks(parts: Iterable<BlockPart>): Generator<StageOutput> {
    for (const part of parts) {
      this.#begin();
      try {
        for (const block of this.#few(part)) {
          this.thread.batchMemory.reset();
          const batch = { length: block.rows, columns: blockVectors(block, this.plan.source.columns) };
          yield* this.#runBatch(batch, true, { from: 0, to: batch.length }, part.marks);
        }
        yield* this.#finish();
      } finally {
        this.#groups?.release();
      }
    }
  }

  /** Blocks of a few rows each go through the steps as one: what is done once a batch would cost more than the rows. */
  #few({ blocks, marks }: BlockPart): readonly Block[] {
    const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
    if (marks !== undefined || blocks.length < 2 || rows === 0 || rows > morselRows) return blocks;
    return [joinBlocks({ types: this.plan.source.columns, hasNullRow: false }, blocks, this.thread, this.thread.taskMemory)];
  }

  /** The columns of a batch as they are, when that is all that is wanted. */
  #recordOf({ columns }: ColumnBatch, { from, to }: Share): BatchRecord | undefined {
    const { sink, steps, order } = this.plan;
    if (order !== undefined || (sink.kind !== "records" && sink.kind !== "sent") || steps.length > 0) return undefined;
    const wanted = sink.outputs.map((output) => (output.kind === "boundReference" ? columns[output.ordinal] : undefined));
    const known = wanted.filter((column) => column !== undefined);
    if (known.length < wanted.length) return undefined;
    return this.#record({ length: to - from, columns: known.map((column) => sliceOf(column, from, to)) });
  }

  /** A record as its sink has it. */
  #given(record: BatchRecord): BatchRecord | PlacedRecord {
    const { sink } = this.plan;
    if (sink.kind !== "sent") return record;
    sink.facts?.add({ rows: recordRows(record), ranges: sink.outputs.map((_, column) => recordRange(record, column)) });
    return [0, record];
  }

  #record(batch: ColumnBatch): BatchRecord {
    return batchRecord(batch, this.thread.views, (column) => boundsOf(this.thread, column));
  }

  #begin(): void {
    const { thread, plan } = this;
    thread.beginTask();
    this.values.beginTask();
    this.#compiled.clear();
    this.#last.clear();
    this.#rowBuffers = new Map();
    this.#gatherer.begin();
    this.#intervals = plan.steps.map((step) => (step.kind === "filter" ? new IntervalFilter(this, step.condition) : undefined));
    this.#probes = plan.steps.map((step) => new ProbeRunner(this, step.kind === "probe" ? step : undefined));
    const { sink, order } = plan;
    this.#sorter = order === undefined ? undefined : new RowSorter(this, order);
    this.#blocks =
      sink.kind === "blocks" || sink.kind === "table"
        ? new BlockWriter(this, sink.outputs, this.#queryMemory)
        : sink.kind === "records" || sink.kind === "sent"
          ? new BlockWriter(this, sink.outputs, thread.taskMemory)
          : undefined;
    this.#groups =
      sink.kind === "groups" ? new GroupStore(this, sink, sink.isSent === true ? thread.taskMemory : this.#queryMemory) : undefined;
  }

  *#runBatch(batch: ColumnBatch, isStable: boolean, { from, to }: Share, marks?: BlockPart["marks"]): Generator<StageOutput> {
    const { thread } = this;
    this.#newBatch();
    const columns = batch.columns.map((vector) => frameColumn(thread, vector, 0, isStable));
    for (let start = from; start < to; start += morselRows) {
      const frame: Frame = { count: Math.min(morselRows, to - start), columns, rows: [0], offset: start };
      yield* this.#runStep(0, marks === undefined ? frame : this.#marked(frame, start, marks));
    }
    yield* this.#runGathered();
  }

  /** Forgets what was found for the columns of a batch. */
  #newBatch(): void {
    this.values.beginBatch();
    this.#proofs.clear();
    this.#prepared.clear();
  }

  /** The positions whose mark has a value. */
  #marked(frame: Frame, start: number, { at, value }: NonNullable<BlockPart["marks"]>): Frame {
    const { view, bytes } = this.thread.views;
    const rows = this.rowBuffer("marked");
    let count = 0;
    for (let position = 0; position < frame.count; position++) {
      if (bytes[at + start + position] === value) view.setUint32(rows + 4 * count++, position, true);
    }
    return { ...frame, count, rows: [rows] };
  }

  *#runStep(index: number, frame: Frame): Generator<StageOutput> {
    if (frame.count === 0) return;
    if (index === this.#gatherer.step) {
      if (!this.#gatherer.hasRoomFor(frame)) yield* this.#runGathered();
      if (this.#gatherer.hasRoomFor(frame)) return this.#gatherer.add(frame);
    }
    yield* this.#runFrom(index, frame);
  }

  /** What is left of frames of a batch goes on as one. */
  *#runGathered(): Generator<StageOutput> {
    const frame = this.#gatherer.take();
    if (frame !== undefined) yield* this.#runFrom(this.#gatherer.step, frame);
  }

  *#runFrom(index: number, frame: Frame): Generator<StageOutput> {
    const step = this.plan.steps[index];
    if (step === undefined && this.#sorter !== undefined) this.#sorter.add(frame);
    else if (step === undefined) yield* this.#sink(frame);
    else if (step.kind === "filter") yield* this.#runStep(index + 1, this.#filter(step, index, frame));
    else {
      const probe = this.#probes[index];
      assert(probe !== undefined, "each step has its runner");
      for (const made of probe.frames(index, frame)) yield* this.#runStep(index + 1, made);
    }
  }

  #filter({ condition }: FilterStep, index: number, frame: Frame): Frame {
    const fast = this.#intervals[index]?.apply(frame, `${index}.interval`);
    if (fast === undefined) return this.#filterBy(condition, `step${index}`, index, frame);
    const { rest } = fast;
    return rest === undefined || fast.frame.count === 0 ? fast.frame : this.#filterBy(rest, `rest${index}`, index, fast.frame);
  }

  /** The positions of a frame that meet a condition. */
  filtered(name: string, condition: Expression, frame: Frame): Frame {
    return this.#filterBy(condition, name, this.plan.steps.length, frame);
  }

  #filterBy(condition: Expression, name: string, index: number, frame: Frame): Frame {
    const ready = this.prepare(name, [condition], frame);
    const [test] = ready.expressions;
    assert(test !== undefined, "a condition stays one expression");
    const code = this.function(
      name,
      ready,
      () => ["filter", test],
      (shape) => emitFilter(test, shape),
    );
    const outs = ready.frame.rows.map((_, source) => this.rowBuffer(`${index}.${source}`));
    const given = Object.fromEntries(outs.map((out, source) => [`out${source}`, out]));
    const count = code.call(ready.frame, given);
    // The interpreter's column was for this condition alone.
    return { ...frame, count, rows: outs.slice(0, frame.rows.length) };
  }

  *#sink(frame: Frame): Generator<StageOutput> {
    const { sink } = this.plan;
    if (sink.kind === "rows") yield* this.#rows(frame, sink.outputs);
    else if (sink.kind === "groups") this.#groups?.add(frame);
    else this.#blocks?.add(frame);
  }

  *#rows(frame: Frame, outputs: readonly Expression[]): Generator<SQLRow> {
    const readers = frame.columns.map((_, ordinal) => ({ ordinal, read: this.values.reader(frame, ordinal) }));
    const plain = outputs.map((output) => (output.kind === "boundReference" ? readers[output.ordinal]?.read : undefined));
    const compiled = outputs.map((output, index) =>
      plain[index] === undefined ? compileExpression(output, this.plan.session) : undefined,
    );
    for (let position = 0; position < frame.count; position++) {
      if (compiled.every((evaluate) => evaluate === undefined)) {
        yield plain.map((read) => read?.(position) ?? null);
        continue;
      }
      const row = readers.map(({ read }) => read(position));
      yield outputs.map((_, index) => plain[index]?.(position) ?? compiled[index]?.(row) ?? null);
    }
  }

  *#finish(): Generator<StageOutput> {
    const { sink } = this.plan;
    this.#newBatch();
    for (const frame of this.#sorter?.frames() ?? []) yield* this.#sink(frame);
    const blocks = this.#blocks?.finish();
    if (sink.kind === "records" || sink.kind === "sent") {
      for (const record of this.#records(sink.outputs.map(typeOf), blocks ?? [])) yield this.#given(record);
    }
    if (sink.kind === "table") yield { table: buildTable(sink.table, blocks ?? [], this.thread, this.values) };
    else if (sink.kind === "blocks") yield { blocks: blocks ?? [] };
    else if (sink.kind === "marks") yield { met: this.#met() };
    if (this.#groups === undefined) return;
    const groups = this.#groups.finish();
    if (sink.kind === "groups" && sink.isSent === true) yield* this.#placed(groupTypes(sink), groups);
    else yield { blocks: groups };
  }

  *#placed(types: readonly DataType[], blocks: readonly Block[]): Generator<PlacedRecord> {
    for (const block of blocks) for (const record of this.#records(types, [block])) yield [block.part ?? 0, record];
  }

  /** Which rows of the table that is marked were met in this process. */
  #met(): Uint8Array {
    const step = this.plan.steps.find((each) => each.kind === "probe" && each.joinType === "mark");
    assert(step?.kind === "probe", "rows are marked by a probe");
    const { marks, rows } = step.table;
    const { bytes } = this.thread.views;
    const met = new Uint8Array((rows + 7) >> 3);
    for (let row = 0; row < rows; row++) if (bytes[marks + row] !== 0) met[row >> 3] = (met[row >> 3] ?? 0) | (1 << (row & 7));
    return met;
  }

  *#records(types: readonly DataType[], blocks: readonly Block[]): Generator<BatchRecord> {
    for (const block of blocks) {
      const columns = blockVectors(block, types).map((vector, index) =>
        hasNulls(block, index, this.thread) ? vector : { ...vector, validity: 0 },
      );
      yield this.#record({ length: block.rows, columns });
    }
  }

  /**
   * Expressions that code can be generated for on this frame: others, and those whose integers might leave 64 bits, are interpreted into columns
   * first.
   */
  prepare(name: string, expressions: readonly Expression[], frame: Frame): Prepared {
    const known = this.#prepared.get(name);
    if (known !== undefined && known.columns === frame.columns) return { frame, expressions: known.expressions, key: "" };
    let made = frame;
    const interpreted: number[] = [];
    const ready = expressions.map((expression, index): Expression => {
      if (this.#isReady(`${name}.${index}`, expression, frame)) return expression;
      made = this.values.interpret(made, expression);
      interpreted.push(index);
      const added = made.columns[made.columns.length - 1];
      assert(added !== undefined, "interpreting adds a column");
      return boundReference(made.columns.length - 1, added.vector.dataType);
    });
    if (interpreted.length === 0) this.#prepared.set(name, { columns: frame.columns, expressions: ready });
    return { frame: made, expressions: ready, key: interpreted.join() };
  }

  #isReady(name: string, expression: Expression, frame: Frame): boolean {
    if (expression.kind === "boundReference") return true;
    let known = this.#proofs.get(name);
    if (known === undefined) {
      const range = (ordinal: number): ReturnType<Frame["columns"][number]["range"]> => frame.columns[ordinal]?.range();
      const fits = (ordinal: number): boolean => frame.columns[ordinal]?.vector.physical !== "int128" || range(ordinal) !== undefined;
      known = isCompilable(expression) && isProved(expression, { range, fits });
      this.#proofs.set(name, known);
    }
    return known;
  }

  /** The code of a name for frames of this shape; `form` gives all that it depends on besides. */
  function(
    name: string,
    { frame, key }: Pick<Prepared, "frame" | "key">,
    form: () => readonly unknown[],
    write: (shape: FrameShape) => WrittenFunction,
  ): CompiledFunction {
    const last = this.#last.get(name);
    if (last !== undefined && last.columns === frame.columns && last.key === key && sameIdentity(last.rows, frame.rows))
      return last.compiled;
    const shape = shapeKey(frame);
    const id = `${name}:${key}:${shape}`;
    let compiled = this.#compiled.get(id);
    if (compiled === undefined) {
      const code = this.#code.get(id) ?? this.thread.code(`${codeKey(form())}${shape}`, () => write(shapeOf(frame)));
      this.#code.set(id, code);
      compiled = new CompiledFunction(this.thread, code, this.thread.taskMemory.allocate(code.context.bytes), this.values);
      this.#compiled.set(id, compiled);
    }
    this.#last.set(name, { columns: frame.columns, rows: frame.rows, key, compiled });
    return compiled;
  }

  /** Room for the row numbers of a frame. */
  rowBuffer(name: string): number {
    let at = this.#rowBuffers.get(name);
    if (at === undefined) this.#rowBuffers.set(name, (at = this.thread.taskMemory.allocate(4 * (frameRowsMax + 16))));
    return at;
  }
}

/** The columns of groups: keys, then accumulators. */
export function groupTypes({ groupings, accumulators }: Pick<GroupsSink, "groupings" | "accumulators">): DataType[] {
  return [...groupings.map(typeOf), ...accumulators.map(({ dataType }) => dataType)];
}

/** Some rows of a column, the first of which begins where a byte of its bitmap does. */
function sliceOf(column: ColumnVector, from: number, to: number): ColumnVector {
  const { data, validity, physical, dictionary } = column;
  return {
    ...column,
    length: to - from,
    data: data + from * (dictionary?.width ?? physicalBytes[physical]),
    validity: validity === 0 ? 0 : validity + from / 8,
  };
}

/** Rows of a batch that a task takes. */
interface Share {
  readonly from: number;
  readonly to: number;
}

/** One of equal shares of so many rows; they begin where a byte of a bitmap does. */
function shareOf(rows: number, index: number, count: number): Share {
  const edge = (at: number): number => (at === count ? rows : Math.floor((rows * at) / count / 8) * 8);
  return { from: edge(index), to: edge(index + 1) };
}

/** A function, and what it was found by. */
interface LastFunction extends Pick<Frame, "columns" | "rows"> {
  readonly key: string;
  readonly compiled: CompiledFunction;
}

/** Expressions and the frame on which code can run. */
export interface Prepared {
  readonly frame: Frame;
  readonly expressions: readonly Expression[];
  /** Which expressions were interpreted: their code differs. */
  readonly key: string;
}
