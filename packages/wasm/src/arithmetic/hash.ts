import type { Expression, Local, Operand } from "../instruction/expression.ts";
import { i32, i64 } from "../instruction/integer.ts";
import type { FunctionWriter } from "../module/function-writer.ts";

/** 2^64 divided by the golden ratio, made odd. */
const golden = 0x9e37_79b9_7f4a_7c15n;

/** Another odd number with as many ones as zeros and no pattern: the fractional part of the square root of 3. */
const root = 0xbb67_ae85_84ca_a73bn;

/**
 * Hash of an i64 by one multiplication. Its upper bits are the good ones: take slots and partitions with {@link hashSlot}.
 * Keys a constant apart fall on slots a constant apart: 1,024 multiples of 8 on 450 of 1,024 slots, where chance would give 647.
 */
export function hashI64(value: Operand<"i64">): Expression<"i64"> {
  return i64.mul(value, golden);
}

/** Hash of an i64 by two multiplications, for keys with patterns; the upper bits are the good ones again. */
export function mixI64(f: FunctionWriter, value: Expression<"i64">): Local<"i64"> {
  const hash = f.let(value);
  for (const factor of [golden, root]) f.set(hash, i64.mul(i64.xor(hash, i64.shr_u(hash, 32)), factor));
  return hash;
}

/** Hash of several values: what was hashed so far with one more. Their order counts. */
export function combineHash(hash: Operand<"i64">, value: Operand<"i64">): Expression<"i64"> {
  return i64.mul(i64.xor(i64.rotl(hash, 29), value), golden);
}

/** The upper `64 - shift` bits of a hash, 32 at most: a slot of a table whose size is a power of two, or a partition. */
export function hashSlot(hash: Operand<"i64">, shift: Operand<"i64">): Expression<"i32"> {
  return i32.wrap_i64(i64.shr_u(hash, shift));
}
