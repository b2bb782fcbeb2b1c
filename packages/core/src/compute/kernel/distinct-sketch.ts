import { portableHash } from "@vonk/columnar/internal";
import type { BatchIterator } from "../computation.ts";

/**
 * HyperLogLog registers of a partition's records: 2^precision small numbers as an array.
 * @see Flajolet, Fusy, Gandouet, Meunier, "HyperLogLog" (2007)
 */
export function distinctSketch(batches: BatchIterator, precision: number): number[] {
  const registers = new Uint8Array(2 ** precision);
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at++) addToSketch(registers, precision, batch[at]);
  }
  return [...registers];
}

/** Adds one value to the registers. */
export function addToSketch(registers: Uint8Array, precision: number, value: unknown): void {
  const first = finish(portableHash(value));
  const second = finish(first ^ 0x5bd1e995);
  const register = first >>> (32 - precision);
  const rank = Math.min(Math.clz32(second) + 1, 33);
  if (registers[register]! < rank) registers[register] = rank;
}

/** How many distinct values the registers have seen, about; the relative error is near 1.04 / sqrt(registers). */
export function sketchEstimate(registers: ArrayLike<number> & Iterable<number>): number {
  const count = registers.length;
  const alpha = count === 16 ? 0.673 : count === 32 ? 0.697 : count === 64 ? 0.709 : 0.7213 / (1 + 1.079 / count);
  let sum = 0;
  let zeros = 0;
  for (const rank of registers) {
    sum += 2 ** -rank;
    if (rank === 0) zeros++;
  }
  const raw = (alpha * count * count) / sum;
  return Math.round(raw <= 2.5 * count && zeros > 0 ? count * Math.log(count / zeros) : raw);
}

function finish(hash: number): number {
  let word = hash ^ (hash >>> 16);
  word = Math.imul(word, 0x85ebca6b);
  word ^= word >>> 13;
  word = Math.imul(word, 0xc2b2ae35);
  return (word ^ (word >>> 16)) >>> 0;
}
