import { comparisons, floatModel, integerModel, truncate } from "./scalar.ts";
import type { InstructionCase } from "./scalar-case.ts";
import { bigintOf, bytesOf, floatLanes, integerLanes, type Lane, numberOf, type TestType, type Value, vectorOf } from "./value.ts";

interface Shape {
  readonly lane: Lane;
  readonly scalar: TestType;
  readonly count: number;
  readonly bits: number;
}

const shapes: Readonly<Record<string, Shape>> = {
  i8x16: { lane: "i8", scalar: "i32", count: 16, bits: 8 },
  i16x8: { lane: "i16", scalar: "i32", count: 8, bits: 16 },
  i32x4: { lane: "i32", scalar: "i32", count: 4, bits: 32 },
  i64x2: { lane: "i64", scalar: "i64", count: 2, bits: 64 },
  f32x4: { lane: "f32", scalar: "f32", count: 4, bits: 32 },
  f64x2: { lane: "f64", scalar: "f64", count: 2, bits: 64 },
};

type Compute = InstructionCase["compute"];

const vector = (operands: number, compute: Compute, ...immediates: readonly unknown[]): InstructionCase => ({
  operands: Array.from({ length: operands }, () => "v128"),
  result: "v128",
  compute,
  immediates,
});

/** How lanes of a result are compared: NaNs of any bits are one. */
export function resultLane(name: string): Lane | undefined {
  const shape = shapes[name.split(".")[0] ?? ""];
  return shape?.scalar === "f32" || shape?.scalar === "f64" ? shape.lane : undefined;
}

/** The cases of an instruction on vectors in registers, one for each choice of lanes. */
export function vectorCases(name: string, operands: number): InstructionCase[] {
  const [owner = "", operation = ""] = name.split(".");
  if (owner === "v128") return whole(operation);
  const shape = shapes[owner];
  if (shape === undefined) return [];
  const found =
    lanewise(shape, operation, operands) ?? named(owner, operation) ?? narrowing(shape, operation) ?? widening(shape, operation);
  return found === undefined ? laneAccess(shape, operation) : [found];
}

function whole(operation: string): InstructionCase[] {
  const bits = (compute: (a: bigint, b: bigint, c: bigint) => bigint, count: number): InstructionCase[] => [
    vector(count, (a, b = a ?? 0, c = a ?? 0) => {
      const [x, y, z] = [integerLanes(a, "i64"), integerLanes(b, "i64"), integerLanes(c, "i64")];
      return vectorOf(
        "i64",
        x.map((each, at) => compute(each, y[at] ?? 0n, z[at] ?? 0n)),
      );
    }),
  ];
  switch (operation) {
    case "not":
      return bits((a) => ~a, 1);
    case "and":
      return bits((a, b) => a & b, 2);
    case "andnot":
      return bits((a, b) => a & ~b, 2);
    case "or":
      return bits((a, b) => a | b, 2);
    case "xor":
      return bits((a, b) => a ^ b, 2);
    case "bitselect":
      return bits((a, b, c) => (a & c) | (b & ~c), 3);
    case "any_true":
      return [{ operands: ["v128"], result: "i32", compute: (a) => Number(bytesOf(a).some((byte) => byte !== 0)) }];
    case "const": {
      const bytes = Uint8Array.from({ length: 16 }, (_, at) => at * 17);
      return [vector(0, () => bytes, bytes)];
    }
    default:
      return [];
  }
}

/** Scalar instructions on each lane; a comparison sets all bits of a lane or none. */
function lanewise({ lane, bits }: Shape, operation: string, operands: number): InstructionCase | undefined {
  if (lane === "f32" || lane === "f64") {
    const model = floatModel[operation];
    if (model === undefined) return undefined;
    const masks: Lane = lane === "f32" ? "i32" : "i64";
    const compares = comparisons.has(operation);
    return vector(operands, (a, b = a ?? 0) => {
      const right = floatLanes(b, lane);
      const lanes = floatLanes(a, lane).map((each, at) => model(each, right[at] ?? 0));
      return compares
        ? vectorOf(
            masks,
            lanes.map(Math.sign).map((each) => -each),
          )
        : vectorOf(lane, lanes);
    });
  }
  const model = integerModel[operation];
  if (model === undefined) return undefined;
  if (operation.startsWith("sh"))
    return {
      operands: ["v128", "i32"],
      result: "v128",
      compute: (a, b) =>
        vectorOf(
          lane,
          integerLanes(a, lane).map((each) => model(each, BigInt(numberOf(b) >>> 0), bits)),
        ),
    };
  const sign = comparisons.has(operation) ? -1n : 1n;
  return vector(operands, (a, b = a ?? 0) => {
    const right = integerLanes(b, lane);
    return vectorOf(
      lane,
      integerLanes(a, lane).map((each, at) => sign * model(each, right[at] ?? 0n, bits)),
    );
  });
}

