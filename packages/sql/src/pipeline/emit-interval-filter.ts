import { assert } from "@vonk/common/internal";
import { physicalBytes } from "@vonk/columnar/internal";
import { address, i16x8, i32, i32x4, i64x2, i8x16, v128, type Expression as Code, type Vector } from "@vonk/wasm";
import { writeFunction, type StageFunction, type WrittenFunction } from "./code-context.ts";
import { rowsOut } from "./emit-filter.ts";
import type { FrameShape } from "./frame.ts";

/** Positions that are tested at once. */
const lanes = 16;
/** Of two vectors of truth values in 64 bits each, the lower halves. */
const lowerHalves = [0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27];

/** Tests whether the lanes of a vector are outside of the bounds: processors compare by greater, so that inside takes two instructions more. */
type Outside = (values: Vector) => Vector;

/**
 * A function that keeps the positions of a frame whose columns are between bounds, 16 at once: `lowN` and `highN` of the Nth of `ordinals`. Positions are
 * rows; the columns are integers without nulls. Writes to `out0` and gives how many it kept. Reads up to 16 values beyond the last.
 */
export function emitIntervalFilter(ordinals: readonly number[], shape: FrameShape): WrittenFunction {
  return writeFunction((stage) => {
    const { f, count } = stage;
    const out = rowsOut(stage, 0);
    const tests = ordinals.map((ordinal, index) => laneTest(stage, shape, ordinal, index));
    const iota = f.let(i32x4.const([0, 1, 2, 3]));
    const position = f.let(i32.const(0));
    const kept = f.let(i32.const(0));
    f.while(i32.lt_s(position, count), () =>
      f.scope(() => {
        const outside = tests.map((test) => test(position)).reduce((a, b) => v128.or(a, b));
        const bits = f.let(i32.xor(i8x16.bitmask(outside), 0xffff));
        const left = f.let(i32.sub(count, position));
        f.if(i32.lt_s(left, lanes), () => f.set(bits, i32.and(bits, i32.sub(i32.shl(1, left), 1))));
        f.if(
          i32.eq(bits, 0xffff),
          () => {
            const to = f.let(address.at(out, kept, 4));
            for (let part = 0; part < 4; part++) {
              f.store(to, i32x4.add(i32x4.splat(i32.add(position, 4 * part)), iota), 16 * part, 1);
            }
            f.set(kept, i32.add(kept, lanes));
          },
          () =>
            f.while(bits, () => {
              f.store32(address.at(out, kept, 4), i32.add(position, i32.ctz(bits)));
              f.set(kept, i32.add(kept, 1));
              f.set(bits, i32.and(bits, i32.sub(bits, 1)));
            }),
        );
        f.set(position, i32.add(position, lanes));
      }),
    );
    return kept;
  });
}

/** What tells of 16 positions from one on whether a column is outside of its bounds, a byte each. */
function laneTest({ f, context }: StageFunction, shape: FrameShape, ordinal: number, index: number): (position: Code<"i32">) => Vector {
  const physical = shape.columns[ordinal]?.physical ?? "bytes";
  const bytes = physicalBytes[physical];
  const data = context.address(`data${ordinal}`, (from) => from.data(ordinal));
  const low = context.i64(`low${index}`, (from) => from.given(`low${index}`));
  const high = context.i64(`high${index}`, (from) => from.given(`high${index}`));
  const outside = outsideOf(f, physical, low, high);
  return (position) => {
    const at = f.let(address.at(data, position, bytes));
    const tested = Array.from({ length: bytes }, (_, part) => outside(f.let(v128.load(at, 16 * part, 1))));
    return narrowed(tested, physical);
  };
}

function outsideOf(f: StageFunction["f"], physical: string, low: Code<"i64">, high: Code<"i64">): Outside {
  switch (physical) {
    case "int8": {
      const [least, most] = [f.let(i8x16.splat(lower(low))), f.let(i8x16.splat(lower(high)))];
      return (values) => v128.or(i8x16.lt_s(values, least), i8x16.gt_s(values, most));
    }
    case "int16": {
      const [least, most] = [f.let(i16x8.splat(lower(low))), f.let(i16x8.splat(lower(high)))];
      return (values) => v128.or(i16x8.lt_s(values, least), i16x8.gt_s(values, most));
    }
    case "int32": {
      const [least, most] = [f.let(i32x4.splat(lower(low))), f.let(i32x4.splat(lower(high)))];
      return (values) => v128.or(i32x4.lt_s(values, least), i32x4.gt_s(values, most));
    }
    default: {
      const [least, most] = [f.let(i64x2.splat(low)), f.let(i64x2.splat(high))];
      return (values) => v128.or(i64x2.lt_s(values, least), i64x2.gt_s(values, most));
    }
  }
}

function lower(value: Code<"i64">): Code<"i32"> {
  return i32.wrap_i64(value);
}

/** Truth values of wider lanes as bytes. */
function narrowed(tested: readonly Vector[], physical: string): Vector {
  if (physical === "int64")
    return narrowed(
      pairs(tested, (a, b) => i8x16.shuffle(a, b, lowerHalves)),
      "int32",
    );
  if (physical === "int32") return narrowed(pairs(tested, i16x8.narrow_i32x4_s), "int16");
  if (physical === "int16") return narrowed(pairs(tested, i8x16.narrow_i16x8_s), "int8");
  const [only] = tested;
  assert(only !== undefined && tested.length === 1, "16 bytes are one vector");
  return only;
}

function pairs(vectors: readonly Vector[], join: (a: Vector, b: Vector) => Vector): Vector[] {
  const joined: Vector[] = [];
  for (let index = 0; index < vectors.length; index += 2) {
    const [a, b] = vectors.slice(index, index + 2);
    if (a !== undefined && b !== undefined) joined.push(join(a, b));
  }
  return joined;
}
