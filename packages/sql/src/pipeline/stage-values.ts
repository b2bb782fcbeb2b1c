import { vectorReader, type RowReader, type SQLValue } from "@vonk/columnar/internal";
import type { Expression } from "@vonk/dataframe/internal";
import { compileExpression, type SessionValues } from "@vonk/expression/internal";
import { columnsOf } from "./expression-columns.ts";
import { frameColumn } from "./batch-columns.ts";
import { firstRow, type Frame, type FrameColumn } from "./frame.ts";
import type { ThreadPipeline } from "./thread-pipeline.ts";
import { writeValue } from "./write-value.ts";
import { maskName } from "./text-mask.ts";

/**
 * What the interpreter gives generated code: constant texts in memory, conditions on the values of a dictionary, and columns of expressions that
 * cannot be compiled, or not for the batch at hand.
 */
export class StageValues {
  readonly #thread: ThreadPipeline;
  readonly #session: SessionValues;
  readonly #texts = new Map<string, bigint>();
  readonly #masks = new Map<string, number>();
  readonly #readers = new Map<FrameColumn["vector"], RowReader>();

  constructor(thread: ThreadPipeline, session: SessionValues) {
    this.#thread = thread;
    this.#session = session;
  }

  /** Forgets what was made for a task's memory. */
  beginTask(): void {
    this.#texts.clear();
    this.beginBatch();
  }

  /** Forgets what was made for a batch. */
  beginBatch(): void {
    this.#masks.clear();
    this.#readers.clear();
  }

  /** A constant text: its address, and its length in the upper half. */
  text(text: string): bigint {
    let known = this.#texts.get(text);
    if (known === undefined) {
      const length = Buffer.byteLength(text);
      const at = this.#thread.taskMemory.allocate(length + 1);
      this.#thread.views.bytes.write(text, at);
      this.#texts.set(text, (known = BigInt(at) | (BigInt(length) << 32n)));
    }
    return known;
  }

  /** What a condition says of each value of a column's dictionary. */
  mask(expression: Expression, ordinal: number, { vector }: FrameColumn): number {
    const name = maskName(expression, ordinal);
    let known = this.#masks.get(name);
    const values = vector.dictionary?.values;
    if (known === undefined && values !== undefined) {
      known = this.#thread.batchMemory.allocate(values.length + 1);
      const read = vectorReader(values, this.#thread.views);
      const test = compileExpression(expression, this.#session);
      const row: SQLValue[] = [];
      for (let code = 0; code < values.length; code++) {
        row[ordinal] = read(code);
        const answer = test(row);
        this.#thread.views.bytes[known + code] = answer === null ? 2 : answer === true ? 1 : 0;
      }
      this.#masks.set(name, known);
    }
    return known ?? 0;
  }

  /** Reads the values of a frame's column by position. */
  reader(frame: Frame, ordinal: number): RowReader {
    const column = frame.columns[ordinal];
    if (column === undefined) return () => null;
    let read = this.#readers.get(column.vector);
    if (read === undefined) this.#readers.set(column.vector, (read = vectorReader(column.vector, this.#thread.views)));
    const values = read;
    const offset = firstRow(frame, column);
    const rows = frame.rows[column.source] ?? 0;
    if (rows === 0) return (position) => values(position + offset);
    const { view } = this.#thread.views;
    return (position) => values(view.getUint32(rows + 4 * position, true) + offset);
  }

  /** The frame with the values of an expression, row by row, as one more column. */
  interpret(frame: Frame, expression: Expression): Frame {
    const { batchMemory, views } = this.#thread;
    const inputs = columnsOf([expression]).map((ordinal) => ({ ordinal, read: this.reader(frame, ordinal) }));
    const evaluate = compileExpression(expression, this.#session);
    const type = expression.kind === "alias" ? expression.child : expression;
    const vector = writeValue(type, frame.count, batchMemory, views, (position) => {
      const row: SQLValue[] = [];
      for (const { ordinal, read } of inputs) row[ordinal] = read(position);
      return evaluate(row);
    });
    // Positions are rows of the new column, whatever those of the others are.
    const source = frame.rows.length;
    const column = frameColumn(this.#thread, vector, source, false);
    return { ...frame, columns: [...frame.columns, column], rows: [...frame.rows, 0] };
  }
}
