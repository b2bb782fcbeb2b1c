import { Worker } from "node:worker_threads";
import { errorFromData } from "@vonk/common";
import { threadFlags } from "@vonk/common/internal";
import { clusterErrors } from "../errors.ts";
import type { DataCarrier } from "./jetstream-store.ts";
import type { DataThreadStart, FetchOutcome, FetchRequest, FromDataThread, PublishRequest, ToDataThread } from "./data-message.ts";

interface Waiting {
  readonly resolve: (value: FetchOutcome | null) => void;
  readonly reject: (error: Error) => void;
}

/** The control thread's side of the data thread, which is started at the first request and again when it has died. */
export class DataThreadHandle implements DataCarrier {
  readonly #start: DataThreadStart;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #nextId = 0;

  constructor(start: DataThreadStart) {
    this.#start = start;
  }

  /** Resolves when the server has the output. */
  async publish(request: PublishRequest): Promise<void> {
    await this.#ask(request);
  }

  async fetch(request: FetchRequest): Promise<FetchOutcome> {
    return (await this.#ask(request)) ?? undefined;
  }

  #ask(request: PublishRequest | FetchRequest): Promise<FetchOutcome | null> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      this.#post({ id, request });
    });
  }

  #post(message: ToDataThread): void {
    this.#worker ??= this.#startWorker();
    this.#worker.postMessage(message);
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL("../shuffle/data-thread.worker.ts", import.meta.url), {
      workerData: this.#start,
      name: "vonk-data",
      ...threadFlags(),
    });
    let cause: Error | undefined;
    worker.on("message", (message: FromDataThread) => this.#receive(message));
    worker.on("error", (error: Error) => (cause = error));
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
      const waiting = [...this.#waiting.values()];
      this.#waiting.clear();
      for (const { reject } of waiting)
        reject(clusterErrors.create("DATA_THREAD_LOST", { reason: cause?.message ?? "it exited" }, { cause }));
    });
    return worker;
  }

  #receive(message: FromDataThread): void {
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ("error" in message) waiting?.reject(errorFromData(message.error));
    else waiting?.resolve(message.value);
  }

  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
