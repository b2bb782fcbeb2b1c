/** A source of uniform numbers. */
export interface Random {
  /** A double in [0, 1). */
  next(): number;
  /** An integer in [0, bound); bound is between 1 and 2^32. */
  nextInt(bound: number): number;
}

/**
 * A small fast generator with 128 bits of state (sfc32); equal seeds give equal sequences on every machine.
 * @see Chris Doty-Humphrey, PractRand, "sfc"
 */
export function seededRandom(seed: number | bigint): Random {
  const wide = BigInt.asUintN(64, BigInt(typeof seed === "number" ? Math.trunc(seed) : seed));
  let a = Number(wide & 0xffffffffn) | 0;
  let b = Number(wide >> 32n) | 0;
  let c = 0x9e3779b9 | 0;
  let counter = 1;
  const nextUint32 = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 15; round++) nextUint32();
  return {
    next: () => (nextUint32() * 2 ** 21 + (nextUint32() >>> 11)) * 2 ** -53,
    nextInt: (bound) => Math.floor((nextUint32() * 2 ** 21 + (nextUint32() >>> 11)) * 2 ** -53 * bound),
  };
}

/** A fresh seed from the machine's entropy, for callers that were given none. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 48);
}
