/** Keeps the `limit` least records by `compare`, in a binary heap whose top is the greatest kept. Equal records keep no order. */
export class BoundedTop {
  readonly #limit: number;
  readonly #compare: (a: unknown, b: unknown) => number;
  readonly #heap: unknown[] = [];

  constructor(limit: number, compare: (a: unknown, b: unknown) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(record: unknown): void {
    const heap = this.#heap;
    if (heap.length < this.#limit) {
      heap.push(record);
      this.#siftUp(heap.length - 1);
    } else if (this.#limit > 0 && this.#compare(record, heap[0]) < 0) {
      heap[0] = record;
      this.#siftDown();
    }
  }

  /** The kept records, least first. */
  sorted(): unknown[] {
    return this.#heap.toSorted(this.#compare);
  }

  #siftUp(from: number): void {
    const heap = this.#heap;
    for (let at = from; at > 0;) {
      const up = (at - 1) >> 1;
      if (this.#compare(heap[at], heap[up]) <= 0) return;
      [heap[at], heap[up]] = [heap[up], heap[at]];
      at = up;
    }
  }

  #siftDown(): void {
    const heap = this.#heap;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const greater = right < heap.length && this.#compare(heap[right], heap[left]) > 0 ? right : left;
      if (this.#compare(heap[greater], heap[at]) <= 0) return;
      [heap[at], heap[greater]] = [heap[greater], heap[at]];
      at = greater;
    }
  }
}
