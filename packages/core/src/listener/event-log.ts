import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { SparkListenerEvent } from "./listener-event.ts";

/** Lines held back before they are written. */
const bufferedLinesMax = 256;

/**
 * Writes listener events as JSON lines, as Spark's history server reads them.
 * The file ends in `.inprogress` until {@link EventLog.close}.
 */
export class EventLog {
  readonly #path: string;
  readonly #file: number;
  #lines: string[] = [];

  constructor(folder: string, appId: string) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, appId);
    this.#file = openSync(`${this.#path}.inprogress`, "w");
  }

  append(event: SparkListenerEvent): void {
    this.#lines.push(`${JSON.stringify(event)}\n`);
    if (this.#lines.length >= bufferedLinesMax || event.Event === "SparkListenerJobEnd") this.flush();
  }

  flush(): void {
    if (this.#lines.length > 0) writeSync(this.#file, this.#lines.join(""));
    this.#lines = [];
  }

  close(): void {
    this.flush();
    closeSync(this.#file);
    if (existsSync(`${this.#path}.inprogress`)) renameSync(`${this.#path}.inprogress`, this.#path);
  }
}
