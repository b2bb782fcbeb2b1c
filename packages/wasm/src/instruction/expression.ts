import { assert } from "@vonk/common/internal";
import { doubleBits, floatBits } from "../module/byte-writer.ts";
import type { Literal, ValueType } from "./value-type.ts";

/**
 * How an expression is written: the upper part of `Expression.op`. The lower 16 bits are the instruction's opcode.
 * What `x`, `y` and `rest` mean depends on it.
 */
export const form = {
  /** Operands, then the opcode. */
  plain: 0,
  /** x: index, -1 once given back; y: number of the function it belongs to */
  local: 0x010000,
  /** x: index */
  global: 0x020000,
  /** x: value */
  const32: 0x030000,
  /** x: low half, y: high half */
  const64: 0x040000,
  /** x: bits */
  constF32: 0x050000,
  /** x: low half of the bits, y: high half */
  constF64: 0x060000,
  /** x: offset, y: alignment */
  memory: 0x070000,
  /** x: offset, y: alignment with the lane above 8 bits */
  memoryLane: 0x080000,
  /** x: lane */
  lane: 0x090000,
  /** rest: the 16 bytes */
  bytes: 0x0a0000,
  /** a: value; x: index of the local, -1 once written; y: number of the function it belongs to */
  tee: 0x0b0000,
  /** x: index of the function, -1 once written; rest: the arguments */
  call: 0x0c0000,
  /** x: type, -1 once written; y: table; rest: the arguments and the index into the table */
  callIndirect: 0x0d0000,
  /** a: condition, b and c: the two values */
  when: 0x0e0000,
  /** A plain instruction on addresses; x: distance from the i32 opcode to the i64 one */
  address: 0x0f0000,
  /** x: value */
  addressConst: 0x100000,
  /** a: i32, to be widened without sign */
  addressWiden: 0x110000,
  /** a: i64, to be cut when addresses are i32 */
  addressCut: 0x120000,
  /** a: address, to be made an i64 */
  addressAsI64: 0x130000,
  /** a: where it lies; x: offset */
  addressLoad: 0x140000,
  /** Size and growth of the memory, operand optional. */
  memorySize: 0x150000,
  /** As memory, but it changes what it reads; y: -1 once written */
  atomicUpdate: 0x160000,
} as const;

/** An expression of some type. */
export type AnyExpression = Expression<ValueType>;

/**
 * A formula for a value of type `T`. It is data: nothing is written when it is made. A function writes it where a statement uses it, operands
 * from left to right, and as often as it is used: its locals and memory are read there and then. Keep a value with `FunctionWriter.let`.
 * Expressions that do something (calls, `tee`, atomic updates) may be used once.
 *
 * One class with the same fields for all forms, so that writing is a monomorphic walk.
 */
export class Expression<out T extends ValueType> {
  declare readonly type: T;
  declare readonly op: number;
  declare readonly a: AnyExpression | undefined;
  declare readonly b: AnyExpression | undefined;
  declare readonly c: AnyExpression | undefined;
  declare x: number;
  declare y: number;
  declare readonly rest: AnyExpression[] | Uint8Array | undefined;

  constructor(
    type: T,
    op: number,
    a?: AnyExpression,
    b?: AnyExpression,
    c?: AnyExpression,
    x = 0,
    y = 0,
    rest?: AnyExpression[] | Uint8Array,
  ) {
    this.type = type;
    this.op = op;
    this.a = a;
    this.b = b;
    this.c = c;
    this.x = x;
    this.y = y;
    this.rest = rest;
  }
}

/** A variable of a function: an expression that reads it, and a place for `set` and `tee`. Made by `FunctionWriter.local` and `let`. */
export class Local<out T extends ValueType> extends Expression<T> {
  /** What tells the compiler that it can be set. */
  get isPlace(): true {
    return true;
  }
}

/** A variable of a module: an expression that reads it and, when it is mutable, a place for `setGlobal`. */
export class Global<out T extends ValueType> extends Expression<T> {
  declare readonly mutable: boolean;

  constructor(type: T, index: number, mutable: boolean) {
    super(type, form.global, undefined, undefined, undefined, index);
    this.mutable = mutable;
  }
}

/** Where a value is wanted: an expression, or a literal that becomes a constant of the wanted type. */
export type Operand<T extends ValueType> = Expression<T> | Literal<T>;

/** The expression of an operand. */
export function expressionOf<T extends ValueType>(type: T, operand: Expression<T> | number | bigint): Expression<T> {
  return typeof operand === "object" ? operand : constant(type, operand);
}

/**
 * A constant. Integers may be given signed or unsigned.
 * @throws INTERNAL_ASSERTION when the value does not fit the type
 */
export function constant<T extends ValueType>(type: T, value: number | bigint): Expression<T> {
  if (type === "i64") return constant64(type, value);
  assert(typeof value === "number", "only an i64 is made of a bigint");
  switch (type) {
    case "i32":
      assert(value === (value | 0) || value === value >>> 0, "an i32 constant is an integer of 32 bits");
      return new Expression(type, form.const32, undefined, undefined, undefined, value | 0);
    case "address":
      assert(value === value >>> 0, "an address constant is an unsigned integer of 32 bits");
      return new Expression(type, form.addressConst, undefined, undefined, undefined, value | 0);
    case "f32":
      return new Expression(type, form.constF32, undefined, undefined, undefined, floatBits(value));
    default: {
      assert(type === "f64", "vectors are made by v128.const");
      const [low, high] = doubleBits(value);
      return new Expression(type, form.constF64, undefined, undefined, undefined, low, high);
    }
  }
}

function constant64<T extends ValueType>(type: T, value: number | bigint): Expression<T> {
  if (typeof value === "number") {
    if (value === (value | 0)) return new Expression(type, form.const64, undefined, undefined, undefined, value, value >> 31);
    assert(Number.isSafeInteger(value), "an i64 constant is a bigint or a safe integer");
    return constant64(type, BigInt(value));
  }
  assert(value >= -(2n ** 63n) && value < 2n ** 64n, "an i64 constant has 64 bits");
  const low = Number(BigInt.asIntN(32, value));
  return new Expression(type, form.const64, undefined, undefined, undefined, low, Number(BigInt.asIntN(32, value >> 32n)));
}

/** Whether an expression costs nothing and gives the same when written again: a constant or a local. */
export function isRepeatable(expression: AnyExpression): boolean {
  const { op } = expression;
  return op === form.local || (op >= form.const32 && op <= form.constF64) || op === form.addressConst;
}
