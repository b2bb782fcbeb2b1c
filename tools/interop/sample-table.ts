import {
  arrayType,
  binaryType,
  booleanType,
  byteType,
  type DataType,
  dateType,
  dayTimeIntervalType,
  decimalType,
  doubleType,
  floatType,
  integerType,
  longType,
  mapType,
  MapValue,
  shortType,
  type SQLRow,
  type SQLValue,
  stringType,
  structField,
  type StructType,
  structType,
  timestampNTZType,
  timestampType,
  timeType,
  yearMonthIntervalType,
} from "@vonk/columnar/internal";
import type { Random } from "@vonk/common/internal";

/** A value of a type, chosen at random among few or many. */
type Maker = (random: Random) => SQLValue;

const below = (random: Random, bound: number): number => Math.floor(random.next() * bound);

/** An integer of so many bits, often one at the end of their range or a small one. */
function integer(random: Random, bits: number): bigint {
  const half = 1n << BigInt(bits - 1);
  const choice = below(random, 8);
  if (choice === 0) return -half;
  if (choice === 1) return half - 1n;
  if (choice < 5) return BigInt(below(random, 21) - 10);
  let value = 0n;
  for (let done = 0; done < bits; done += 16) value = (value << 16n) | BigInt(below(random, 65_536));
  return BigInt.asIntN(bits, value);
}

function decimal(random: Random, precision: number): bigint {
  const bound = 10n ** BigInt(precision);
  const value = integer(random, 128) % bound;
  return below(random, 10) === 0 ? bound - 1n : value;
}

const words = ["", "a", "é", "\u{1F600}\uFFFD", "long ".repeat(20), "\u0000", "ſ", "zz"];

/** The types that every reader has, with values. */
const plain: Readonly<Record<string, readonly [DataType, Maker]>> = {
  bool: [booleanType, (random) => below(random, 2) === 1],
  i8: [byteType, (random) => Number(integer(random, 8))],
  i16: [shortType, (random) => Number(integer(random, 16))],
  i32: [integerType, (random) => Number(integer(random, 32))],
  i64: [longType, (random) => integer(random, 64)],
  f32: [floatType, (random) => Math.fround(special(random) ?? random.next() * 1e6 - 5e5)],
  f64: [doubleType, (random) => special(random) ?? random.next() * 1e12 - 5e11],
  d5: [decimalType(5, 2), (random) => decimal(random, 5)],
  d9: [decimalType(9, 0), (random) => decimal(random, 9)],
  d18: [decimalType(18, 4), (random) => decimal(random, 18)],
  d20: [decimalType(20, 0), (random) => decimal(random, 20)],
  d38: [decimalType(38, 10), (random) => decimal(random, 38)],
  text: [stringType, (random) => (below(random, 2) === 0 ? (words[below(random, words.length)] ?? "") : `w${below(random, 1000)}`)],
  bin: [binaryType, (random) => Uint8Array.from({ length: below(random, 6) }, () => below(random, 256))],
  day: [dateType, (random) => below(random, 100_000) - 50_000],
  ts: [timestampType, (random) => integer(random, 50)],
  ntz: [timestampNTZType, (random) => integer(random, 50)],
  clock: [timeType(6), (random) => BigInt(below(random, 86_400_000)) * 1_000_000n + 1000n],
  ym: [yearMonthIntervalType(), (random) => below(random, 20_000) - 10_000],
  dt: [dayTimeIntervalType(), (random) => integer(random, 50)],
};

function special(random: Random): number | undefined {
  return [0, -0, Infinity, -Infinity, 1.5, Number.MIN_VALUE, NaN][below(random, 14)];
}

const list = (element: readonly [DataType, Maker]): readonly [DataType, Maker] => [
  arrayType(element[0]),
  (random) => Array.from({ length: below(random, 4) }, () => (below(random, 5) === 0 ? null : element[1](random))),
];

const text = plain["text"] ?? [stringType, () => ""];
const i32 = plain["i32"] ?? [integerType, () => 0];
const d38 = plain["d38"] ?? [decimalType(38, 10), () => 0n];

const nested: Readonly<Record<string, readonly [DataType, Maker]>> = {
  list: list(i32),
  lists: list(list(text)),
  map: [
    mapType(stringType, d38[0]),
    (random) => {
      const keys = ["a", "b", "c"].slice(0, below(random, 4));
      return new MapValue(
        keys,
        keys.map(() => (below(random, 4) === 0 ? null : d38[1](random))),
      );
    },
  ],
  struct: [
    structType([
      structField("a", integerType),
      structField("b", structType([structField("c", stringType), structField("d", list(i32)[0])])),
    ]),
    (random) => [below(random, 4) === 0 ? null : i32[1](random), below(random, 4) === 0 ? null : [text[1](random), list(i32)[1](random)]],
  ],
  structs: list([structType([structField("x", dateType), structField("y", stringType)]), (random) => [below(random, 9), text[1](random)]]),
};

/** A table of all types that others have, with nulls, and a first column `id` of row numbers times two. */
export function sampleTable(random: Random, count: number): { readonly schema: StructType; readonly rows: readonly SQLRow[] } {
  const columns = Object.entries({ ...plain, ...nested });
  const schema = structType([structField("id", longType, false), ...columns.map(([name, [type]]) => structField(name, type))]);
  const rows = Array.from({ length: count }, (_, row): SQLRow => [
    BigInt(row * 2),
    ...columns.map(([, [, make]]) => (below(random, 6) === 0 ? null : make(random))),
  ]);
  return { schema, rows };
}
