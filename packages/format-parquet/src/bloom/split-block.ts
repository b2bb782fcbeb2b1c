/**
 * Parquet's Bloom filters: blocks of 32 bytes, eight words each. A hash chooses a block by its upper half and by its lower half one bit in each word.
 * See "Parquet Bloom Filter" in the format's specification.
 */
const blockBytes = 32;

const salts = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31] as const;

/** Where the block of a hash begins in a filter of so many bytes. */
export function blockStart(hash: bigint, bytes: number): number {
  const blocks = BigInt(Math.floor(bytes / blockBytes));
  return Number(((BigInt.asUintN(64, hash) >> 32n) * blocks) >> 32n) * blockBytes;
}

/** Bytes of a block. */
export const bloomBlockBytes: number = blockBytes;

/** Whether a block may have been given the hash. */
export function blockMayHave(block: Uint8Array, hash: bigint): boolean {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  const key = Number(BigInt.asUintN(32, hash));
  return salts.every((salt, word) => (view.getUint32(word * 4, true) & bitOf(key, salt)) !== 0);
}

/** Puts a hash into a whole filter. */
export function insertHash(filter: DataView, hash: bigint): void {
  const start = blockStart(hash, filter.byteLength);
  const key = Number(BigInt.asUintN(32, hash));
  for (const [word, salt] of salts.entries()) {
    const at = start + word * 4;
    filter.setUint32(at, filter.getUint32(at, true) | bitOf(key, salt), true);
  }
}

function bitOf(key: number, salt: number): number {
  return 1 << (Math.imul(key, salt) >>> 27);
}

/** Bytes of a filter for so many different values: a power of two, at which about one value in `1 / rate` that is not there is found. */
export function filterBytes(distinct: number, rate: number, bytesMax: number): number {
  const bits = (-8 * Math.max(1, distinct)) / Math.log(1 - rate ** (1 / 8));
  const bytes = 2 ** Math.ceil(Math.log2(bits / 8));
  return Math.max(blockBytes, Math.min(bytes, 2 ** Math.floor(Math.log2(Math.max(blockBytes, bytesMax)))));
}
