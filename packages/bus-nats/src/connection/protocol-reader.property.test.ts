import fc from "fast-check";
import { expect, test } from "vitest";
import type { LinkMessage } from "./nats-link.ts";
import { ProtocolReader } from "./protocol-reader.ts";

interface Heard {
  readonly line?: string;
  readonly subscription?: number;
  readonly subject?: string;
  readonly reply?: string;
  readonly status?: number;
  readonly data?: string;
}

const heardMessage = (subscription: number, { subject, reply, status, data }: LinkMessage): Heard => ({
  subscription,
  subject,
  reply,
  status,
  data: Buffer.from(data).toString("latin1"),
});

const letters = fc.stringMatching(/^[a-z]{1,8}$/);
const messages = fc.record({
  subscription: fc.nat(1000),
  subject: letters,
  reply: fc.option(letters, { nil: "" }),
  status: fc.constantFrom(0, 0, 100, 404),
  // Some beyond the size from which a socket reads into the message itself, with line ends inside.
  data: fc.oneof(
    { arbitrary: fc.string({ unit: fc.constantFrom("a", "\r", "\n", "\u00ff"), maxLength: 40 }), weight: 4 },
    fc.integer({ min: 15_000, max: 140_000 }).map((length) => "MSG x\r\n".repeat(length / 7)),
  ),
});
const said: fc.Arbitrary<Heard> = fc.oneof(messages, fc.constantFrom({ line: "PING" }, { line: "PONG" }, { line: "INFO {}" }));

function bytesOf({ line, subscription, subject, reply, status = 0, data = "" }: Heard): Buffer {
  if (line !== undefined) return Buffer.from(`${line}\r\n`);
  const to = `${subject} ${subscription} ${reply === "" ? "" : `${reply} `}`;
  const header = status === 0 ? "" : `NATS/1.0 ${status} Some Text\r\n\r\n`;
  const head = header === "" ? `MSG ${to}` : `HMSG ${to}${header.length} `;
  return Buffer.from(`${head}${header.length + data.length}\r\n${header}${data}\r\n`, "latin1");
}

test("messages come out as they went in, however the bytes are cut, also into memory that is used again", () => {
  fc.assert(
    fc.property(
      fc.array(said, { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1, maxLength: 9 }),
      (all, cuts) => {
        const heard: Heard[] = [];
        const reader: ProtocolReader = new ProtocolReader({
          line: (line) => void heard.push({ line }),
          message(subscription, message) {
            heard.push(heardMessage(subscription, message));
            message.data.fill(0);
            reader.reuse(message.data);
          },
        });
        const stream = Buffer.concat(all.map(bytesOf));
        for (let at = 0, cut = 0; at < stream.byteLength; cut++) {
          const size = Math.min(cuts[cut % cuts.length] ?? 1, stream.byteLength - at);
          const { open } = reader;
          const taken = open === undefined ? size : Math.min(size, open.byteLength);
          if (open === undefined) reader.read(Buffer.from(stream.subarray(at, at + taken)));
          else {
            stream.copy(open, 0, at, at + taken);
            reader.filled(taken);
          }
          at += taken;
        }
        expect(heard).toEqual(all);
      },
    ),
  );
});

test("what is not the protocol is an error, and a line without an end too", () => {
  const reader = (): ProtocolReader => new ProtocolReader({ line: () => {}, message: () => {} });
  expect(() => reader().read(Buffer.from("MSG subject 1 many\r\n"))).toThrow("NATS_PROTOCOL");
  expect(() => reader().read(Buffer.from("HMSG subject 1 9 5\r\n"))).toThrow("'HMSG subject 1 9 5'");
  expect(() => reader().read(Buffer.alloc(2 ** 20 + 1, "x"))).toThrow("without an end");
});
