import { seededRandom } from "@vonk/common/internal";
import { laneBytes, type Lane, type TestType, type Value, vectorOf } from "./value.ts";

const random = seededRandom(20261122);
const floats = [
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  2.5,
  -2.5,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 63,
  2 ** 64,
  1e-310,
  3e38,
  Infinity,
  -Infinity,
  Number.NaN,
];
const integers = [
  0n,
  1n,
  -1n,
  2n,
  31n,
  32n,
  63n,
  64n,
  127n,
  128n,
  255n,
  32767n,
  32768n,
  2n ** 31n,
  2n ** 32n - 1n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];

function below(count: number): number {
  return Math.floor(random.next() * count);
}

function pick<T>(list: readonly T[], otherwise: T): T {
  return list[below(list.length)] ?? otherwise;
}

function randomInteger(): bigint {
  if (below(3) === 0) return pick(integers, 0n);
  const bits = (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32));
  return BigInt.asIntN(64, bits) >> BigInt(below(64));
}

function randomFloat(): number {
  if (below(3) === 0) return pick(floats, 0);
  return (random.next() - 0.5) * 2 ** (below(140) - 70);
}

/** A value of a type, extremes more often than others. Depends on the calls before it alone. */
export function randomValue(type: TestType): Value {
  switch (type) {
    case "i32":
      return Number(BigInt.asIntN(32, randomInteger()));
    case "i64":
      return BigInt.asIntN(64, randomInteger());
    case "f32":
      return Math.fround(randomFloat());
    case "f64":
      return randomFloat();
    case "v128": {
      const lane = pick<Lane>(["i8", "i16", "i32", "i64", "f32", "f64"], "i8");
      const count = 16 / laneBytes[lane];
      const isFloat = lane === "f32" || lane === "f64";
      return vectorOf(
        lane,
        Array.from({ length: count }, () => (isFloat ? randomFloat() : randomInteger())),
      );
    }
  }
}
