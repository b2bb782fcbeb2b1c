import { comparisons, floatModel, integerModel, toFloat32, truncate } from "./scalar.ts";
import { bigintOf, numberOf, type TestType, type Value } from "./value.ts";

/** What an instruction takes, gives and means. */
export interface InstructionCase {
  readonly operands: readonly TestType[];
  readonly result: TestType;
  readonly compute: (...operands: readonly Value[]) => Value;
  /** Passed to the operation after its operands, as a lane is. */
  readonly immediates?: readonly unknown[];
}

const asBigint = (value: Value | undefined): bigint => BigInt(typeof value === "number" ? value : bigintOf(value));
const view = new DataView(new ArrayBuffer(8));

function integer(type: TestType, value: bigint): Value {
  return type === "i32" ? Number(BigInt.asIntN(32, value)) : BigInt.asIntN(64, value);
}

function float(type: TestType, value: number): number {
  return type === "f32" ? Math.fround(value) : value;
}

function isFloat(type: string): type is "f32" | "f64" {
  return type === "f32" || type === "f64";
}

function isInteger(type: string): type is "i32" | "i64" {
  return type === "i32" || type === "i64";
}

/** The case of an instruction that is not about vectors or memory. */
export function scalarCase(name: string, operands: number): InstructionCase | undefined {
  const [type = "", operation = ""] = name.split(".");
  if (isInteger(type)) {
    const model = integerModel[operation];
    if (model !== undefined) {
      const bits = type === "i32" ? 32 : 64;
      const result = comparisons.has(operation) ? "i32" : type;
      return {
        operands: Array.from({ length: operands }, () => type),
        result,
        compute: (a, b = type === "i32" ? 0 : 0n) => integer(result, model(asBigint(a), asBigint(b), bits)),
      };
    }
    return toInteger(type, operation);
  }
  if (!isFloat(type)) return undefined;
  const model = floatModel[operation];
  if (model === undefined) return toFloat(type, operation);
  const result = comparisons.has(operation) ? "i32" : type;
  return {
    operands: Array.from({ length: operands }, () => type),
    result,
    compute: (a, b = 0) => float(result, model(numberOf(a), numberOf(b))),
  };
}

function toInteger(type: "i32" | "i64", operation: string): InstructionCase | undefined {
  const truncation = /^trunc_(sat_)?(f32|f64)_([su])$/.exec(operation);
  const from = truncation?.[2];
  if (from !== undefined && isFloat(from)) {
    const bits = type === "i32" ? 32 : 64;
    return {
      operands: [from],
      result: type,
      compute: (a) => integer(type, truncate(numberOf(a), bits, truncation?.[3] === "s", truncation?.[1] !== undefined)),
    };
  }
  switch (operation) {
    case "wrap_i64":
      return { operands: ["i64"], result: "i32", compute: (a) => integer("i32", bigintOf(a)) };
    case "extend_i32_s":
      return { operands: ["i32"], result: "i64", compute: (a) => BigInt(numberOf(a)) };
    case "extend_i32_u":
      return { operands: ["i32"], result: "i64", compute: (a) => BigInt(numberOf(a) >>> 0) };
    case "reinterpret_f32":
      return { operands: ["f32"], result: "i32", compute: (a) => (view.setFloat32(0, numberOf(a)), view.getInt32(0)) };
    case "reinterpret_f64":
      return { operands: ["f64"], result: "i64", compute: (a) => (view.setFloat64(0, numberOf(a)), view.getBigInt64(0)) };
    default:
      return undefined;
  }
}

function toFloat(type: "f32" | "f64", operation: string): InstructionCase | undefined {
  const from = /^convert_(i32|i64)_([su])$/.exec(operation);
  if (from !== null) {
    const source = from[1] === "i32" ? "i32" : "i64";
    const bits = source === "i32" ? 32 : 64;
    return {
      operands: [source],
      result: type,
      compute: (a) => {
        const value = from[2] === "s" ? asBigint(a) : BigInt.asUintN(bits, asBigint(a));
        return type === "f32" ? toFloat32(value) : Number(value);
      },
    };
  }
  switch (operation) {
    case "demote_f64":
      return { operands: ["f64"], result: "f32", compute: (a) => Math.fround(numberOf(a)) };
    case "promote_f32":
      return { operands: ["f32"], result: "f64", compute: (a) => numberOf(a) };
    case "reinterpret_i32":
      return { operands: ["i32"], result: "f32", compute: (a) => (view.setInt32(0, numberOf(a)), view.getFloat32(0)) };
    case "reinterpret_i64":
      return { operands: ["i64"], result: "f64", compute: (a) => (view.setBigInt64(0, bigintOf(a)), view.getFloat64(0)) };
    default:
      return undefined;
  }
}
