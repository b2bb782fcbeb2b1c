const c1 = 0xcc9e2d51;
const c2 = 0x1b873593;

function rotate(value: number, by: number): number {
  return (value << by) | (value >>> (32 - by));
}

function mixKey(key: number): number {
  return Math.imul(rotate(Math.imul(key, c1), 15), c2);
}

function mixHash(hash: number, key: number): number {
  return (Math.imul(rotate(hash ^ key, 13), 5) + 0xe6546b64) | 0;
}

function finish(hash: number, length: number): number {
  let h = hash ^ length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** The 32-bit Murmur3 hash of bytes, signed. */
export function murmur3(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const aligned = bytes.length & ~3;
  let hash = seed;
  for (let at = 0; at < aligned; at += 4) hash = mixHash(hash, mixKey(view.getInt32(at, true)));
  let tail = 0;
  for (let at = bytes.length - 1; at >= aligned; at--) tail = (tail << 8) | view.getUint8(at);
  if (aligned < bytes.length) hash ^= mixKey(tail);
  return finish(hash, bytes.length);
}

/** As Spark hashes bytes: those beyond the last whole word are mixed in as words of their own, signed. */
export function hashBytes(bytes: Uint8Array, seed: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const aligned = bytes.length & ~3;
  let hash = seed;
  for (let at = 0; at < aligned; at += 4) hash = mixHash(hash, mixKey(view.getInt32(at, true)));
  for (let at = aligned; at < bytes.length; at++) hash = mixHash(hash, mixKey(view.getInt8(at)));
  return finish(hash, bytes.length);
}

/** Of a 32-bit integer. */
export function hashInt(value: number, seed: number): number {
  return finish(mixHash(seed, mixKey(value | 0)), 4);
}

/** Of a 64-bit integer. */
export function hashLong(value: bigint, seed: number): number {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  return finish(mixHash(mixHash(seed, mixKey(low)), mixKey(high)), 8);
}
