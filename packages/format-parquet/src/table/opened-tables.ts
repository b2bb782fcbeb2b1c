import { systemClock, type Clock } from "@vonk/common/internal";
import type { FileStatus } from "@vonk/filesystem/internal";
import type { Table } from "@vonk/sql/spi";

/** Row groups of all tables that are kept: about 10 KB each with 16 columns. */
const rowGroupsMax = 2000;

/** A file that changed so lately may change again without a new time: file systems count in steps. */
const settledMs = 2000;

interface Entry {
  readonly table: Table;
  readonly rowGroups: number;
}

/**
 * Tables of files whose footers were read before, good as long as path, length and time of change of each file are the same: planning a query then
 * lists files and reads none. What was not used for longest goes first.
 */
export class OpenedTables {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  #rowGroups = 0;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** The table of files under the name that EXPLAIN shows; undefined when they were not read, or not as they are now. */
  find(name: string, files: readonly FileStatus[]): Table | undefined {
    const key = keyOf(name, files);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.table;
  }

  /** Keeps a table whose footers were read after its files were listed. */
  keep(name: string, files: readonly FileStatus[], table: Table, rowGroups: number): void {
    const latest = this.#clock.now() - settledMs;
    if (files.some((file) => file.modifiedMs > latest)) return;
    const key = keyOf(name, files);
    this.#forget(key);
    this.#entries.set(key, { table, rowGroups });
    this.#rowGroups += rowGroups;
    for (const oldest of this.#entries.keys()) {
      if (this.#rowGroups <= rowGroupsMax) return;
      this.#forget(oldest);
    }
  }

  #forget(key: string): void {
    this.#rowGroups -= this.#entries.get(key)?.rowGroups ?? 0;
    this.#entries.delete(key);
  }
}

function keyOf(name: string, files: readonly FileStatus[]): string {
  return JSON.stringify([name, ...files.map(({ path, bytes, modifiedMs }) => [path, bytes, modifiedMs])]);
}