function laneAccess({ lane, scalar, count, bits }: Shape, operation: string): InstructionCase[] {
  const isFloat = lane === "f32" || lane === "f64";
  const read = (a: Value | undefined, index: number): Value => {
    if (isFloat) return floatLanes(a, lane)[index] ?? 0;
    const value = integerLanes(a, lane)[index] ?? 0n;
    if (scalar === "i64") return value;
    return Number(operation.endsWith("_u") ? BigInt.asUintN(bits, value) : value);
  };
  const scalarLane = (value: Value | undefined): bigint | number => (scalar === "i64" ? bigintOf(value) : numberOf(value));
  if (operation === "splat")
    return [
      {
        operands: [scalar],
        result: "v128",
        compute: (a) =>
          vectorOf(
            lane,
            Array.from({ length: count }, () => scalarLane(a)),
          ),
      },
    ];
  if (operation.startsWith("extract_lane"))
    return [0, 1, count - 1].map((index) => ({ operands: ["v128"], result: scalar, compute: (a) => read(a, index), immediates: [index] }));
  if (operation === "replace_lane")
    return [0, 1, count - 1].map((index) => ({
      operands: ["v128", scalar],
      result: "v128",
      immediates: [index],
      compute: (a, b) => {
        const lanes = isFloat ? floatLanes(a, lane) : integerLanes(a, lane);
        return vectorOf(
          lane,
          lanes.map((each, at) => (at === index ? scalarLane(b) : each)),
        );
      },
    }));
  return [];
}

function named(owner: string, operation: string): InstructionCase | undefined {
  const shape = shapes[owner];
  if (shape === undefined) return undefined;
  const { lane, bits } = shape;
  const reduce = (compute: (lanes: bigint[]) => number): InstructionCase => ({
    operands: ["v128"],
    result: "i32",
    compute: (a) => compute(integerLanes(a, lane)),
  });
  switch (operation) {
    case "all_true":
      return reduce((lanes) => Number(lanes.every((each) => each !== 0n)));
    case "bitmask":
      return reduce((lanes) => lanes.reduce((mask, each, at) => mask | (each < 0n ? 1 << at : 0), 0));
    case "swizzle":
      return vector(2, (a, b) => bytesOf(b).map((position) => bytesOf(a)[position] ?? 0));
    case "shuffle": {
      const lanes = [31, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 15];
      return vector(2, (a, b) => Uint8Array.from(lanes, (at) => [...bytesOf(a), ...bytesOf(b)][at] ?? 0), lanes);
    }
    case "dot_i16x8_s":
      return vector(2, (a, b) => {
        const right = integerLanes(b, "i16");
        return pairs(
          "i32",
          integerLanes(a, "i16").map((each, at) => each * (right[at] ?? 0n)),
        );
      });
    case "demote_f64x2_zero":
      return vector(1, (a) => vectorOf("f32", [...floatLanes(a, "f64"), 0, 0]));
    case "promote_low_f32x4":
      return vector(1, (a) => vectorOf("f64", floatLanes(a, "f32").slice(0, 2)));
    default: {
      const conversion = /^convert_(low_)?i32x4_([su])$/.exec(operation);
      if (conversion === null) return undefined;
      return vector(1, (a) => {
        const lanes = integerLanes(a, "i32").slice(0, 128 / bits);
        return vectorOf(
          lane,
          lanes.map((each) => Number(conversion[2] === "s" ? each : BigInt.asUintN(32, each))),
        );
      });
    }
  }
}

function pairs(lane: Lane, values: readonly bigint[]): Uint8Array {
  return vectorOf(
    lane,
    values.flatMap((each, at) => (at % 2 === 0 ? [each + (values[at + 1] ?? 0n)] : [])),
  );
}

/** Narrowing of two vectors, and of floats to integers. */
function narrowing({ lane, bits }: Shape, operation: string): InstructionCase | undefined {
  const narrow = /^narrow_(i\d+)x\d_([su])$/.exec(operation);
  if (narrow !== null) {
    const from: Lane = narrow[1] === "i16" ? "i16" : "i32";
    const low = narrow[2] === "s" ? -(2n ** BigInt(bits - 1)) : 0n;
    const high = narrow[2] === "s" ? 2n ** BigInt(bits - 1) - 1n : 2n ** BigInt(bits) - 1n;
    return vector(2, (a, b) =>
      vectorOf(
        lane,
        [...integerLanes(a, from), ...integerLanes(b, from)].map((each) => (each < low ? low : each > high ? high : each)),
      ),
    );
  }
  const cut = /^trunc_sat_(f32|f64)x\d_([su])/.exec(operation);
  if (cut === null) return undefined;
  const from: Lane = cut[1] === "f32" ? "f32" : "f64";
  return vector(1, (a) =>
    vectorOf(
      "i32",
      floatLanes(a, from).map((each) => truncate(each, 32, cut[2] === "s", true)),
    ),
  );
}

/** Widening of one half, products of halves, sums of neighbours. */
function widening({ lane, count }: Shape, operation: string): InstructionCase | undefined {
  const parts = /^(extend|extmul|extadd)_(low|high|pairwise)_(i\d+)x\d+_([su])$/.exec(operation);
  if (parts === null) return undefined;
  const [, what, where, source, sign] = parts;
  const from: Lane = source === "i8" ? "i8" : source === "i16" ? "i16" : "i32";
  const bits = Number(source?.slice(1));
  const lanes = (value: Value | undefined): bigint[] => {
    const all = integerLanes(value, from).map((each) => (sign === "u" ? BigInt.asUintN(bits, each) : each));
    return where === "pairwise" ? all : where === "low" ? all.slice(0, count) : all.slice(count);
  };
  if (what === "extend") return vector(1, (a) => vectorOf(lane, lanes(a)));
  if (what === "extadd") return vector(1, (a) => pairs(lane, lanes(a)));
  return vector(2, (a, b) => {
    const right = lanes(b);
    return vectorOf(
      lane,
      lanes(a).map((each, at) => each * (right[at] ?? 0n)),
    );
  });
}
