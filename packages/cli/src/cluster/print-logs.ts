import { StringDecoder } from "node:string_decoder";
import { pause } from "@vonk/common/internal";
import type { ClusterLog, ClusterLogs, LogPiece } from "@vonk/cluster-standalone/internal";

/** What is printed of an application's or driver's logs. */
export interface LogSelection {
  readonly ownerId: string;
  /** Of this executor alone. */
  readonly executorId?: string;
  /** Of this stream alone. */
  readonly stream?: LogPiece["stream"];
  /** Go on until nothing of the id runs any more. */
  readonly follows: boolean;
}

type Write = (stream: LogPiece["stream"], text: string) => void;

const pollMs = 300;
/** How often one follows an id that nobody knows: an application has it before its driver has registered. */
const unknownPollsMax = 30;

/**
 * Prints logs as they are, and as they grow; each line with the executor that printed it when there may be several.
 * Gives false when no worker has any.
 */
export async function printLogs(logs: Pick<ClusterLogs, "list" | "read">, selection: LogSelection, write: Write): Promise<boolean> {
  const { ownerId, executorId, stream, follows } = selection;
  const streams = (["stdout", "stderr"] as const).filter((name) => stream === undefined || name === stream);
  const printed = new Map<string, PrintedLog>();
  let isFound = false;
  let isKnown = false;
  let wasOver = false;
  for (let polls = 1; ; polls++) {
    const listed = await logs.list(ownerId);
    const chosen = listed.logs.filter((log) => executorId === undefined || log.executorId === executorId);
    isFound ||= chosen.length > 0;
    isKnown ||= isFound || !listed.isOver;
    for (const log of chosen) {
      const prefix = executorId === undefined && log.executorId !== undefined ? `[${log.executorId}] ` : "";
      for (const name of streams) {
        const key = `${log.folder} ${log.executorId} ${name}`;
        const before = printed.get(key) ?? new PrintedLog(prefix, (text) => write(name, text));
        printed.set(key, before);
        await before.readOn(logs, log, name);
      }
    }
    const isOver = listed.isOver && chosen.every(({ isRunning }) => !isRunning);
    // What a process printed last reaches its log a moment after its end: all is read once more.
    if (!follows || (isOver && wasOver && (isKnown || polls >= unknownPollsMax))) break;
    wasOver = isOver;
    await pause(pollMs);
  }
  for (const log of printed.values()) log.end();
  return isFound;
}

/** A log up to where it was printed. */
class PrintedLog {
  readonly #prefix: string;
  readonly #write: (text: string) => void;
  readonly #decoder = new StringDecoder("utf8");
  #offset = 0;
  /** Begin of a line whose end has not come. */
  #rest = "";

  constructor(prefix: string, write: (text: string) => void) {
    this.#prefix = prefix;
    this.#write = write;
  }

  /** Prints what is there by now; a worker that is gone has nothing more to say. */
  async readOn(logs: Pick<ClusterLogs, "read">, log: ClusterLog, stream: LogPiece["stream"]): Promise<void> {
    while (this.#offset < log.bytes[stream]) {
      const piece = await logs.read(log, stream, this.#offset).catch((error: Error & { readonly code?: string }) => {
        if (error.code === "BUS_NO_RESPONDER" || error.code === "BUS_REQUEST_TIMEOUT") return new Uint8Array();
        throw error;
      });
      if (piece.byteLength === 0) return;
      this.#offset += piece.byteLength;
      this.#print(this.#decoder.write(piece));
    }
  }

  #print(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    if (lines.length > 0) this.#write(lines.map((line) => `${this.#prefix}${line}\n`).join(""));
  }

  /** Prints a last line that has no end. */
  end(): void {
    if (this.#rest !== "") this.#write(`${this.#prefix}${this.#rest}\n`);
    this.#rest = "";
  }
}
