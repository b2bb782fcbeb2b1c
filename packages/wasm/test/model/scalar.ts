/** Signals that the instruction traps. */
export class Trap extends Error {}

type Integer = (a: bigint, b: bigint, bits: number) => bigint;

const unsigned = (a: bigint, bits: number): bigint => BigInt.asUintN(bits, a);
const truth = (value: boolean): bigint => (value ? 1n : 0n);

function divisor(b: bigint): bigint {
  if (b === 0n) throw new Trap("division by zero");
  return b;
}

function clz(a: bigint, bits: number): bigint {
  const text = unsigned(a, bits).toString(2);
  return BigInt(a === 0n ? bits : bits - text.length);
}

function ctz(a: bigint, bits: number): bigint {
  const text = unsigned(a, bits).toString(2);
  return BigInt(a === 0n ? bits : text.length - 1 - text.lastIndexOf("1"));
}

function saturate(value: bigint, low: bigint, high: bigint): bigint {
  return value < low ? low : value > high ? high : value;
}

const most = (bits: number): bigint => 2n ** BigInt(bits - 1) - 1n;

/** Instructions on integers of any width; operands are signed, results are cut to the width by who calls. */
export const integerModel: Readonly<Record<string, Integer>> = {
  clz: (a, _, bits) => clz(a, bits),
  ctz: (a, _, bits) => ctz(a, bits),
  popcnt: (a, _, bits) => BigInt(unsigned(a, bits).toString(2).replaceAll("0", "").length),
  extend8_s: (a) => BigInt.asIntN(8, a),
  extend16_s: (a) => BigInt.asIntN(16, a),
  extend32_s: (a) => BigInt.asIntN(32, a),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  neg: (a) => -a,
  abs: (a) => (a < 0n ? -a : a),
  div_s: (a, b, bits) => {
    if (divisor(b) === -1n && a === -most(bits) - 1n) throw new Trap("overflow");
    return a / b;
  },
  div_u: (a, b, bits) => unsigned(a, bits) / divisor(unsigned(b, bits)),
  rem_s: (a, b) => a % divisor(b),
  rem_u: (a, b, bits) => unsigned(a, bits) % divisor(unsigned(b, bits)),
  and: (a, b) => a & b,
  or: (a, b) => a | b,
  xor: (a, b) => a ^ b,
  shl: (a, b, bits) => a << (unsigned(b, 64) % BigInt(bits)),
  shr_s: (a, b, bits) => a >> (unsigned(b, 64) % BigInt(bits)),
  shr_u: (a, b, bits) => unsigned(a, bits) >> (unsigned(b, 64) % BigInt(bits)),
  rotl: (a, b, bits) => {
    const count = unsigned(b, 64) % BigInt(bits);
    return (unsigned(a, bits) << count) | (unsigned(a, bits) >> (BigInt(bits) - count));
  },
  rotr: (a, b, bits) => {
    const count = unsigned(b, 64) % BigInt(bits);
    return (unsigned(a, bits) >> count) | (unsigned(a, bits) << (BigInt(bits) - count));
  },
  eqz: (a) => truth(a === 0n),
  eq: (a, b) => truth(a === b),
  ne: (a, b) => truth(a !== b),
  lt_s: (a, b) => truth(a < b),
  gt_s: (a, b) => truth(a > b),
  le_s: (a, b) => truth(a <= b),
  ge_s: (a, b) => truth(a >= b),
  lt_u: (a, b, bits) => truth(unsigned(a, bits) < unsigned(b, bits)),
  gt_u: (a, b, bits) => truth(unsigned(a, bits) > unsigned(b, bits)),
  le_u: (a, b, bits) => truth(unsigned(a, bits) <= unsigned(b, bits)),
  ge_u: (a, b, bits) => truth(unsigned(a, bits) >= unsigned(b, bits)),
  min_s: (a, b) => (a < b ? a : b),
  max_s: (a, b) => (a > b ? a : b),
  min_u: (a, b, bits) => (unsigned(a, bits) < unsigned(b, bits) ? a : b),
  max_u: (a, b, bits) => (unsigned(a, bits) > unsigned(b, bits) ? a : b),
  add_sat_s: (a, b, bits) => saturate(a + b, -most(bits) - 1n, most(bits)),
  sub_sat_s: (a, b, bits) => saturate(a - b, -most(bits) - 1n, most(bits)),
  add_sat_u: (a, b, bits) => saturate(unsigned(a, bits) + unsigned(b, bits), 0n, 2n * most(bits) + 1n),
  sub_sat_u: (a, b, bits) => saturate(unsigned(a, bits) - unsigned(b, bits), 0n, 2n * most(bits) + 1n),
  avgr_u: (a, b, bits) => (unsigned(a, bits) + unsigned(b, bits) + 1n) / 2n,
  q15mulr_sat_s: (a, b, bits) => saturate((a * b + 0x4000n) >> 15n, -most(bits) - 1n, most(bits)),
};

