import { serialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeFrame, encodeFrame, frameKind, kindOfFrame } from "./message-codec.ts";

const carry = (value: unknown): unknown => decodeFrame(encodeFrame(frameKind.message, value, "s"), "s");

describe("frames", () => {
  test("carry what structured clone carries", () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const value = {
      nothing: undefined,
      empty: null,
      big: 2n ** 90n,
      not: Number.NaN,
      minus: -0,
      date: new Date(12),
      pattern: /a+/gi,
      map: new Map<unknown, unknown>([[{ a: 1 }, new Set([1, "2"])]]),
      text: "naïve \u{1F600} \ud800",
      sparse: [1, , 3], // eslint-disable-line no-sparse-arrays
      circular,
    };
    expect(carry(value)).toEqual(structuredClone(value));
    const failure = Object.assign(new RangeError("out", { cause: "deep" }), {});
    expect(carry(failure)).toMatchObject({ name: "RangeError", message: "out", stack: failure.stack });
  });

  test("carry typed arrays as their own bytes, aligned, in a buffer of their own", () => {
    const arrays = [
      new Uint8Array([1, 2]),
      new Int8Array([-1]),
      new Uint8ClampedArray([255]),
      new Int16Array([-300]),
      new Uint16Array([65_535]),
      new Int32Array([-70_000]),
      new Uint32Array([4e9]),
      new Float32Array([0.5]),
      new Float64Array([Math.PI, -0]),
      new BigInt64Array([-1n]),
      new BigUint64Array([1n]),
      new Float64Array(0),
    ];
    expect(carry({ odd: "x", arrays })).toEqual({ odd: "x", arrays });
    const part = new Float64Array(new ArrayBuffer(4096), 800, 2).fill(7);
    const [copy, pooled, view] = carry([part, Buffer.from("pooled"), new DataView(new ArrayBuffer(8), 3, 2)]) as [
      Float64Array,
      Uint8Array,
      DataView,
    ];
    expect(copy).toEqual(new Float64Array([7, 7]));
    expect([copy.byteOffset, copy.buffer.byteLength]).toEqual([0, 16]);
    expect(pooled).toEqual(new Uint8Array(Buffer.from("pooled")));
    expect([view.byteLength, view.buffer.byteLength]).toEqual([2, 2]);
    expect(encodeFrame(frameKind.message, Buffer.from("pooled"), "s").byteLength).toBeLessThan(20);
    expect(carry(new ArrayBuffer(3))).toEqual(new ArrayBuffer(3));
  });

  test("what is not plain data is refused with the reason", () => {
    const refused = (value: unknown): unknown => {
      try {
        return encodeFrame(frameKind.message, value, "orders");
      } catch (error) {
        return error;
      }
    };
    expect(refused(new SharedArrayBuffer(8))).toMatchObject({ code: "NATS_MESSAGE_UNSENDABLE" });
    expect(String(refused(() => 1))).toMatch(/\(\) => 1 could not be cloned/);
    expect(refused(new MessageChannel().port1)).toMatchObject({ code: "NATS_MESSAGE_UNSENDABLE" });
    expect(refused(Symbol("s"))).toMatchObject({ code: "NATS_MESSAGE_UNSENDABLE" });
  });

  test("an array in shared memory arrives as one of its own", () => {
    const shared = new Int32Array(new SharedArrayBuffer(8)).fill(7);
    const arrived = carry(shared) as Int32Array;
    expect([...arrived]).toEqual([7, 7]);
    expect(arrived.buffer).not.toBeInstanceOf(SharedArrayBuffer);
  });

  test("any JSON value comes back as it was", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(carry(value)).toEqual(structuredClone(value));
      }),
    );
  });

  test("foreign, cut and damaged bytes are errors with a code, never more", () => {
    const good = encodeFrame(
      frameKind.message,
      { list: [1, 2.5, "three"], map: new Map([[1, new Float64Array(4)]]), date: new Date(1), big: 5n },
      "s",
    );
    const tryRead = (bytes: Uint8Array): void => {
      try {
        kindOfFrame(bytes, "s");
        decodeFrame(bytes, "s");
      } catch (error) {
        expect(error).toMatchObject({ code: "NATS_MESSAGE_INVALID" });
      }
    };
    tryRead(new Uint8Array(0));
    expect(() => kindOfFrame(new Uint8Array([2, 0]), "s")).toThrow("its format is 2, expected 1");
    expect(() => kindOfFrame(new Uint8Array([1, 77]), "s")).toThrow("its kind is 77");
    tryRead(new Uint8Array([1, 0, ...serialize(new Uint8Array(3))]));
    for (let length = 0; length < good.length; length++) tryRead(good.subarray(0, length));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => tryRead(new Uint8Array([1, 0, 255, 15, ...bytes]))),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length - 1), fc.nat(255), (at, byte, other, second) => {
        const bytes = good.slice();
        bytes[at] = byte;
        bytes[other] = second;
        tryRead(bytes);
      }),
      { numRuns: 10_000 },
    );
  });
});
