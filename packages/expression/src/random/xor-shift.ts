import { murmur3 } from "../hash/murmur3.ts";

const mask64 = (1n << 64n) - 1n;

/** Spark's XORShiftRandom: the same numbers for the same seed. */
export class XORShiftRandom {
  #seed: bigint;
  #spare: number | undefined;

  constructor(seed: bigint) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt.asIntN(64, seed));
    const low = murmur3(bytes, 0x3c074a61);
    const high = murmur3(bytes, low);
    this.#seed = (BigInt.asUintN(32, BigInt(high)) << 32n) | BigInt.asUintN(32, BigInt(low));
  }

  #next(bits: number): number {
    let seed = this.#seed;
    seed ^= (seed << 21n) & mask64;
    seed ^= seed >> 35n;
    seed ^= (seed << 4n) & mask64;
    this.#seed = seed;
    return Number(BigInt.asIntN(32, seed & ((1n << BigInt(bits)) - 1n)));
  }

  /** Uniform in [0, 1). */
  nextDouble(): number {
    return (this.#next(26) * 2 ** 27 + this.#next(27)) * 2 ** -53;
  }

  /** Normal with mean 0 and deviation 1, by the polar method. */
  nextGaussian(): number {
    if (this.#spare !== undefined) {
      const value = this.#spare;
      this.#spare = undefined;
      return value;
    }
    for (;;) {
      const a = 2 * this.nextDouble() - 1;
      const b = 2 * this.nextDouble() - 1;
      const s = a * a + b * b;
      if (s >= 1 || s === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(s)) / s);
      this.#spare = b * factor;
      return a * factor;
    }
  }

  /** Any 32-bit integer. */
  nextInt(): number {
    return this.#next(32);
  }
}
