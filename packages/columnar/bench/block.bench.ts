/**
 * Nanoseconds a record to encode and decode blocks of the usual shapes.
 * Run: node --conditions=@vonk/source packages/columnar/bench/block.bench.ts
 */
import { encodeBlock, openBlock } from "../src/internal.ts";

const COUNT = 8192;
const ROUNDS = 200;

const numbers = (i: number): number => (i * 7919) % 1000003;
const words = Array.from({ length: 5000 }, (_, i) => `w${(i * 2654435761) % 99991}`);
const word = (i: number): string => (words[(i * 31) % words.length] ?? "") + (i & 1 ? "" : "x");

const shapes: Record<string, (i: number) => unknown> = {
  "number (int)": (i) => numbers(i),
  "number (double)": (i) => i / 3,
  "[number, number]": (i) => [numbers(i), i],
  "[number, double]": (i) => [numbers(i), i / 3],
  "{x, y}": (i) => ({ x: numbers(i), y: i / 3 }),
  "short string": word,
  "string of 6 distinct": (i) => `colour-${i % 6}`,
  "[string, number]": (i) => [word(i), 1],
  "{id, name, ok, at?}": (i) => ({ id: i, name: word(i), ok: i % 3 === 0, at: i % 5 === 0 ? null : i }),
  "[string, number[]]": (i) => [word(i), Array.from({ length: i % 12 }, (_, j) => j)],
};

function nanosecondsEach(run: () => unknown): number {
  for (let round = 0; round < ROUNDS / 4; round++) run();
  const start = performance.now();
  for (let round = 0; round < ROUNDS; round++) run();
  return ((performance.now() - start) * 1e6) / (ROUNDS * COUNT);
}

for (const [name, make] of Object.entries(shapes)) {
  const records = Array.from({ length: COUNT }, (_, i) => make(i));
  const encode = nanosecondsEach(() => encodeBlock(records));
  const block = encodeBlock(records);
  const decode = nanosecondsEach(() => openBlock(block).decode());
  console.log(
    `${name.padEnd(24)} encode ${encode.toFixed(1).padStart(6)} ns  decode ${decode.toFixed(1).padStart(6)} ns  ${(block.length / COUNT).toFixed(1)} bytes a record`,
  );
}
