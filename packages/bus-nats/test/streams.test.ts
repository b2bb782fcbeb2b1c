import { setTimeout as sleep } from "node:timers/promises";
import {
  createStream,
  deleteStream,
  listStreams,
  NatsLink,
  StreamReader,
  streamState,
  StreamWriter,
  type NatsServer,
  type StreamReaderOptions,
} from "@vonk/bus-nats/internal";
import { serversUnderTest, startTestServer } from "@vonk/bus-nats/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

const spec = { bytesMax: 512 * 2 ** 20, ageMsMax: 3_600_000 };
const numbered = (number: number, bytes: number): Uint8Array => {
  const payload = new Uint8Array(bytes);
  new DataView(payload.buffer).setUint32(0, number);
  return payload;
};
const numberOf = (data: Uint8Array): number => new DataView(data.buffer, data.byteOffset).getUint32(0);

const variants = (await serversUnderTest()).flatMap(({ title, program }) => [
  { title, program, bulk: false },
  { title: `${title}, a link for bulk data`, program, bulk: true },
]);
for (const { title, program, bulk } of variants) {
  describe.skipIf(program === undefined)(title, () => {
    let server: NatsServer;
    let link: NatsLink;
    let stream = "";
    let round = 0;
    beforeAll(async () => {
      if (program !== undefined) server = await startTestServer(program);
    });
    afterAll(() => server[Symbol.asyncDispose]());
    beforeEach(async () => {
      link = await NatsLink.connect({ servers: [server.address], name: "test", needsJetStream: true, bulk });
      stream = `test-${round++}`;
    });
    afterEach(async () => {
      await deleteStream(link, stream);
      await link.close();
    });
    const make = (more: { readonly bytesMax?: number } = {}) =>
      createStream(link, { ...spec, name: stream, subjects: [`${stream}.>`], ...more });
    const fill = async (count: number, bytes: number, subject = `${stream}.0`): Promise<void> => {
      const writer = new StreamWriter(link);
      for (let number = 0; number < count; number++) await writer.write(subject, numbered(number, bytes));
      await writer.flush();
      writer.close();
    };
    const read = async (options: Partial<StreamReaderOptions> = {}): Promise<number[]> => {
      const numbers: number[] = [];
      for await (const { data } of new StreamReader(link, { stream, reusesData: bulk, ...options })) numbers.push(numberOf(data));
      return numbers;
    };
    const upTo = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

    test("streams are made, listed by prefix, looked up and deleted; doing it again is no error", async () => {
      expect(await make()).toMatchObject({ name: stream, messages: 0, bytes: 0, lastSequence: 0 });
      await make();
      await fill(3, 100);
      expect(await streamState(link, stream)).toMatchObject({ messages: 3, firstSequence: 1, lastSequence: 3 });
      await createStream(link, { ...spec, name: "other", subjects: ["other"], storage: "memory" });
      expect((await listStreams(link, "test-")).map(({ name }) => name)).toEqual([stream]);
      expect([await deleteStream(link, "other"), await deleteStream(link, "other")]).toEqual([true, false]);
      expect(await streamState(link, "other")).toBeUndefined();
      const taken = createStream(link, { ...spec, name: "thief", subjects: [`${stream}.0`] });
      await expect(taken).rejects.toMatchObject({ code: "NATS_STREAM_REFUSED" });
      await expect(make({ bytesMax: 2 ** 40 })).rejects.toMatchObject({
        code: expect.stringMatching(/NATS_STREAM_REFUSED|NATS_STORAGE_FULL/),
      });
    });

    test("what is written in a window is read in order, of any size, through a bounded window", async () => {
      await make();
      const writer = new StreamWriter(link, { inFlightBytesMax: 2 ** 20 });
      let most = 0;
      for (let number = 0; number < 300; number++) {
        await writer.write(`${stream}.${number % 3}`, numbered(number, number % 50 === 0 ? 3 * 2 ** 20 : 1000 + number * 500));
        most = Math.max(most, writer.inFlightBytes);
      }
      await expect(writer.write(`${stream}.0`, new Uint8Array(9 * 2 ** 20))).rejects.toMatchObject({ code: "NATS_MESSAGE_TOO_LARGE" });
      const written = await writer.flush();
      expect(written).toMatchObject({ messages: 300, resent: 0 });
      expect(written.lastSequences).toEqual(new Map([[stream, 300]]));
      expect(most).toBeLessThanOrEqual(3 * 2 ** 20);
      expect(writer.inFlightBytes).toBe(0);
      writer.close();
      await expect(writer.write(`${stream}.0`, new Uint8Array(1))).rejects.toMatchObject({ code: "NATS_UNREACHABLE" });

      const numbers: number[] = [];
      const reader = new StreamReader(link, { stream, lastSequence: 300, windowBytes: 2 ** 20 });
      let buffered = 0;
      for await (const { data, sequence, subject } of reader) {
        numbers.push(numberOf(data));
        expect([sequence, subject]).toEqual([numbers.length, `${stream}.${(numbers.length - 1) % 3}`]);
        buffered = Math.max(buffered, reader.bufferedBytes);
        if (numbers.length === 20) await sleep(100);
      }
      expect(numbers).toEqual(upTo(300));
      expect(buffered).toBeLessThanOrEqual(3 * 2 ** 20);
      expect(reader.resumptions).toBe(0);
      expect(await read({ firstSequence: 11, lastSequence: 20 })).toEqual(upTo(20).slice(10));
      expect(await read({ firstSequence: 5, lastSequence: 4 })).toEqual([]);
      expect((await read({ subject: `${stream}.1`, lastSequence: 300 })).length).toBe(100);
      expect(await read({ subject: `${stream}.none`, lastSequence: 300 })).toEqual([]);
    });

    test("a crash of the server while publishing loses and reorders nothing that is new", async () => {
      await make();
      const writer = new StreamWriter(link);
      let crash: Promise<void> | undefined;
      for (let number = 0; number < 400; number++) {
        await writer.write(`${stream}.0`, numbered(number, 2 ** 17));
        if (number === 150) crash = server.kill().then(() => server.restart());
      }
      const written = await writer.flush();
      await crash;
      expect(written.messages).toBe(400);
      expect(written.resent).toBeGreaterThan(0);
      const numbers = await read({ lastSequence: written.lastSequences.get(stream) ?? 0 });
      expect(numbers.length).toBeLessThanOrEqual(400 + written.resent);
      const first = numbers.filter((number, index) => numbers.indexOf(number) === index);
      expect(first).toEqual(upTo(400));
    });

    test("a crash of the server while reading goes on at the next message; a frozen one too", async () => {
      await make();
      await fill(200, 2 ** 17);
      const reader = new StreamReader(link, { stream, lastSequence: 200, windowBytes: 2 ** 20 });
      const numbers: number[] = [];
      for await (const { data } of reader) {
        numbers.push(numberOf(data));
        if (numbers.length === 50) {
          await server.kill();
          await server.restart();
        }
      }
      expect(numbers).toEqual(upTo(200));
      expect(reader.resumptions).toBe(1);
      const again = new StreamReader(link, { stream, lastSequence: 200, windowBytes: 2 ** 20 });
      const more: number[] = [];
      for await (const { data } of again) {
        more.push(numberOf(data));
        if (more.length === 50) {
          server.pause();
          setTimeout(() => server.resume(), 2500);
        }
      }
      expect(more).toEqual(upTo(200));
    });

    test("a stream without end gives what comes, and ends when it is told to", async () => {
      await make();
      await fill(2, 10);
      const controller = new AbortController();
      const seen: number[] = [];
      const following = (async () => {
        for await (const { sequence } of new StreamReader(link, { stream, signal: controller.signal })) seen.push(sequence);
      })();
      const outcome = expect(following).rejects.toBe("enough");
      while (seen.length < 2) await sleep(5);
      // Longer than a pull lasts.
      await sleep(2300);
      await fill(1, 10);
      while (seen.length < 3) await sleep(5);
      controller.abort("enough");
      await outcome;
      const writer = new StreamWriter(link, { signal: controller.signal });
      await expect(writer.flush()).rejects.toBe("enough");
    });

    test("full, missing, cut and silent streams are told apart", async () => {
      await make({ bytesMax: 100_000 });
      const fails = async (subject: string): Promise<unknown> => {
        const writer = new StreamWriter(link);
        try {
          for (let number = 0; number < 20; number++) await writer.write(subject, numbered(number, 10_000));
          return await writer.flush();
        } catch (error) {
          await expect(writer.write(subject, new Uint8Array(1))).rejects.toBe(error);
          return error;
        } finally {
          writer.close();
        }
      };
      expect(await fails(`${stream}.0`)).toMatchObject({ code: "NATS_STREAM_FULL" });
      expect(await fails("no.stream")).toMatchObject({ code: "NATS_STREAM_MISSING" });
      await expect(read({ stream: "none" })).rejects.toMatchObject({ code: "NATS_STREAM_MISSING" });
      await expect(read({ lastSequence: 50 })).rejects.toMatchObject({ code: "NATS_STREAM_GAP", params: { met: "the end" } });
      await (await link.connection()).request(`$JS.API.STREAM.MSG.DELETE.${stream}`, JSON.stringify({ seq: 3 }));
      await expect(read({ lastSequence: 5 })).rejects.toThrow(/from message 4 where 3 was expected/);
      server.pause();
      try {
        // Signals take their time.
        await sleep(50);
        const silent = new StreamWriter(link, { ackTimeoutMs: 300 });
        await silent.write(`${stream}.0`, new Uint8Array(1));
        await expect(silent.flush()).rejects.toMatchObject({ code: "NATS_PUBLISH_TIMEOUT" });
      } finally {
        server.resume();
      }
    });

    test("the server's own limit of storage is told apart from the stream's", async () => {
      if (program === undefined) return;
      await using small = await startTestServer(program, { maxFileBytes: 2 ** 20 });
      await using own = await NatsLink.connect({ servers: [small.address], name: "test", bulk });
      await createStream(own, { ...spec, name: "small", subjects: ["small"], bytesMax: -1 });
      const writer = new StreamWriter(own);
      const writing = (async () => {
        for (let number = 0; number < 30; number++) await writer.write("small", numbered(number, 2 ** 17));
        await writer.flush();
      })();
      await expect(writing).rejects.toMatchObject({ code: "NATS_STORAGE_FULL" });
    });

    test("a stream that is deleted while it is read is missing", async () => {
      await make();
      await fill(3, 10);
      const reading = (async () => {
        for await (const { sequence } of new StreamReader(link, { stream }))
          if (sequence === 3) setTimeout(() => void deleteStream(link, stream), 20);
      })();
      await expect(reading).rejects.toMatchObject({ code: "NATS_STREAM_MISSING" });
    });
  });
}
