/** How far a hash is shifted to be a slot of so many, a power of two. */
export function tableShift(slots: number): bigint {
  return BigInt(64 - Math.log2(slots));
}
