import { assert } from "@vonk/common/internal";
import { Expression, expressionOf, form, type Operand } from "./expression.ts";
import { alignmentOf, binary, checkedOffset, family, type Family, instructionOf, load, type Load, unary, type Unary } from "./operation.ts";
import type { ValueType } from "./value-type.ts";

/** A vector of 128 bits. How its lanes are read is up to each instruction. */
export type Vector = Expression<"v128">;

/** A vector to a vector. */
export type VectorUnary = (operand: Vector) => Vector;

/** Two vectors to a vector. */
export type VectorBinary = (left: Vector, right: Vector) => Vector;

/** Shifts each lane by the same count, modulo the lane's width. */
export type VectorShift = (operand: Vector, count: Operand<"i32">) => Vector;

/** Reads a part of a vector, or the whole, into a number. */
export type Reduction = (operand: Vector) => Expression<"i32">;

/** A vector with one lane read from memory, the others from `vector`. */
type LaneLoad = (address: Operand<"address">, vector: Vector, lane: number, offset?: number, alignment?: number) => Vector;

const loads =
  "load load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u load8_splat load16_splat load32_splat load64_splat load32_zero load64_zero";
const laneLoads = "load8_lane load16_lane load32_lane load64_lane";
const bitwise = "and andnot or xor";

/** Instructions on the whole 128 bits. */
export const v128: Family<typeof loads, Load<"v128">> &
  Family<typeof laneLoads, LaneLoad> &
  Family<typeof bitwise, VectorBinary> & {
    /** Of 16 bytes, the first is the lowest. */
    readonly const: (bytes: Uint8Array) => Vector;
    readonly not: VectorUnary;
    /** Bits of `ones` where the mask has 1, else of `zeros`. */
    readonly bitselect: (ones: Vector, zeros: Vector, mask: Vector) => Vector;
    /** 1 when any bit is set. */
    readonly any_true: Reduction;
  } = {
  ...family("v128", loads, load("v128")),
  ...family("v128", laneLoads, laneLoad),
  ...family("v128", bitwise, vectorBinary),
  const: vectorConstant,
  not: vectorUnary("v128.not"),
  bitselect: (ones, zeros, mask) => new Expression("v128", instructionOf("v128.bitselect").opcode, ones, zeros, mask),
  any_true: reduction("v128.any_true"),
};

/**
 * A constant out of its 16 bytes.
 * @throws INTERNAL_ASSERTION
 */
export function vectorConstant(bytes: Uint8Array): Vector {
  assert(bytes.length === 16, "a vector has 16 bytes");
  return new Expression("v128", form.bytes | instructionOf("v128.const").opcode, undefined, undefined, undefined, 0, 0, bytes);
}

/** Makes an instruction by its name. */
export function vectorUnary(name: string): VectorUnary {
  return unary("v128", "v128")(name);
}

/** Makes an instruction by its name. */
export function vectorBinary(name: string): VectorBinary {
  return binary("v128", "v128", "v128")(name);
}

/** Makes an instruction by its name. */
export function vectorShift(name: string): VectorShift {
  return binary("v128", "i32", "v128")(name);
}

/** Makes an instruction by its name. */
export function reduction(name: string): Reduction {
  return unary("v128", "i32")(name);
}

/** Makes an instruction that fills every lane with one value, by its name. */
export function splat<T extends ValueType>(type: T): (name: string) => Unary<T, "v128"> {
  return unary(type, "v128");
}

/** Makes an instruction that reads one of `lanes` lanes, by its name. */
export function extractLane<T extends ValueType>(
  type: T,
  lanes: number,
): (name: string) => (operand: Vector, lane: number) => Expression<T> {
  return (name) => {
    const op = form.lane | instructionOf(name).opcode;
    return (operand, lane) => new Expression(type, op, operand, undefined, undefined, checkedLane(lane, lanes));
  };
}

/** Makes an instruction that replaces one of `lanes` lanes, by its name. */
export function replaceLane<T extends ValueType>(
  type: T,
  lanes: number,
): (name: string) => (operand: Vector, value: Operand<T>, lane: number) => Vector {
  return (name) => {
    const op = form.lane | instructionOf(name).opcode;
    return (operand, value, lane) => new Expression("v128", op, operand, expressionOf(type, value), undefined, checkedLane(lane, lanes));
  };
}

/**
 * The number of a lane, when there are so many.
 * @throws INTERNAL_ASSERTION
 */
export function checkedLane(lane: number, lanes: number): number {
  assert(Number.isInteger(lane) && lane >= 0 && lane < lanes, "a vector has that lane");
  return lane;
}

function laneLoad(name: string): LaneLoad {
  const { opcode, alignment } = instructionOf(name);
  return (address, vector, lane, offset = 0, align = 1 << alignment) => {
    const memory = alignmentOf(align, alignment) | (checkedLane(lane, 16 >> alignment) << 8);
    return new Expression(
      "v128",
      form.memoryLane | opcode,
      expressionOf("address", address),
      vector,
      undefined,
      checkedOffset(offset),
      memory,
    );
  };
}
