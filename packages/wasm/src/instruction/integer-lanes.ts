import { assert } from "@vonk/common/internal";
import { Expression, form, type Operand } from "./expression.ts";
import { family, type Family, instructionOf, type Unary } from "./operation.ts";
import {
  checkedLane,
  extractLane,
  reduction,
  type Reduction,
  replaceLane,
  splat,
  type Vector,
  vectorBinary,
  type VectorBinary,
  vectorConstant,
  vectorShift,
  type VectorShift,
  vectorUnary,
  type VectorUnary,
} from "./vector.ts";

const unaries = "abs neg";
const shifts = "shl shr_s shr_u";
const reductions = "all_true bitmask";
const binaries = "add sub eq ne lt_s gt_s le_s ge_s";
const unsigned = "lt_u gt_u le_u ge_u min_s min_u max_s max_u";
const saturating = "add_sat_s add_sat_u sub_sat_s sub_sat_u avgr_u";

const narrowTo8 = "narrow_i16x8_s narrow_i16x8_u";
const narrowTo16 = "narrow_i32x4_s narrow_i32x4_u";
const extendTo16 =
  "extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u";
const extendTo32 =
  "extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u trunc_sat_f32x4_s trunc_sat_f32x4_u trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero";
const extendTo64 = "extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u";
const productsTo16 = "extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u";
const productsTo32 = "extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u";
const productsTo64 = "extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u";

/** What vectors of integers have in common. Comparisons set all bits of a lane or none; `bitmask` takes the highest bit of each. */
export type IntegerLanes<T extends "i32" | "i64", L> = Family<typeof unaries, VectorUnary> &
  Family<typeof shifts, VectorShift> &
  Family<typeof reductions, Reduction> &
  Family<typeof binaries, VectorBinary> & {
    /** A constant, the lowest lane first. Lanes may be given signed or unsigned. */
    readonly const: (lanes: readonly L[]) => Vector;
    readonly splat: Unary<T, "v128">;
    readonly replace_lane: (operand: Vector, value: Operand<T>, lane: number) => Vector;
  };

/** Lanes that fit a number: they are compared unsigned too. */
type NarrowLanes = IntegerLanes<"i32", number> & Family<typeof unsigned, VectorBinary>;

/** Reads a lane as a number, widened when it is narrower than that. */
type Extract<T extends "i32" | "i64"> = (operand: Vector, lane: number) => Expression<T>;

function integerLanes<T extends "i32" | "i64", L>(
  shape: string,
  type: T,
  lanes: number,
  put: (view: DataView, at: number, lane: L) => void,
): IntegerLanes<T, L> {
  return {
    ...family(shape, unaries, vectorUnary),
    ...family(shape, shifts, vectorShift),
    ...family(shape, reductions, reduction),
    ...family(shape, binaries, vectorBinary),
    const: (given) => {
      assert(given.length === lanes, "a vector constant has a value for each lane");
      const view = new DataView(new ArrayBuffer(16));
      given.forEach((lane, index) => put(view, (index * 16) / lanes, lane));
      return vectorConstant(new Uint8Array(view.buffer));
    },
    splat: splat(type)(`${shape}.splat`),
    replace_lane: replaceLane(type, lanes)(`${shape}.replace_lane`),
  };
}

/** Instructions on 16 lanes of 8 bits. */
export const i8x16: NarrowLanes &
  Family<typeof saturating | typeof narrowTo8, VectorBinary> & {
    readonly extract_lane_s: Extract<"i32">;
    readonly extract_lane_u: Extract<"i32">;
    readonly popcnt: VectorUnary;
    /** Byte i of the result is byte `positions[i]` of `operand`, or 0 when that is above 15. */
    readonly swizzle: (operand: Vector, positions: Vector) => Vector;
    /** Byte i of the result is byte `lanes[i]` of the 32 bytes of both vectors. */
    readonly shuffle: (low: Vector, high: Vector, lanes: readonly number[]) => Vector;
  } = {
  ...integerLanes("i8x16", "i32", 16, (view, at, lane: number) => view.setInt8(at, lane)),
  ...family("i8x16", unsigned, vectorBinary),
  ...family("i8x16", saturating, vectorBinary),
  ...family("i8x16", narrowTo8, vectorBinary),
  ...family("i8x16", "extract_lane_s extract_lane_u", extractLane("i32", 16)),
  ...family("i8x16", "popcnt", vectorUnary),
  ...family("i8x16", "swizzle", vectorBinary),
  shuffle: (low, high, lanes) => {
    assert(lanes.length === 16, "a shuffle names a byte for each of 16");
    const op = form.bytes | instructionOf("i8x16.shuffle").opcode;
    return new Expression(
      "v128",
      op,
      low,
      high,
      undefined,
      0,
      0,
      Uint8Array.from(lanes, (lane) => checkedLane(lane, 32)),
    );
  },
};

/** Instructions on 8 lanes of 16 bits. */
export const i16x8: NarrowLanes &
  Family<typeof extendTo16, VectorUnary> &
  Family<typeof saturating | typeof narrowTo16 | typeof productsTo16, VectorBinary> & {
    readonly extract_lane_s: Extract<"i32">;
    readonly extract_lane_u: Extract<"i32">;
    readonly mul: VectorBinary;
    /** (a * b + 0x4000) >> 15, saturated. */
    readonly q15mulr_sat_s: VectorBinary;
  } = {
  ...integerLanes("i16x8", "i32", 8, (view, at, lane: number) => view.setInt16(at, lane, true)),
  ...family("i16x8", unsigned, vectorBinary),
  ...family("i16x8", saturating, vectorBinary),
  ...family("i16x8", narrowTo16, vectorBinary),
  ...family("i16x8", extendTo16, vectorUnary),
  ...family("i16x8", productsTo16, vectorBinary),
  ...family("i16x8", "extract_lane_s extract_lane_u", extractLane("i32", 8)),
  ...family("i16x8", "mul q15mulr_sat_s", vectorBinary),
};

/** Instructions on 4 lanes of 32 bits. */
export const i32x4: NarrowLanes &
  Family<typeof extendTo32, VectorUnary> &
  Family<typeof productsTo32, VectorBinary> & {
    readonly extract_lane: Extract<"i32">;
    readonly mul: VectorBinary;
    /** Products of 16-bit lanes, neighbours added. */
    readonly dot_i16x8_s: VectorBinary;
  } = {
  ...integerLanes("i32x4", "i32", 4, (view, at, lane: number) => view.setInt32(at, lane, true)),
  ...family("i32x4", unsigned, vectorBinary),
  ...family("i32x4", extendTo32, vectorUnary),
  ...family("i32x4", productsTo32, vectorBinary),
  ...family("i32x4", "extract_lane", extractLane("i32", 4)),
  ...family("i32x4", "mul dot_i16x8_s", vectorBinary),
};

/** Instructions on 2 lanes of 64 bits. There are no unsigned comparisons. */
export const i64x2: IntegerLanes<"i64", bigint> &
  Family<typeof extendTo64, VectorUnary> &
  Family<typeof productsTo64, VectorBinary> & {
    readonly extract_lane: Extract<"i64">;
    readonly mul: VectorBinary;
  } = {
  ...integerLanes("i64x2", "i64", 2, (view, at, lane: bigint) => view.setBigInt64(at, lane, true)),
  ...family("i64x2", extendTo64, vectorUnary),
  ...family("i64x2", productsTo64, vectorBinary),
  ...family("i64x2", "extract_lane", extractLane("i64", 2)),
  ...family("i64x2", "mul", vectorBinary),
};
