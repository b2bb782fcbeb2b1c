const p1 = 0x9e3779b185ebca87n;
const p2 = 0xc2b2ae3d27d4eb4fn;
const p3 = 0x165667b19e3779f9n;
const p4 = 0x85ebca77c2b2ae63n;
const p5 = 0x27d4eb2f165667c5n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

function rotate(value: bigint, by: bigint): bigint {
  const unsigned = wrap(value);
  return wrap((unsigned << by) | (unsigned >> (64n - by)));
}

function avalanche(value: bigint): bigint {
  let hash = wrap(value);
  hash = wrap((hash ^ (hash >> 33n)) * p2);
  hash = wrap((hash ^ (hash >> 29n)) * p3);
  return BigInt.asIntN(64, hash ^ (hash >> 32n));
}

function round(accumulator: bigint, word: bigint): bigint {
  return wrap(rotate(accumulator + word * p2, 31n) * p1);
}

function mixWord(hash: bigint, word: bigint): bigint {
  return wrap(rotate(hash ^ round(0n, word), 27n) * p1 + p4);
}

function mixInt(hash: bigint, value: bigint): bigint {
  return wrap(rotate(hash ^ wrap(value * p1), 23n) * p2 + p3);
}

/** The 64-bit xxHash of a 32-bit integer, signed. */
export function xxhashInt(value: number, seed: bigint): bigint {
  return avalanche(mixInt(wrap(seed + p5 + 4n), BigInt(value >>> 0)));
}

/** Of a 64-bit integer. */
export function xxhashLong(value: bigint, seed: bigint): bigint {
  return avalanche(mixWord(wrap(seed + p5 + 8n), wrap(value)));
}

/** Of bytes. */
export function xxhashBytes(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  let hash: bigint;
  if (bytes.length >= 32) {
    let [a, b, c, d] = [wrap(seed + p1 + p2), wrap(seed + p2), wrap(seed), wrap(seed - p1)];
    for (; at <= bytes.length - 32; at += 32) {
      a = round(a, view.getBigUint64(at, true));
      b = round(b, view.getBigUint64(at + 8, true));
      c = round(c, view.getBigUint64(at + 16, true));
      d = round(d, view.getBigUint64(at + 24, true));
    }
    hash = wrap(rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n));
    for (const lane of [a, b, c, d]) hash = wrap((hash ^ round(0n, lane)) * p1 + p4);
  } else {
    hash = wrap(seed + p5);
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) hash = mixWord(hash, view.getBigUint64(at, true));
  if (at + 4 <= bytes.length) {
    hash = mixInt(hash, BigInt(view.getUint32(at, true)));
    at += 4;
  }
  for (; at < bytes.length; at++) hash = wrap(rotate(hash ^ wrap(BigInt(view.getUint8(at)) * p5), 11n) * p1);
  return avalanche(hash);
}
