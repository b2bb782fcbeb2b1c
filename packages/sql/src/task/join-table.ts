import type { SQLRow } from "@vonk/columnar/internal";
import { nullKey } from "./join-row.ts";
import type { KeyedRow } from "./partition-function.ts";

const noRows: readonly SQLRow[] = [];

/** The right rows of a join by their keys. */
export class JoinTable {
  #byKey = new Map<string, SQLRow[]>();
  #size = 0;

  /** Rows that it holds. */
  get size(): number {
    return this.#size;
  }

  /** Different keys. */
  get keys(): number {
    return this.#byKey.size;
  }

  add(key: string, row: SQLRow): void {
    const same = this.#byKey.get(key);
    if (same === undefined) this.#byKey.set(key, [row]);
    else same.push(row);
    this.#size++;
  }

  /** Right rows whose key equals a left row's. */
  candidates(key: string): readonly SQLRow[] {
    return key === nullKey ? noRows : (this.#byKey.get(key) ?? noRows);
  }

  *rows(): Generator<SQLRow> {
    for (const rows of this.#byKey.values()) yield* rows;
  }

  clear(): void {
    this.#byKey = new Map();
    this.#size = 0;
  }

  /** All rows with their keys; then the table is empty. */
  *drain(): Generator<KeyedRow> {
    const byKey = this.#byKey;
    this.clear();
    for (const [key, rows] of byKey) for (const row of rows) yield [key, row];
  }
}
