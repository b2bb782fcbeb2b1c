import { systemClock } from "@vonk/common/internal";
import type { NatsOptions } from "@vonk/bus-nats/internal";
import type { ShuffleStore, ShuffleStoreSetup } from "@vonk/core/spi";
import { DataThreadHandle } from "./data-thread-handle.ts";
import { JetStreamShuffleStore } from "./jetstream-store.ts";

const mebibyte = 2 ** 20;

/** Opens the store of an executor process; its data thread starts with the first output or bucket. */
export async function openJetStreamStore(setup: ShuffleStoreSetup, nats: NatsOptions): Promise<ShuffleStore> {
  const data = new DataThreadHandle({
    appId: setup.appId,
    nats,
    writeWindowBytes: 16 * mebibyte,
    readWindowBytes: 8 * mebibyte,
  });
  return new JetStreamShuffleStore({ setup, data, clock: systemClock, fetchMemoryBytes: 128 * mebibyte, fullWaitMs: 30_000 });
}
