import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKernels } from "./decode-kernels.ts";

interface Runs {
  readonly width: number;
  readonly codes: readonly number[];
  readonly encoded: readonly number[];
}

const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
const bytes = new Uint8Array(memory.buffer);
const view = new DataView(memory.buffer);
const kernels = decodeKernels(memory);
const [dictionary, from, to] = [65_536, 3 * 65_536, 4 * 65_536];
const dictionaryMax = 5000;

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)];
}

function packed(codes: readonly number[], width: number): number[] {
  const all = codes.reduce((sum, code, index) => sum | (BigInt(code) << BigInt(index * width)), 0n);
  return Array.from({ length: (codes.length * width) / 8 }, (_, index) => Number((all >> BigInt(8 * index)) & 255n));
}

/** Runs of one value, of which many are short or empty, and groups of packed ones, in any order. */
const runs: fc.Arbitrary<Runs> = fc.integer({ min: 0, max: 20 }).chain((width) => {
  const code = fc.nat(Math.min(2 ** width, dictionaryMax) - 1);
  const repeated = fc.record({
    code,
    count: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 1, max: 4 }) },
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 60, max: 300 }),
    ),
  });
  const groups = fc.integer({ min: 1, max: 3 }).chain((count) => fc.array(code, { minLength: 8 * count, maxLength: 8 * count }));
  return fc.array(fc.oneof({ weight: 9, arbitrary: repeated }, groups), { minLength: 1, maxLength: 80 }).map((list) => runsOf(list, width));
});

function runsOf(list: readonly (readonly number[] | { readonly code: number; readonly count: number })[], width: number): Runs {
  const codes: number[] = [];
  const encoded: number[] = [];
  for (const run of list) {
    if ("code" in run) {
      // An empty run has no value.
      const value = run.count === 0 ? [] : Array.from({ length: (width + 7) >> 3 }, (_, index) => (run.code >> (8 * index)) & 255);
      encoded.push(...varint(run.count * 2), ...value);
      codes.push(...Array.from({ length: run.count }, () => run.code));
    } else {
      encoded.push(...varint((run.length / 8) * 2 + 1), ...packed(run, width));
      codes.push(...run);
    }
  }
  return { width, codes, encoded };
}

const sinks = [
  { name: "codes8", bytes: 1, widthMax: 8 },
  { name: "codes16", bytes: 2, widthMax: 16 },
  { name: "codes32", bytes: 4, widthMax: 32 },
  { name: "gather32", bytes: 4, widthMax: 32 },
  { name: "gather64", bytes: 8, widthMax: 32 },
  { name: "gather128", bytes: 16, widthMax: 32 },
] as const;

function put(at: number, size: number, value: number): void {
  bytes.fill(0, at, at + size);
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, true);
  else view.setUint32(at, value, true);
  if (size === 16) view.setUint32(at + 12, ~value, true);
}

/** What a kernel gives, and the bytes that it wrote. */
function decode(
  sink: (typeof sinks)[number],
  { width, encoded }: Runs,
  count: number,
  size: number,
): { readonly isDecoded: boolean; readonly values: Buffer } {
  bytes.fill(0xff, from, from + encoded.length + 32);
  bytes.set(encoded, from);
  bytes.fill(0xa5, to - 32, to + count * sink.bytes + 32);
  const isDecoded = kernels[sink.name](from, from + encoded.length, width, count, to, size, dictionary) !== 0;
  expect(bytes.subarray(to - 32, to).every((byte) => byte === 0xa5)).toBe(true);
  return { isDecoded, values: Buffer.from(bytes.slice(to, to + count * sink.bytes)) };
}

test.each(sinks)("$name of runs of all kinds, as far as asked for", (sink) => {
  for (let code = 0; code < dictionaryMax && sink.name.startsWith("gather"); code++)
    put(dictionary + code * sink.bytes, sink.bytes, code * 31 + 1);
  fc.assert(
    fc.property(runs, fc.nat(5), (made, less) => {
      fc.pre(made.width <= sink.widthMax && made.codes.length > 0);
      const count = Math.max(1, made.codes.length - less);
      const result = decode(sink, made, count, 2 ** made.width);
      const expected = Buffer.alloc(count * sink.bytes);
      for (let index = 0; index < count; index++) {
        const code = made.codes[index] ?? 0;
        put(to, sink.bytes, sink.name.startsWith("gather") ? code * 31 + 1 : code);
        expected.set(bytes.subarray(to, to + sink.bytes), index * sink.bytes);
      }
      expect(result).toEqual({ isDecoded: true, values: expected });
    }),
    { numRuns: 300 },
  );
});

test.each(sinks)("$name of codes beyond the dictionary, or that end too early", (sink) => {
  fc.assert(
    fc.property(runs, fc.integer({ min: 1, max: 40 }), (made, more) => {
      const { codes, encoded, width } = made;
      fc.pre(width <= sink.widthMax && codes.length > 0);
      expect(decode(sink, made, codes.length + more, 2 ** width).isDecoded).toBe(false);
      const last = [6, ...Array.from({ length: (width + 7) >> 3 }, () => 0)];
      expect(decode(sink, { ...made, encoded: [...encoded, ...last] }, codes.length + 3, 2 ** width).isDecoded).toBe(true);
      expect(decode(sink, { ...made, encoded: [...encoded, ...last.slice(0, -1)] }, codes.length + 3, 2 ** width).isDecoded).toBe(false);
      const greatest = codes.reduce((max, code) => Math.max(max, code), 0);
      expect(decode(sink, made, codes.length, greatest).isDecoded).toBe(false);
      expect(decode(sink, made, codes.length, greatest + 1).isDecoded).toBe(true);
    }),
    { numRuns: 200 },
  );
});
