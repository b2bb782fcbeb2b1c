// `npm run bench:data`: the inputs of the benchmarks, made once from fixed seeds into .vonk/bench-data.
import { closeSync, existsSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";

/** Where the benchmark inputs lie. */
export const dataFolder: string = join(root, ".vonk", "bench-data");

const wordBytes = 200_000_000;
const vocabularySize = 100_000;
const wordsPerLine = 10;
const zipfExponent = 1.2;
const vertexBits = 17;
const edgeCount = 2_000_000;

/** A generator of numbers in [0, 1) that gives the same sequence on every machine (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Weights of Zipf's law over `size` ranks; the tail beyond them falls on the last rank. */
function zipfWeights(size: number): Float64Array {
  const weights = new Float64Array(size);
  let sum = 0;
  for (let rank = 1; rank < size; rank++) sum += weights[rank - 1] = rank ** -zipfExponent;
  // Euler-Maclaurin for the rest of the zeta sum.
  weights[size - 1] = size ** (1 - zipfExponent) / (zipfExponent - 1) + 0.5 * size ** -zipfExponent;
  sum += weights[size - 1] ?? 0;
  return weights.map((weight) => weight / sum);
}

/** Draws an index by its weight in constant time (Vose's alias method). */
function aliasSampler(weights: Float64Array, random: () => number): () => number {
  const size = weights.length;
  const probability = weights.map((weight) => weight * size);
  const alias = new Int32Array(size);
  const small: number[] = [];
  const large: number[] = [];
  probability.forEach((p, index) => (p < 1 ? small : large).push(index));
  for (let low = small.pop(), high = large.at(-1); low !== undefined && high !== undefined; low = small.pop(), high = large.at(-1)) {
    alias[low] = high;
    probability[high] = (probability[high] ?? 0) - (1 - (probability[low] ?? 0));
    if ((probability[high] ?? 0) < 1) small.push(large.pop() ?? high);
  }
  return () => {
    const at = random() * size;
    const index = Math.floor(at);
    return at - index < (probability[index] ?? 1) ? index : (alias[index] ?? index);
  };
}

/** Writes a file under another name first, so that a broken run leaves no half of it. */
function writeWhole(path: string, fill: (write: (text: string) => void) => void): void {
  const file = openSync(`${path}.part`, "w");
  try {
    fill((text) => void writeSync(file, text));
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.part`, path);
}

function writeWords(path: string): void {
  const random = seeded(7);
  const letter = (): string => String.fromCharCode(97 + Math.floor(random() * 26));
  const vocabulary = Array.from({ length: vocabularySize }, () => Array.from({ length: 2 + Math.floor(random() * 9) }, letter).join(""));
  const draw = aliasSampler(zipfWeights(vocabularySize), random);
  writeWhole(path, (write) => {
    for (let left = wordBytes; left > 0;) {
      let block = "";
      for (let line = 0; line < 20_000; line++) {
        for (let word = 1; word < wordsPerLine; word++) block += `${vocabulary[draw()]} `;
        block += `${vocabulary[draw()]}\n`;
      }
      write(block.slice(0, left));
      left -= block.length;
    }
  });
}

/** R-MAT with a = 0.57, b = 0.19, c = 0.19: a few vertices have most of the edges. */
function writeEdges(path: string): void {
  const random = seeded(11);
  writeWhole(path, (write) => {
    for (let done = 0; done < edgeCount;) {
      let block = "";
      for (let i = 0; i < 50_000; i++, done++) {
        let source = 0;
        let target = 0;
        for (let bit = 0; bit < vertexBits; bit++) {
          const r = random();
          source = source * 2 + (r >= 0.76 ? 1 : 0);
          target = target * 2 + ((r >= 0.57 && r < 0.76) || r >= 0.95 ? 1 : 0);
        }
        block += `${source}\t${target}\n`;
      }
      write(block);
    }
  });
}

/** Makes what is missing: words.txt (200 MB, Zipf over 100,000 words), edges.txt (2 M edges), small.txt (a page). */
export function ensureData(log: (line: string) => void): void {
  mkdirSync(dataFolder, { recursive: true });
  const make = (name: string, write: (path: string) => void): void => {
    const path = join(dataFolder, name);
    if (existsSync(path)) return;
    log(`making ${name}`);
    write(path);
  };
  make("words.txt", writeWords);
  make("edges.txt", writeEdges);
  make("small.txt", (path) => writeWhole(path, (write) => write("to be or not to be that is the question\n".repeat(100))));
}

if (import.meta.main) ensureData((line) => process.stdout.write(`${line}\n`));
