import type { ClusterLog } from "@vonk/cluster-standalone/internal";
import { expect, test } from "vitest";
import { type LogSelection, printLogs } from "./print-logs.ts";

/** Logs that grow by a step each time that they are listed. */
class GrowingLogs {
  readonly #steps: readonly Readonly<Record<string, string>>[];
  #step = -1;

  constructor(...steps: readonly Readonly<Record<string, string>>[]) {
    this.#steps = steps;
  }

  list(): Promise<{ logs: ClusterLog[]; isOver: boolean }> {
    this.#step = Math.min(this.#step + 1, this.#steps.length - 1);
    const isOver = this.#step === this.#steps.length - 1;
    const logs = Object.keys(this.#now).map((executorId) => {
      const bytes = { stdout: this.#bytes(executorId).byteLength, stderr: 0 };
      return { folder: "f", workerId: "w", ownerId: "a", executorId, isRunning: !isOver, bytes };
    });
    return Promise.resolve({ logs, isOver });
  }

  read({ executorId = "" }: ClusterLog, stream: string, offset: number): Promise<Uint8Array> {
    // A byte or two at a time: characters and lines come apart.
    return Promise.resolve(stream === "stdout" ? this.#bytes(executorId).slice(offset, offset + 2) : new Uint8Array());
  }

  get #now(): Readonly<Record<string, string>> {
    return this.#steps[this.#step] ?? {};
  }

  #bytes(executorId: string): Uint8Array {
    return new TextEncoder().encode(this.#now[executorId] ?? "");
  }
}

async function printed(logs: GrowingLogs, selection: Partial<LogSelection>): Promise<{ found: boolean; text: string }> {
  let text = "";
  const found = await printLogs(logs, { ownerId: "a", follows: false, ...selection }, (_, piece) => (text += piece));
  return { found, text };
}

test("prints what there is, each line with its executor unless one is asked for", async () => {
  const now = { 0: "ä one\nlast", 1: "two\n" };
  expect(await printed(new GrowingLogs(now), {})).toEqual({ found: true, text: "[0] ä one\n[1] two\n[0] last\n" });
  expect(await printed(new GrowingLogs(now), { executorId: "0" })).toEqual({ found: true, text: "ä one\nlast\n" });
  expect(await printed(new GrowingLogs(now), { executorId: "0", stream: "stderr" })).toEqual({ found: true, text: "" });
  expect(await printed(new GrowingLogs(now), { executorId: "2" })).toEqual({ found: false, text: "" });
});

test("follows logs and executors that come later until all is over", async () => {
  const logs = new GrowingLogs({}, { 0: "be" }, { 0: "begin\n", 1: "x\n" }, { 0: "begin\nend\n", 1: "x\n" });
  expect(await printed(logs, { follows: true })).toEqual({ found: true, text: "[0] begin\n[1] x\n[0] end\n" });
});
