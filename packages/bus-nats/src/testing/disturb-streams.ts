import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";

/** What may be done to the messages of streams behind their writers' and readers' backs. */
export interface StreamDisturbance {
  /** Replaces the first message of each stream whose name begins so by one with a changed byte near its end; gives how many. */
  corruptFirst(prefix: string): Promise<number>;
  /** Publishes all messages of such streams again, last first; gives how many. */
  repeatReversed(prefix: string): Promise<number>;
  /** Deletes such streams; gives how many. */
  deleteAll(prefix: string): Promise<number>;
  /** Fills the server's file storage with a stream of no use, to the last MiB; the returned function makes room again. */
  fillStorage(): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const fillerName = "filler";

/** Connects to a server to disturb its streams; for tests of faults. */
export async function disturbStreams(address: string): Promise<StreamDisturbance> {
  const connection = await connect({ servers: [address], name: "disturbance" });
  const manager = await jetstreamManager(connection);
  const named = async (
    prefix: string,
  ): Promise<{ readonly name: string; readonly subject: string; readonly first: number; readonly last: number }[]> => {
    const found = [];
    for await (const { config, state } of manager.streams.list()) {
      if (!config.name.startsWith(prefix) || state.messages === 0) continue;
      found.push({ name: config.name, subject: config.subjects[0] ?? "", first: state.first_seq, last: state.last_seq });
    }
    return found;
  };
  return {
    async corruptFirst(prefix) {
      const streams = await named(prefix);
      for (const { name, subject, first } of streams) {
        const message = await manager.streams.getMessage(name, { seq: first });
        if (message === null) continue;
        const data = message.data.slice();
        data[data.length - 1] = (data[data.length - 1] ?? 0) ^ 0x55;
        await manager.streams.deleteMessage(name, first);
        await connection.request(subject, data);
      }
      return streams.length;
    },
    async repeatReversed(prefix) {
      let repeated = 0;
      for (const { name, subject, first, last } of await named(prefix)) {
        for (let sequence = last; sequence >= first; sequence--) {
          const message = await manager.streams.getMessage(name, { seq: sequence });
          if (message === null) continue;
          await connection.request(subject, message.data);
          repeated++;
        }
      }
      return repeated;
    },
    async deleteAll(prefix) {
      const streams = await named(prefix);
      for (const { name } of streams) await manager.streams.delete(name);
      return streams.length;
    },
    async fillStorage() {
      await manager.streams.add({ name: fillerName, subjects: [fillerName] });
      await publishUntilFull(connection);
      return async () => void (await manager.streams.delete(fillerName));
    },
    close: () => connection.close(),
  };
}

async function publishUntilFull(connection: NatsConnection): Promise<void> {
  const bytes = new Uint8Array(900 * 1024);
  for (;;) {
    const reply = await connection.request(fillerName, bytes, { timeout: 5000 });
    if (JSON.parse(new TextDecoder().decode(reply.data)).error !== undefined) return;
  }
}
