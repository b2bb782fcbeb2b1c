import type { Bus } from "@vonk/bus";
import type { ExecutorStart } from "@vonk/cluster-nats/internal";
import type { SimulatedProcess } from "./simulated-process.ts";

interface Commanded {
  readonly message: string;
  readonly body: { readonly term?: number };
}

/** The rules of a cluster that hold at every moment; the first that is broken is kept in {@link broken}. */
export class ClusterChecker {
  readonly #leaders = new Map<number, string>();
  readonly #placements = new Map<string, string>();
  /** The newest term that each worker process has followed. */
  readonly #terms = new Map<string, number>();
  #lastTerm = 0;
  broken: string | undefined;

  fail(rule: string): void {
    this.broken ??= rule;
  }

  /** A master has won the lease: no other leads in its term, which is later than all before. */
  elected(term: number, master: string): void {
    const other = this.#leaders.get(term);
    if (other !== undefined) this.fail(`${other} and ${master} both lead in term ${term}`);
    if (term <= this.#lastTerm) this.fail(`${master} leads in term ${term} after term ${this.#lastTerm}`);
    this.#leaders.set(term, master);
    this.#lastTerm = Math.max(this.#lastTerm, term);
  }

  /** Terms in which somebody led. */
  get terms(): number {
    return this.#leaders.size;
  }

  /** A process was started: an executor's number is never given again. */
  launched({ appId, executorId, host }: ExecutorStart, worker: string): void {
    const key = `${appId}/${executorId}`;
    const before = this.#placements.get(key);
    if (before !== undefined) this.fail(`executor ${key} was launched on ${before} and again by ${worker} on ${host}`);
    this.#placements.set(key, `${worker} on ${host}`);
  }

  /** Executors that were launched. */
  get launches(): number {
    return this.#placements.size;
  }

  /** A worker has followed a term; one that was older must have been refused. */
  followed(worker: string, term: number, what: string): void {
    const newest = this.#terms.get(worker) ?? 0;
    if (term < newest) this.fail(`${worker} performed ${what} of term ${term} although it had followed term ${newest}`);
    this.#terms.set(worker, Math.max(newest, term));
  }

  /** A worker was told of a term; what comes of an older one from now on must be refused. */
  heard(worker: string, term: number): void {
    this.#terms.set(worker, Math.max(this.#terms.get(worker) ?? 0, term));
  }
}

/** A worker's bus that tells the checker which terms the worker follows. */
export function observeWorkerBus(process: SimulatedProcess, checker: ClusterChecker): Bus {
  const { bus, name } = process;
  return {
    publish: (subject, message) => bus.publish(subject, message),
    subscribe: (subject, handler) => bus.subscribe(subject, handler),
    request: async (subject, message, options) => {
      const reply = await bus.request(subject, message, options);
      const { term } = (reply ?? {}) as { readonly term?: number };
      // A late answer of an older term is dropped by the worker.
      if ((message as Commanded).message === "registerWorker" && term !== undefined) checker.heard(name, term);
      return reply;
    },
    serve: (subject, handler) =>
      bus.serve(subject, (request) => {
        const reply = handler(request);
        const { message, body } = request as Commanded;
        checker.followed(name, body.term ?? 0, message);
        return reply;
      }),
    close: () => bus.close(),
  };
}
