import type { SQLRow } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { SpilledParts, type TaskRuntime } from "@vonk/core/internal";

/** Chunks of spilled rows that are held at once: frames look at a few places. */
const chunksHeld = 8;

/** Rows by their position, in memory or, when the heap is short, on disk. Reading near the last places is fast. */
export class RowBuffer {
  readonly #task: TaskRuntime;
  readonly #chunkRecords: number;
  #rows: SQLRow[] = [];
  #spilled: SpilledParts | undefined;
  #spilledRows = 0;
  readonly #chunks = new Map<number, readonly SQLRow[]>();

  constructor(task: TaskRuntime) {
    this.#task = task;
    this.#chunkRecords = SpilledParts.chunkRecords(task);
  }

  get length(): number {
    return this.#spilledRows + this.#rows.length;
  }

  push(row: SQLRow): void {
    this.#rows.push(row);
    if (this.#rows.length % this.#chunkRecords === 0) this.#lookAtHeap();
  }

  at(index: number): SQLRow {
    const row = index >= this.#spilledRows ? this.#rows[index - this.#spilledRows] : this.#chunkOf(index)[index % this.#chunkRecords];
    assert(row !== undefined, "a row is looked for among those there are");
    return row;
  }

  /** Rows go to disk in whole chunks. */
  #lookAtHeap(): void {
    this.#task.checkpoint();
    if (!this.#task.executor.heap.isFullWith(this.#rows.length)) return;
    this.#spilled ??= new SpilledParts(this.#task, 1, "window");
    for (const row of this.#rows) this.#spilled.add(0, row);
    this.#spilledRows += this.#rows.length;
    this.#rows = [];
  }

  #chunkOf(index: number): readonly SQLRow[] {
    const chunk = Math.floor(index / this.#chunkRecords);
    const known = this.#chunks.get(chunk);
    if (known !== undefined) return known;
    const [oldest] = this.#chunks.keys();
    if (this.#chunks.size >= chunksHeld && oldest !== undefined) this.#chunks.delete(oldest);
    const read = (this.#spilled?.readChunk(0, chunk) ?? []) as readonly SQLRow[];
    this.#chunks.set(chunk, read);
    return read;
  }
}
