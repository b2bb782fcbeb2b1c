import type { ShuffleLayout } from "../message/services.ts";

/** Makes and deletes the bucket streams of shuffles; what a cluster whose shuffles go through streams gives to the driver. */
export interface ShuffleStreams {
  /** Makes the streams of an epoch; resolves when they take output. */
  create(shuffleId: number, layout: ShuffleLayout): Promise<void>;
  /** Deletes the streams of an epoch; nobody waits for it. */
  remove(shuffleId: number, layout: ShuffleLayout): Promise<void>;
}

interface Epochs {
  readonly layouts: ShuffleLayout[];
  current: Promise<ShuffleLayout>;
}

/** Streams should hold about so much each: enough for long reads, few enough for the server. */
const bucketBytes = 64 * 2 ** 20;
/** Streams that a shuffle has at most: each that is written to takes some 20 MB of the server's memory. */
const bucketsMax = 32;

/** Buckets for a shuffle whose first output has `outputBytes`: as many as fill well if the other outputs are like it. */
export function bucketCount(outputBytes: number, mapCount: number, reducerCount: number): number {
  const wanted = Math.ceil((outputBytes * mapCount) / bucketBytes);
  return Math.max(1, Math.min(wanted, bucketsMax, reducerCount));
}

/** Which streams each shuffle has. The first output that is written decides how many; they are made once, whoever asks. */
export class ShuffleLayouts {
  readonly #streams: ShuffleStreams;
  readonly #shuffles = new Map<number, Epochs>();

  constructor(streams: ShuffleStreams) {
    this.#streams = streams;
  }

  /** The layout to write to; its streams exist. Names of epochs that are known to be gone lead to a new one. */
  layout(shuffleId: number, buckets: number, lostEpoch?: number): Promise<ShuffleLayout> {
    const known = this.#shuffles.get(shuffleId);
    const epoch = known?.layouts.at(-1)?.epoch;
    if (known !== undefined && (lostEpoch === undefined || epoch !== lostEpoch)) return known.current;
    const layout: ShuffleLayout = { epoch: (epoch ?? -1) + 1, buckets };
    const current = this.#streams.create(shuffleId, layout).then(() => layout);
    if (known === undefined) {
      this.#shuffles.set(shuffleId, { layouts: [layout], current });
    } else {
      known.layouts.push(layout);
      known.current = current;
    }
    // Whoever asks next may find the server in better health.
    current.catch(() => {
      const epochs = this.#shuffles.get(shuffleId);
      if (epochs?.current === current) this.#shuffles.delete(shuffleId);
    });
    return current;
  }

  /** Deletes the streams of a shuffle. */
  async remove(shuffleId: number): Promise<void> {
    const known = this.#shuffles.get(shuffleId);
    this.#shuffles.delete(shuffleId);
    for (const layout of known?.layouts ?? []) await this.#streams.remove(shuffleId, layout);
  }
}
