import { assert } from "@vonk/common/internal";
import type { Expression, Operand } from "./expression.ts";
import { family, type Family, type Unary } from "./operation.ts";
import {
  extractLane,
  replaceLane,
  splat,
  type Vector,
  vectorBinary,
  type VectorBinary,
  vectorConstant,
  vectorUnary,
  type VectorUnary,
} from "./vector.ts";

const unaries = "abs neg ceil floor trunc nearest sqrt";
const binaries = "add sub mul div min max pmin pmax eq ne lt gt le ge";
const toF32 = "convert_i32x4_s convert_i32x4_u demote_f64x2_zero";
const toF64 = "convert_low_i32x4_s convert_low_i32x4_u promote_low_f32x4";

/** What vectors of floats have in common. `pmin` is `b < a ? b : a`, `pmax` is `a < b ? b : a`. */
export type FloatLanes<T extends "f32" | "f64"> = Family<typeof unaries, VectorUnary> &
  Family<typeof binaries, VectorBinary> & {
    /** A constant, the lowest lane first. */
    readonly const: (lanes: readonly number[]) => Vector;
    readonly splat: Unary<T, "v128">;
    readonly extract_lane: (operand: Vector, lane: number) => Expression<T>;
    readonly replace_lane: (operand: Vector, value: Operand<T>, lane: number) => Vector;
  };

function floatLanes<T extends "f32" | "f64">(
  shape: string,
  type: T,
  lanes: number,
  put: (view: DataView, at: number, lane: number) => void,
): FloatLanes<T> {
  return {
    ...family(shape, unaries, vectorUnary),
    ...family(shape, binaries, vectorBinary),
    const: (given) => {
      assert(given.length === lanes, "a vector constant has a value for each lane");
      const view = new DataView(new ArrayBuffer(16));
      given.forEach((lane, index) => put(view, (index * 16) / lanes, lane));
      return vectorConstant(new Uint8Array(view.buffer));
    },
    splat: splat(type)(`${shape}.splat`),
    extract_lane: extractLane(type, lanes)(`${shape}.extract_lane`),
    replace_lane: replaceLane(type, lanes)(`${shape}.replace_lane`),
  };
}

/** Instructions on 4 lanes of single precision. */
export const f32x4: FloatLanes<"f32"> & Family<typeof toF32, VectorUnary> = {
  ...floatLanes("f32x4", "f32", 4, (view, at, lane) => view.setFloat32(at, lane, true)),
  ...family("f32x4", toF32, vectorUnary),
};

/** Instructions on 2 lanes of double precision. */
export const f64x2: FloatLanes<"f64"> & Family<typeof toF64, VectorUnary> = {
  ...floatLanes("f64x2", "f64", 2, (view, at, lane) => view.setFloat64(at, lane, true)),
  ...family("f64x2", toF64, vectorUnary),
};
