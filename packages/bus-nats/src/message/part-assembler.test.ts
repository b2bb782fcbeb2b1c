import { ManualClock } from "@vonk/common/testing";
import { describe, expect, test } from "vitest";
import { cutFrame, PartAssembler } from "./part-assembler.ts";

const limits = { messageBytesMax: 1000, pendingBytesMax: 1500, expiryMs: 100 };
const frameOf = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, (_, index) => index % 251);
const partsOf = (bytes: number, number: bigint): Uint8Array[] => [...cutFrame(frameOf(bytes), 130, 9n, number)];

describe("parts", () => {
  test("make the frame again, also when two messages are under way", () => {
    const assembler = new PartAssembler(limits, new ManualClock());
    const first = partsOf(250, 1n);
    const second = partsOf(200, 2n);
    expect(first.map((part) => part.byteLength)).toEqual([130, 130, 80]);
    const made = [first[0], second[0], first[1], second[1], first[2]].map((part) => assembler.add("s", part ?? new Uint8Array()));
    expect(made.map((frame) => frame?.byteLength)).toEqual([undefined, undefined, undefined, 200, 250]);
    expect(made[4]).toEqual(frameOf(250));
    expect(assembler.pendingBytes).toBe(0);
  });

  test("a gap, a repeat, a short part and a message beyond the bounds are dropped", () => {
    const assembler = new PartAssembler(limits, new ManualClock());
    const [a, b, c] = partsOf(250, 1n);
    for (const part of [a, c, b, c]) if (part !== undefined) expect(assembler.add("s", part)).toBeUndefined();
    for (const part of [a, b, b, c]) if (part !== undefined) expect(assembler.add("s", part)).toBeUndefined();
    expect(assembler.add("s", new Uint8Array(5))).toBeUndefined();
    for (const part of partsOf(1001, 3n)) expect(assembler.add("s", part)).toBeUndefined();
    expect(assembler.pendingBytes).toBe(0);
    for (const number of [4n, 5n]) assembler.add("s", partsOf(800, number)[0] ?? new Uint8Array());
    expect(assembler.pendingBytes).toBe(800);
    assembler.clear();
    expect(assembler.pendingBytes).toBe(0);
  });

  test("an unfinished message is forgotten after a silence", () => {
    const clock = new ManualClock();
    const assembler = new PartAssembler(limits, clock);
    const [a, b, c] = partsOf(250, 1n);
    for (const part of [a, b]) assembler.add("s", part ?? new Uint8Array());
    clock.advance(99);
    expect(assembler.pendingBytes).toBe(250);
    clock.advance(200);
    expect(assembler.pendingBytes).toBe(0);
    expect(assembler.add("s", c ?? new Uint8Array())).toBeUndefined();
  });
});
