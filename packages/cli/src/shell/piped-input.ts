import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough, type Readable } from "node:stream";
import type { REPLServer } from "node:repl";

/**
 * Input for a REPL whose lines come from a pipe: each line is given when the one before has been evaluated.
 * Left alone, a REPL starts the next line of a pipe while the last one still awaits, and leaves at the end of the input.
 */
export class PipedInput {
  readonly stream: PassThrough = new PassThrough();
  readonly #lines: AsyncIterator<string>;

  constructor(source: Readable) {
    this.#lines = createInterface({ input: source })[Symbol.asyncIterator]();
  }

  /** Feeds the shell, which asks for its prompt whenever it is ready for a line; settles when the shell is left. */
  async feed(shell: REPLServer): Promise<void> {
    const left = once(shell, "exit");
    shell.displayPrompt = () => void this.#next();
    await this.#next();
    await left;
  }

  async #next(): Promise<void> {
    const line = await this.#lines.next();
    if (line.done === true) this.stream.end();
    else this.stream.write(`${line.value}\n`);
  }
}
