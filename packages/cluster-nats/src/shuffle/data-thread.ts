import { NatsLink } from "@vonk/bus-nats/internal";
import { errorToData } from "@vonk/common";
import type { DataThreadStart, FetchOutcome, FetchRequest, FromDataThread, PublishRequest, ToDataThread } from "./data-message.ts";
import { fetchBucket } from "./fetch-bucket.ts";
import { publishOutput } from "./publish-output.ts";

/** Outputs that are published at once; they share the window. */
const publishersMax = 4;
const fetchersMax = 2;
/** For so long a task waits for a server that is away when its executor first needs one. */
const connectWaitMs = 30_000;

/**
 * Carries bulk data between an executor and JetStream, over a connection for writing and one for reading, which are made when they are
 * first needed: data on the control connection would hold up heartbeats.
 */
export class DataThread {
  readonly #start: DataThreadStart;
  readonly #send: (message: FromDataThread) => void;
  readonly #publishers = new Turns(publishersMax);
  readonly #fetchers = new Turns(fetchersMax);
  readonly #links = new Map<"writes" | "reads", Promise<NatsLink>>();

  constructor(start: DataThreadStart, send: (message: FromDataThread) => void) {
    this.#start = start;
    this.#send = send;
  }

  receive(message: ToDataThread): void {
    if ("kind" in message) return void this.#close();
    const { id, request } = message;
    const done = request.kind === "publish" ? this.#publish(request) : this.#fetch(request);
    done.then(
      (value) => this.#send({ id, value }),
      (error: unknown) => this.#send({ id, error: errorToData(error) }),
    );
  }

  async #publish(request: PublishRequest): Promise<null> {
    const { appId, writeWindowBytes } = this.#start;
    const link = await this.#link("writes");
    await this.#publishers.run(() => publishOutput(appId, link, request, writeWindowBytes / publishersMax));
    return null;
  }

  async #fetch(request: FetchRequest): Promise<FetchOutcome> {
    const { appId, readWindowBytes } = this.#start;
    const link = await this.#link("reads");
    return this.#fetchers.run(() => fetchBucket(appId, link, request, readWindowBytes));
  }

  /** The connection; while no server answers it waits as long as one that was lost. One that could not be made is made again for the next task. */
  #link(what: "writes" | "reads"): Promise<NatsLink> {
    const known = this.#links.get(what);
    if (known !== undefined) return known;
    const { nats } = this.#start;
    const options = {
      ...nats,
      name: `${nats.name} ${what}`,
      needsJetStream: true,
      bulk: true,
      connectWaitMs: nats.connectWaitMs ?? connectWaitMs,
    };
    const link = NatsLink.connect(options);
    this.#links.set(what, link);
    link.catch(() => void this.#links.delete(what));
    return link;
  }

  async #close(): Promise<void> {
    for (const link of this.#links.values()) await link.then((open) => open.close()).catch(() => undefined);
    process.exit(0);
  }
}

/** Lets so many run at once, in the order of asking. */
class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
