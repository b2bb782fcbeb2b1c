import { createStream, deleteStream, listStreams, type NatsLink } from "@vonk/bus-nats/internal";
import type { ShuffleLayout, ShuffleStreams } from "@vonk/core/spi";
import { streamName, streamPrefix, streamSubject } from "./bucket.ts";

/** Streams that nobody deletes go by themselves after a day. */
const ageMsMax = 24 * 3600 * 1000;

/** The driver's side of an application's bucket streams. */
export class JetStreamStreams implements ShuffleStreams {
  readonly #appId: string;
  readonly #link: NatsLink;
  readonly #bytesMax: number;

  /** @param bytesMax bytes of one stream at most; 0 leaves the limit to the server */
  constructor(appId: string, link: NatsLink, bytesMax: number) {
    this.#appId = appId;
    this.#link = link;
    this.#bytesMax = bytesMax === 0 ? -1 : bytesMax;
  }

  async create(shuffleId: number, { epoch, buckets }: ShuffleLayout): Promise<void> {
    await Promise.all(
      Array.from({ length: buckets }, (_, bucket) =>
        createStream(this.#link, {
          name: streamName(this.#appId, shuffleId, epoch, bucket),
          subjects: [streamSubject(this.#appId, shuffleId, epoch, bucket)],
          bytesMax: this.#bytesMax,
          ageMsMax,
        }),
      ),
    );
  }

  async remove(shuffleId: number, { epoch, buckets }: ShuffleLayout): Promise<void> {
    const names = Array.from({ length: buckets }, (_, bucket) => streamName(this.#appId, shuffleId, epoch, bucket));
    await Promise.all(names.map((name) => deleteStream(this.#link, name)));
  }

  /** Deletes everything of the application. */
  removeAll(): Promise<void> {
    return sweepStreams(this.#link, this.#appId);
  }
}

/** Deletes the streams of an application that has ended. */
export async function sweepStreams(link: NatsLink, appId: string): Promise<void> {
  for (const { name } of await listStreams(link, streamPrefix(appId))) await deleteStream(link, name);
}
