import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeKernels } from "./decode-kernels.ts";
import { writeSnappyTable } from "./snappy.ts";

type Element =
  | { readonly kind: "literal"; readonly count: number; readonly first: number }
  /** `reach` is taken modulo what is known. */
  | { readonly kind: "copy"; readonly count: number; readonly reach: number; readonly bytes: 1 | 2 | 4 };

const memory = new WebAssembly.Memory({ initial: 8, maximum: 8, shared: true });
const bytes = new Uint8Array(memory.buffer);
const { snappy } = decodeKernels(memory);
const [table, from, to] = [1024, 65_536, 4 * 65_536];
writeSnappyTable(bytes, table);

const reach = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 300 }), fc.nat(60_000));
const literal = fc.record({
  kind: fc.constant("literal" as const),
  count: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 1, max: 6 }) }, fc.integer({ min: 1, max: 70 }), fc.constant(300)),
  first: fc.nat(255),
});
const near = fc.record({
  kind: fc.constant("copy" as const),
  count: fc.integer({ min: 4, max: 11 }),
  reach,
  bytes: fc.constant(1 as const),
});
const far = fc.record({
  kind: fc.constant("copy" as const),
  count: fc.oneof(fc.integer({ min: 1, max: 18 }), fc.integer({ min: 1, max: 64 })),
  reach,
  bytes: fc.constantFrom(2 as const, 2 as const, 2 as const, 4 as const),
});
const elements = fc.array(fc.oneof(literal, near, far), { minLength: 1, maxLength: 120 });

interface Block {
  readonly compressed: readonly number[];
  readonly text: readonly number[];
}

function literalTag(count: number): number[] {
  if (count <= 60) return [(count - 1) << 2];
  return count <= 256 ? [60 << 2, count - 1] : [61 << 2, (count - 1) & 255, (count - 1) >> 8];
}

function copyTag(count: number, distance: number, size: 1 | 2 | 4): number[] {
  if (size === 1) return [((distance >> 8) << 5) | ((count - 4) << 2) | 1, distance & 255];
  const rest = size === 4 ? [0, 0] : [];
  return [((count - 1) << 2) | (size === 4 ? 3 : 2), distance & 255, distance >> 8, ...rest];
}

function blockOf(list: readonly Element[]): Block {
  const body: number[] = [];
  const text: number[] = [];
  for (const element of list) {
    if (element.kind === "copy" && text.length > 0) {
      const distance = 1 + (element.reach % Math.min(text.length, element.bytes === 1 ? 2047 : 65_535));
      body.push(...copyTag(element.count, distance, element.bytes));
      for (let index = 0; index < element.count; index++) text.push(text[text.length - distance] ?? 0);
      continue;
    }
    const { count } = element;
    const first = element.kind === "literal" ? element.first : 0;
    const values = Array.from({ length: count }, (_, index) => (first + index * 7) & 255);
    body.push(...literalTag(count), ...values);
    text.push(...values);
  }
  const size = text.length;
  return { compressed: [(size & 127) | 128, ((size >> 7) & 127) | 128, size >> 14, ...body], text };
}

function inflate(compressed: readonly number[], size: number): { readonly isBlock: boolean; readonly text: readonly number[] } {
  bytes.fill(0x5a, from, from + compressed.length + 128);
  bytes.set(compressed, from);
  bytes.fill(0xa5, to - 64, to + size + 128);
  const isBlock = snappy(from, from + compressed.length, to, to + size, table) !== 0;
  expect(bytes.subarray(to - 64, to).every((byte) => byte === 0xa5)).toBe(true);
  expect(bytes.subarray(to + size + 64, to + size + 128).every((byte) => byte === 0xa5)).toBe(true);
  return { isBlock, text: Array.from(bytes.subarray(to, to + size)) };
}

test("blocks of all elements, as they are written one byte after the other", () => {
  fc.assert(
    fc.property(elements, (list) => {
      const { compressed, text } = blockOf(list);
      expect(inflate(compressed, text.length)).toEqual({ isBlock: true, text });
    }),
    { numRuns: 500 },
  );
});

test("integers that lie together", () => {
  const integers = fc.array(fc.record({ low: literal, copy: near }), { minLength: 20, maxLength: 100 });
  fc.assert(
    fc.property(integers, (list) => {
      const { compressed, text } = blockOf(list.flatMap(({ low, copy }) => [{ ...low, count: 1 + (low.count % 4) }, copy]));
      expect(inflate(compressed, text.length)).toEqual({ isBlock: true, text });
    }),
  );
});

test("a distance beyond what is known, wherever it is", () => {
  const long: Element[] = Array.from({ length: 40 }, () => ({ kind: "literal", count: 3, first: 0 }));
  fc.assert(
    fc.property(elements, fc.nat(40), fc.integer({ min: 1, max: 4 }), (list, position, beyond) => {
      const before = blockOf([...long.slice(0, position), { kind: "literal", count: 2, first: 1 }]);
      const after = blockOf([{ kind: "literal", count: 60, first: 1 }, ...list, ...long]);
      const bad = copyTag(8, before.text.length + beyond, 2);
      const compressed = [...before.compressed, ...bad, ...after.compressed.slice(3)];
      expect(inflate(compressed, before.text.length + 8 + after.text.length).isBlock).toBe(false);
    }),
  );
});

test("blocks that end early, or give another number of bytes", () => {
  fc.assert(
    fc.property(elements, fc.nat(), fc.integer({ min: 1, max: 30 }), (list, cut, more) => {
      const { compressed, text } = blockOf(list);
      expect(inflate(compressed.slice(0, 3 + (cut % (compressed.length - 3))), text.length).isBlock).toBe(false);
      expect(inflate(compressed, text.length + more).isBlock).toBe(false);
      expect(inflate(compressed, Math.max(0, text.length - more)).isBlock).toBe(false);
    }),
  );
});
