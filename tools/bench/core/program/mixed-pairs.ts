import type { RDD, SparkContext } from "@vonk/core";

/** The finaliser of Murmur3: a bijection on the 32-bit integers that looks random. */
export function mix(x: number): number {
  let h = x;
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** `count` pairs of a mixed key and its number, in two partitions. */
export function mixedPairs(sc: SparkContext, count: number): RDD<readonly [number, number]> {
  return sc.range(0, count, 1, 2).map((i) => [mix(i), i] as const);
}
