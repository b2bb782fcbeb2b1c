/**
 * Nanoseconds a key to find or add slots.
 * Run: node --conditions=@vonk/source packages/columnar/bench/key.bench.ts
 */
import { KeyIndex, portableHash } from "../src/internal.ts";

function timed(name: string, count: number, run: () => unknown): void {
  const start = performance.now();
  run();
  const ms = performance.now() - start;
  console.log(`${name.padEnd(40)} ${((ms * 1e6) / count).toFixed(1).padStart(6)} ns a key, ${ms.toFixed(0)} ms`);
}

const COUNT = 10_000_000;
let state = 1;
const random = (): number => (state = Math.imul(state, 1664525) + 1013904223) >>> 0;

const few = Float64Array.from({ length: COUNT }, () => random() >>> 16);
const many = Float64Array.from({ length: COUNT }, random);
const doubles = Float64Array.from({ length: COUNT }, () => random() / 7);
const out = new Int32Array(COUNT);
const addAll = (keys: Float64Array | readonly unknown[]) => (): void => new KeyIndex().slots(keys, out);

addAll(few.subarray(0, 100_000))();
timed("slots, 65k distinct ints", COUNT, addAll(few));
timed("slots, 10M random ints", COUNT, addAll(many));
timed("slots, 10M random doubles", COUNT, addAll(doubles));
timed("slot, 65k distinct ints", COUNT, () => {
  const index = new KeyIndex();
  for (let at = 0; at < COUNT; at++) index.slot(few[at] ?? 0);
});
const words = Array.from({ length: 65_536 }, (_, at) => `word-${at}`);
const texts = Array.from({ length: 2_000_000 }, () => words[random() & 65535] ?? "");
timed("slots, 65k distinct strings", texts.length, addAll(texts));
timed("JS Map, the same", texts.length, () => {
  const map = new Map<string, number>();
  for (const text of texts) if (!map.has(text)) map.set(text, map.size);
});
const pairs = Array.from({ length: 1_000_000 }, () => [random() & 255, `s${random() & 255}`]);
timed("slots, 65k distinct [number, string]", pairs.length, addAll(pairs));
timed("portableHash of ints", COUNT, () => {
  let sum = 0;
  for (let at = 0; at < COUNT; at++) sum ^= portableHash(many[at]);
  return sum;
});
timed("portableHash of strings", texts.length, () => {
  let sum = 0;
  for (const text of texts) sum ^= portableHash(text);
  return sum;
});