/** Names of comparisons, whose results are a truth value. */
export const comparisons: ReadonlySet<string> = new Set("eqz eq ne lt_s gt_s le_s ge_s lt_u gt_u le_u ge_u lt gt le ge".split(" "));

function nearest(a: number): number {
  if (!Number.isFinite(a) || Math.abs(a) >= 2 ** 52) return a;
  const floor = Math.floor(a);
  const rest = a - floor;
  const rounded = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return rounded === 0 && (a < 0 || Object.is(a, -0)) ? -0 : rounded;
}

function copysign(a: number, b: number): number {
  const negative = b < 0 || Object.is(b, -0);
  return negative ? -Math.abs(a) : Math.abs(a);
}

type Float = (a: number, b: number) => number;

/** Instructions on floats; results are rounded to the width by who calls. */
export const floatModel: Readonly<Record<string, Float>> = {
  abs: (a) => Math.abs(a),
  neg: (a) => -a,
  ceil: (a) => Math.ceil(a),
  floor: (a) => Math.floor(a),
  trunc: (a) => Math.trunc(a),
  nearest,
  sqrt: (a) => Math.sqrt(a),
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => a / b,
  min: (a, b) => Math.min(a, b),
  max: (a, b) => Math.max(a, b),
  pmin: (a, b) => (b < a ? b : a),
  pmax: (a, b) => (a < b ? b : a),
  copysign,
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  gt: (a, b) => Number(a > b),
  le: (a, b) => Number(a <= b),
  ge: (a, b) => Number(a >= b),
};

/** A float as an integer of some bits, rounded towards zero; out of range it saturates or traps. */
export function truncate(value: number, bits: number, signed: boolean, saturates: boolean): bigint {
  const low = signed ? -most(bits) - 1n : 0n;
  const high = signed ? most(bits) : 2n * most(bits) + 1n;
  if (Number.isNaN(value) || !Number.isFinite(value)) {
    if (!saturates) throw new Trap("not an integer");
    return Number.isNaN(value) ? 0n : value < 0 ? low : high;
  }
  const whole = BigInt(Math.trunc(value));
  if (!saturates && (whole < low || whole > high)) throw new Trap("out of range");
  return saturate(whole, low, high);
}

/** A 64-bit integer as f32, rounded once. */
export function toFloat32(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const length = magnitude.toString(2).length;
  if (length <= 53) return Math.fround(Number(value));
  // 24 bits count; what lies below the 26th becomes one sticky bit, so that rounding to double first loses nothing.
  const shift = BigInt(length - 26);
  const kept = (magnitude >> shift) | ((magnitude & ((1n << shift) - 1n)) === 0n ? 0n : 1n);
  const rounded = Math.fround(Number(kept)) * 2 ** Number(shift);
  return value < 0n ? -rounded : rounded;
}
