import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createStream, deleteStream, listStreams, NatsLink, type NatsServer } from "@vonk/bus-nats/internal";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import { checksum } from "@vonk/columnar/internal";
import { seededRandom, systemClock } from "@vonk/common/internal";
import type { LocatedChunk, MapStatus, ShuffleLayout } from "@vonk/core/spi";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { streamName, streamPrefix, streamSubject } from "../src/shuffle/bucket.ts";
import { DataThreadHandle } from "../src/shuffle/data-thread-handle.ts";
import { JetStreamShuffleStore } from "../src/shuffle/jetstream-store.ts";
import { JetStreamStreams } from "../src/shuffle/jetstream-streams.ts";
import { openPiece, pieceBytes, pieceHeaderBytes, sealPiece } from "../src/shuffle/piece.ts";

const appId = "app-1";
const mebibyte = 2 ** 20;

/** Chunks of a map output as a task would have written them: by map partition, reducer and size. */
type Chunks = readonly (readonly [reducer: number, bytes: Uint8Array])[];

for (const { title, program } of await serversUnderTest()) {
  describe.skipIf(program === undefined)(`the JetStream shuffle store on ${title}`, () => {
    let server: NatsServer;
    let link: NatsLink;
    let streams: JetStreamStreams;
    let folder: string;
    let stores: JetStreamShuffleStore[];
    let layouts: ShuffleLayout[];
    let asked: { readonly lostEpoch?: number }[];

    beforeAll(async () => {
      if (program !== undefined) server = await startTestServer(program);
      link = await NatsLink.connect({ servers: [server.address], name: "test" });
    });
    afterAll(async () => {
      await link.close();
      await server[Symbol.asyncDispose]();
    });
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "vonk-store-"));
      streams = new JetStreamStreams(appId, link, 0);
      stores = [];
      layouts = [];
      asked = [];
    });
    afterEach(async () => {
      for (const store of stores) await store.close();
      await streams.removeAll();
      rmSync(folder, { recursive: true, force: true });
    });

    function open(host: string, extras: { readonly fetchMemoryBytes?: number; readonly fullWaitMs?: number; readonly mode?: "auto" } = {}) {
      const dir = join(folder, `${host}-${stores.length}`);
      mkdirSync(dir);
      const nats = { servers: [server.address], name: host };
      const data = new DataThreadHandle({ appId, nats, writeWindowBytes: 8 * mebibyte, readWindowBytes: 4 * mebibyte });
      const store = new JetStreamShuffleStore({
        setup: {
          appId,
          executorId: host,
          host,
          mode: extras.mode ?? "jetstream",
          shuffleDir: dir,
          localDir: dir,
          layout: (request) => layout(request),
        },
        data,
        clock: systemClock,
        fetchMemoryBytes: extras.fetchMemoryBytes ?? 64 * mebibyte,
        fullWaitMs: extras.fullWaitMs ?? 1000,
      });
      stores.push(store);
      return { store, data, dir };
    }

    async function layout(request: { readonly shuffleId: number; readonly lostEpoch?: number }): Promise<ShuffleLayout> {
      asked.push(request);
      const epoch = request.lostEpoch === undefined ? (layouts.length === 0 ? 0 : layouts.length - 1) : request.lostEpoch + 1;
      const known = layouts[epoch];
      if (known !== undefined) return known;
      const made = { epoch, buckets: 3 };
      layouts[epoch] = made;
      await streams.create(request.shuffleId, made);
      return made;
    }

    let files = 0;
    function write(dir: string, mapPartition: number, taskId: number, reducerCount: number, chunks: Chunks): MapStatus {
      const path = join(dir, `output-${files++}`);
      writeFileSync(path, Buffer.concat([new Uint8Array(7), ...chunks.map(([, bytes]) => bytes)]));
      return {
        shuffleId: 5,
        mapPartition,
        executorId: "e",
        host: dir.includes("near") ? "near" : "far",
        taskId,
        outputs: [],
        ...(chunks.length === 0 ? {} : { file: { path, offset: 7 } }),
        chunks: {
          reducerCount,
          reducers: Uint32Array.from(chunks, ([reducer]) => reducer),
          lengths: Uint32Array.from(chunks, ([, bytes]) => bytes.byteLength),
          records: Uint32Array.from(chunks, () => 1),
          checksums: Uint32Array.from(chunks, ([, bytes]) => checksum(bytes)),
        },
      };
    }

    function randomChunks(random: () => number, reducerCount: number, count: number, sizeMax: number): Chunks {
      return Array.from({ length: count }, () => {
        const bytes = new Uint8Array(1 + Math.floor(random() * sizeMax)).fill(Math.floor(random() * 256));
        bytes[0] = Math.floor(random() * 256);
        return [Math.floor(random() * reducerCount), bytes] as const;
      });
    }

    function bytesOf(chunk: LocatedChunk): Uint8Array {
      assert(chunk.handle.kind === "inline", `expected bytes in memory, met ${chunk.handle.kind}`);
      return chunk.handle.bytes;
    }

    /** Reads every reducer and compares with what was written. */
    async function expectAll(
      store: JetStreamShuffleStore,
      statuses: readonly MapStatus[],
      written: readonly Chunks[],
      reducerCount: number,
    ) {
      for (let reducer = 0; reducer < reducerCount; reducer++) {
        const expected = written.flatMap((chunks) => chunks.filter(([owner]) => owner === reducer).map(([, bytes]) => bytes));
        const met = (await store.chunks({ shuffleId: 5, reducer }, statuses)).map(bytesOf);
        expect(met.map((bytes) => checksum(bytes))).toEqual(expected.map((bytes) => checksum(bytes)));
      }
    }

    it("brings what one executor wrote to another, whatever else lies in the streams", async () => {
      const random = seededRandom(11);
      const next = (): number => random.next();
      const near = open("near");
      const far = open("far");
      const reducerCount = 8;
      const written = [0, 12, 0, 3, 40].map((count) => randomChunks(next, reducerCount, count, 200_000));
      const statuses: MapStatus[] = [];
      for (const [mapPartition, chunks] of written.entries()) {
        // A zombie's attempt, then the committed one, then that again, as after a lost acknowledgement.
        await near.store.store(write(near.dir, mapPartition, 100 + mapPartition, reducerCount, randomChunks(next, reducerCount, 5, 5000)));
        const status = write(near.dir, mapPartition, mapPartition, reducerCount, chunks);
        statuses.push(await near.store.store(status));
        await near.store.store(status);
      }
      // A damaged message and one that is no piece at all.
      const connection = await link.connection();
      const damaged = new Uint8Array(pieceHeaderBytes + 10);
      sealPiece(damaged, { shuffleId: 5, epoch: 0, mapPartition: 0, taskId: 0, offset: 0, totalBytes: 10 });
      damaged[pieceHeaderBytes] = 1;
      for (let bucket = 0; bucket < 3; bucket++) {
        connection.publish(streamSubject(appId, 5, 0, bucket), damaged);
        connection.publish(streamSubject(appId, 5, 0, bucket), new Uint8Array(3));
      }
      await connection.flush();
      expect(statuses.map((status) => [status.file, status.stream?.buckets])).toEqual(
        [undefined, 3, undefined, 3, 3].map((buckets) => [undefined, buckets]),
      );
      await expectAll(far.store, statuses, written, reducerCount);
      expect(asked).toHaveLength(1);
    });

    it("keeps what does not fit in memory in files, and deletes them when the shuffle goes", async () => {
      const near = open("near");
      const far = open("far", { fetchMemoryBytes: 0 });
      const random = seededRandom(3);
      const written = [randomChunks(() => random.next(), 2, 6, 1000)];
      const statuses = [await near.store.store(write(near.dir, 0, 0, 2, written[0] ?? []))];
      const chunks = await far.store.chunks({ shuffleId: 5, reducer: 0 }, statuses);
      expect(chunks.map(({ handle }) => handle.kind === "file" && handle.checksum)).toEqual(
        (written[0] ?? []).filter(([reducer]) => reducer === 0).map(([, bytes]) => checksum(bytes)),
      );
    });

    it("reads files of its own host with auto, and streams when those are gone", async () => {
      const near = open("near", { mode: "auto" });
      const sibling = open("near", { mode: "auto" });
      const far = open("far", { mode: "auto" });
      const bytes = new Uint8Array(5000).fill(9);
      const statuses = [await near.store.store(write(near.dir, 0, 0, 1, [[0, bytes]]))];
      const kind = async (store: JetStreamShuffleStore, withoutFiles: boolean): Promise<string | undefined> =>
        (await store.chunks({ shuffleId: 5, reducer: 0, withoutFiles }, statuses))[0]?.handle.kind;
      expect(await kind(sibling.store, false)).toBe("file");
      expect(await kind(sibling.store, true)).toBe("inline");
      expect(await kind(far.store, false)).toBe("inline");
    });

    it("splits outputs larger than a message and puts them together again", async () => {
      const near = open("near");
      const far = open("far");
      const large = new Uint8Array(3 * pieceBytes + 17).map((_, index) => (index * 31) & 255);
      const written: Chunks[] = [
        [
          [0, large],
          [1, large.subarray(5)],
        ],
      ];
      const statuses = [await near.store.store(write(near.dir, 0, 0, 2, written[0] ?? []))];
      await expectAll(far.store, statuses, written, 2);
    });

    it("says which output is missing, and begins an epoch when streams are gone", async () => {
      const near = open("near");
      const far = open("far");
      const status = write(near.dir, 0, 0, 1, [[0, new Uint8Array(10)]]);
      const stored = await near.store.store(status);
      const never = { ...stored, mapPartition: 1, taskId: 7 };
      await expect(far.store.chunks({ shuffleId: 5, reducer: 0 }, [stored, never])).rejects.toMatchObject({
        code: "SHUFFLE_BLOCK_MISSING",
        params: { mapPartition: 1 },
      });
      for (let bucket = 0; bucket < 3; bucket++) await deleteStream(link, streamName(appId, 5, 0, bucket));
      await expect(far.store.chunks({ shuffleId: 5, reducer: 0 }, [stored])).rejects.toMatchObject({ code: "SHUFFLE_BLOCK_MISSING" });
      expect(asked.at(-1)).toMatchObject({ lostEpoch: 0 });
      // A writer that still knows the old epoch finds the new one.
      expect((await near.store.store(status)).stream).toEqual({ epoch: 1, buckets: 3 });
    });

    it("waits for room in a full stream, and says so when none comes", async () => {
      const near = open("near", { fullWaitMs: 600 });
      layouts[0] = { epoch: 0, buckets: 1 };
      await createStream(link, {
        name: streamName(appId, 5, 0, 0),
        subjects: [streamSubject(appId, 5, 0, 0)],
        bytesMax: 100_000,
        ageMsMax: 60_000,
      });
      const status = write(near.dir, 0, 0, 1, [[0, new Uint8Array(200_000)]]);
      await expect(near.store.store(status)).rejects.toMatchObject({ code: "SHUFFLE_STREAMS_FULL" });
    });

    it("fails what a dead data thread carried, and starts another", async () => {
      const { data, store, dir } = open("near");
      const dying = data.publish({
        kind: "publish",
        shuffleId: 5,
        epoch: 0,
        buckets: 1,
        mapPartition: 0,
        taskId: 0,
        path: dir,
        offset: 0,
        reducerCount: 1,
        reducers: new Uint32Array(1),
        lengths: new Uint32Array(1),
      });
      const lost = expect(dying).rejects.toMatchObject({ code: "DATA_THREAD_LOST" });
      await data.close();
      await lost;
      expect((await store.store(write(dir, 0, 0, 1, [[0, new Uint8Array(10)]]))).stream?.epoch).toBe(0);
    });

    it("removes all streams of the application", async () => {
      const { store, dir } = open("near");
      await store.store(write(dir, 0, 0, 1, [[0, new Uint8Array(10)]]));
      expect(await listStreams(link, streamPrefix(appId))).toHaveLength(3);
      await streams.removeAll();
      expect(await listStreams(link, streamPrefix(appId))).toEqual([]);
    });
  });
}

describe("a piece", () => {
  it("is not opened when any byte of its header changed", () => {
    const message = new Uint8Array(pieceHeaderBytes + 100);
    sealPiece(message, { shuffleId: 1, epoch: 2, mapPartition: 3, taskId: 4, offset: 5, totalBytes: 6 });
    expect(openPiece(message)).toMatchObject({ shuffleId: 1, epoch: 2, mapPartition: 3, taskId: 4, offset: 5, totalBytes: 6 });
    for (let at = 0; at < pieceHeaderBytes; at++) {
      const changed = message.slice();
      changed[at] = (changed[at] ?? 0) ^ 4;
      expect(openPiece(changed)).toBeUndefined();
    }
  });
});
