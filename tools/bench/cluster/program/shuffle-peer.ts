// One of the two executors of a shuffle: writes its map outputs, hands them to a store or serves them over TCP, and reads its reducers.
// Driven by shuffle-store.ts through the channel of a forked process.
import { mkdirSync, openSync, readSync, writeSync, closeSync } from "node:fs";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { checksum } from "@vonk/columnar/internal";
import { openJetStreamStore } from "@vonk/cluster-nats/internal";
import { FileShuffleStore, type LocatedChunk, type MapStatus, type ShuffleLayout, type ShuffleStore } from "@vonk/core/spi";

/** What the parent asks; each is answered with a message of the same id. */
type Ask =
  | { readonly do: "open"; readonly transport: "jetstream" | "files" | "tcp"; readonly server: string; readonly layout: ShuffleLayout }
  | { readonly do: "write"; readonly maps: readonly number[] }
  | {
      readonly do: "read";
      readonly reducers: readonly number[];
      readonly statuses: readonly MapStatus[];
      readonly ports: readonly number[];
    };

const [, , name = "peer", folder = "", , reducersText = "16", outputText = "0", chunkText = "0"] = process.argv;
const reducerCount = Number(reducersText);
const outputBytes = Number(outputText);
const chunkBytes = Number(chunkText);
mkdirSync(join(folder, name), { recursive: true });

let store: ShuffleStore | undefined;

/** Bytes that do not repeat within a chunk; the same every time. */
const pattern = new Uint8Array(chunkBytes).map((_, index) => (index * 2654435761) >>> 13);
const patternChecksum = checksum(pattern);

/** A map task's output: chunks of every reducer in turn, until it has its size. */
function writeOutput(mapPartition: number): MapStatus {
  const count = Math.ceil(outputBytes / chunkBytes);
  const path = join(folder, name, `map-${mapPartition}`);
  const file = openSync(path, "w");
  for (let chunk = 0; chunk < count; chunk++) writeSync(file, pattern);
  closeSync(file);
  const fill = (value: (index: number) => number): Uint32Array => new Uint32Array(count).map((_, index) => value(index));
  return {
    shuffleId: 1,
    mapPartition,
    executorId: name,
    host: "here",
    taskId: mapPartition,
    outputs: [],
    file: { path, offset: 0 },
    chunks: {
      reducerCount,
      reducers: fill((index) => index % reducerCount),
      records: fill(() => 1),
      lengths: fill(() => chunkBytes),
      checksums: fill(() => patternChecksum),
    },
  };
}

async function open(ask: Extract<Ask, { do: "open" }>): Promise<number> {
  if (ask.transport === "tcp") return serveFiles();
  if (ask.transport === "files") {
    store = new FileShuffleStore("here", join(folder, name));
    return 0;
  }
  const setup = {
    appId: "bench",
    executorId: name,
    host: name,
    mode: "jetstream" as const,
    shuffleDir: join(folder, name),
    localDir: join(folder, name),
    layout: async () => ask.layout,
  };
  store = await openJetStreamStore(setup, { servers: [ask.server], name });
  return 0;
}

/** A request is a line `path offset length`, …; the answer the bytes, one after the other. */
function serveFiles(): Promise<number> {
  const tcp = createServer((socket) => {
    let text = "";
    socket.setEncoding("latin1").on("data", (data) => {
      text += String(data);
      if (!text.endsWith("\n")) return;
      void send(socket, text.trim().split(","));
      text = "";
    });
  });
  return new Promise((resolve) => tcp.listen(0, "127.0.0.1", () => resolve((tcp.address() as AddressInfo).port)));
}

async function send(socket: Socket, parts: readonly string[]): Promise<void> {
  for (const part of parts) {
    const [path = "", offset = "0", length = "0"] = part.split(" ");
    const file = openSync(path, "r");
    for (let done = 0; done < Number(length);) {
      const bytes = Buffer.allocUnsafe(Math.min(1024 * 1024, Number(length) - done));
      done += readSync(file, bytes, 0, bytes.byteLength, Number(offset) + done);
      if (!socket.write(bytes)) await new Promise((resolve) => socket.once("drain", resolve));
    }
    closeSync(file);
  }
}

function pull(port: number, parts: readonly string[]): Promise<number> {
  if (parts.length === 0) return Promise.resolve(0);
  return new Promise((resolve, reject) => {
    const wanted = parts.reduce((sum, part) => sum + Number(part.split(" ")[2]), 0);
    let bytes = 0;
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }, () => socket.write(`${parts.join(",")}\n`));
    socket.on("data", (data) => {
      bytes += data.byteLength;
      if (bytes < wanted) return;
      socket.end();
      resolve(bytes);
    });
    socket.on("error", reject);
  });
}

async function read({ reducers, statuses, ports }: Extract<Ask, { do: "read" }>): Promise<number> {
  if (store === undefined) {
    const byPeer = ports.map((_, peer) =>
      reducers.flatMap((reducer) =>
        statuses.filter((_status, map) => map % ports.length === peer).flatMap((status) => partsOf(status, reducer)),
      ),
    );
    const pulled = await Promise.all(byPeer.map((parts, peer) => pull(ports[peer] ?? 0, parts)));
    return pulled.reduce((sum, bytes) => sum + bytes, 0);
  }
  let bytes = 0;
  const files = new Map<string, number>();
  for (const reducer of reducers) {
    for (const chunk of await store.chunks({ shuffleId: 1, reducer, taskId: reducer }, statuses)) bytes += consume(chunk, files);
    store.taskEnded(reducer);
  }
  for (const file of files.values()) closeSync(file);
  return bytes;
}

function partsOf({ chunks, file }: MapStatus, reducer: number): string[] {
  const parts: string[] = [];
  chunks?.reducers.forEach((owner, index) => {
    if (owner === reducer) parts.push(`${file?.path ?? ""} ${index * chunkBytes} ${chunkBytes}`);
  });
  return parts;
}

/** Reads a chunk and checks it, as a task does. */
function consume({ handle }: LocatedChunk, files: Map<string, number>): number {
  if (handle.kind === "inline") {
    if (checksum(handle.bytes) !== patternChecksum) throw new Error("a chunk is damaged");
    return handle.bytes.byteLength;
  }
  if (handle.kind !== "file") throw new Error("chunks of other processes lie in files or in the message");
  const file = files.get(handle.path) ?? openSync(handle.path, "r");
  files.set(handle.path, file);
  const bytes = new Uint8Array(handle.length);
  readSync(file, bytes, 0, handle.length, handle.offset);
  if (checksum(bytes) !== patternChecksum) throw new Error(`chunk at ${handle.offset} of ${handle.path} is damaged`);
  return handle.length;
}

async function answer(ask: Ask): Promise<unknown> {
  switch (ask.do) {
    case "open":
      return open(ask);
    case "write":
      // All at once: the store has a window of its own.
      return Promise.all(ask.maps.map(async (map) => (store === undefined ? writeOutput(map) : store.store(writeOutput(map)))));
    case "read":
      return read(ask);
  }
}

process.on("message", ({ id, ask }: { readonly id: number; readonly ask: Ask }) => {
  answer(ask).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: String((error as Error).stack) }),
  );
});
process.on("disconnect", () => process.exit(0));
