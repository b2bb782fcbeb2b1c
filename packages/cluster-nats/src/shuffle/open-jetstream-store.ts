import type { NatsOptions } from "@vonk/bus-nats/internal";
import { FileShuffleStore, type ShuffleStore, type ShuffleStoreSetup } from "@vonk/core/spi";

/** Opens the store of an executor process. */
export async function openJetStreamStore(setup: ShuffleStoreSetup, _nats: NatsOptions): Promise<ShuffleStore> {
  return new FileShuffleStore(setup.host, setup.shuffleDir);
}
