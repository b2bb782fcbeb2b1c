/**
 * Hash of keys by value, the same on every machine, thread and release.
 *
 * All arithmetic is on 32-bit integers. `mix` is the finalizer of MurmurHash3 (fmix32), C = 0x9e3779b1.
 *
 * - integer in int32 range: mix(value); -0 hashes as 0
 * - other number: mix(low ^ rotl(high * C, 13)) over the words of its IEEE double; every NaN hashes as one
 * - string: h = 0; for each UTF-16 code unit h = (rotl(h, 5) ^ unit) * C; then mix(h ^ length)
 * - undefined, null, false, true: mix of 1, 2, 3, 4 after adding 0x5bd1e995
 * - bigint: mix over the hash of its decimal text, or of its low and high word when it fits in 64 bits
 * - date: mix(hash(milliseconds) + 0x3c6ef372)
 * - tuple: h = length; for each element h = rotl(h, 13) * 5 + 0xe6546b64 ^ hash(element); then mix(h)
 * - plain object: mix of the sum over fields of mix(hash(name) ^ hash(value) * C), so that order does not matter
 *
 * @see Austin Appleby, MurmurHash3
 */
import { columnarErrors } from "../errors.ts";
import { checkKeyDepth } from "./key-depth.ts";
import { classNameOf, isPlainArray, isPlainDate, isPlainObject, type PlainObject } from "../value/plain-value.ts";

const doubleView = new Float64Array(1);
const wordView = new Int32Array(doubleView.buffer);
const bigintView = new BigInt64Array(doubleView.buffer);

/**
 * An int32 that is equal for keys that are equal by value; see the file head for the algorithm.
 * @throws KEY_NOT_COMPARABLE for class instances, functions and symbols
 * @throws KEY_TOO_DEEP
 */
export function portableHash(key: unknown): number {
  return hashAt(key, 0);
}

function hashAt(key: unknown, depth: number): number {
  if (typeof key === "number") return hashNumber(key);
  if (typeof key === "string") return hashString(key);
  return hashOther(key, depth);
}

/** {@link portableHash} of a number. */
export function hashNumber(value: number): number {
  const integer = value | 0;
  return integer === value ? mix(integer) : hashDouble(value);
}

/** {@link portableHash} of a string. */
export function hashString(text: string): number {
  let hash = 0;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(((hash << 5) | (hash >>> 27)) ^ text.charCodeAt(at), 0x9e3779b1);
  }
  return mix(hash ^ text.length);
}

/** MurmurHash3's finalizer: a bijection on int32 in which each bit of the input changes half of the output. */
export function mix(word: number): number {
  let hash = word;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

function hashDouble(value: number): number {
  // The bits of a NaN are not portable: one fixed pattern stands for all of them.
  if (Number.isNaN(value)) return mix(0x7ff80000);
  doubleView[0] = value;
  return mix((wordView[0] ?? 0) ^ rotate13(Math.imul(wordView[1] ?? 0, 0x9e3779b1)));
}

function hashOther(key: unknown, depth: number): number {
  if (key === undefined) return mix(0x5bd1e995 + 1);
  if (key === null) return mix(0x5bd1e995 + 2);
  if (typeof key === "boolean") return mix(0x5bd1e995 + (key ? 4 : 3));
  if (typeof key === "bigint") return hashBigint(key);
  if (isPlainArray(key)) return hashTuple(key, depth);
  if (isPlainObject(key)) return hashObject(key, depth);
  if (isPlainDate(key)) return mix((hashNumber(key.getTime()) + 0x3c6ef372) | 0);
  throw columnarErrors.create("KEY_NOT_COMPARABLE", { className: classNameOf(key) });
}

function hashBigint(value: bigint): number {
  if (BigInt.asIntN(64, value) !== value) return mix(hashString(value.toString()));
  bigintView[0] = value;
  return mix(hashNumber(wordView[0] ?? 0) ^ rotate13(Math.imul(wordView[1] ?? 0, 0x9e3779b1)));
}

function hashTuple(tuple: readonly unknown[], depth: number): number {
  checkKeyDepth(depth);
  let hash = tuple.length;
  for (let at = 0; at < tuple.length; at++) {
    hash = (Math.imul(rotate13(hash), 5) + 0xe6546b64) ^ hashAt(tuple[at], depth + 1);
  }
  return mix(hash);
}

function hashObject(object: PlainObject, depth: number): number {
  checkKeyDepth(depth);
  let sum = 0;
  for (const name of Object.keys(object)) {
    sum = (sum + mix(hashString(name) ^ Math.imul(hashAt(object[name], depth + 1), 0x9e3779b1))) | 0;
  }
  return mix(sum);
}

function rotate13(word: number): number {
  return (word << 13) | (word >>> 19);
}
