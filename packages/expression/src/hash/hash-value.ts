import { asBigint, asNumber, CalendarInterval, MapValue, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { isList } from "../order/compare-values.ts";

/** The three things that a hash of SQL values is made of; each takes the hash so far as its seed. */
export interface HashKind<Hash> {
  readonly int: (value: number, seed: Hash) => Hash;
  readonly long: (value: bigint, seed: Hash) => Hash;
  readonly bytes: (value: Uint8Array, seed: Hash) => Hash;
}

const encoder = new TextEncoder();
const bits = new DataView(new ArrayBuffer(8));

/** The hash of a value of a type, as Spark's HashExpression folds it. Null leaves the seed as it is. */
export function hashValue<Hash>(kind: HashKind<Hash>, type: DataType): (value: SQLValue, seed: Hash) => Hash {
  const some = hashSome(kind, type);
  return (value, seed) => (value === null ? seed : some(value, seed));
}

function hashSome<Hash>(kind: HashKind<Hash>, type: DataType): (value: SQLValue, seed: Hash) => Hash {
  switch (type.kind) {
    case "boolean":
      return (value, seed) => kind.int(value === true ? 1 : 0, seed);
    case "float":
      return (value, seed) => {
        bits.setFloat32(0, asNumber(value) === 0 ? 0 : asNumber(value));
        return kind.int(bits.getInt32(0), seed);
      };
    case "double":
      return (value, seed) => {
        bits.setFloat64(0, asNumber(value) === 0 ? 0 : asNumber(value));
        return kind.long(bits.getBigInt64(0), seed);
      };
    case "decimal":
      return type.precision <= 18
        ? (value, seed) => kind.long(asBigint(value), seed)
        : (value, seed) => kind.bytes(twosComplement(asBigint(value)), seed);
    case "interval":
      return (value, seed) =>
        value instanceof CalendarInterval ? kind.int(value.months, kind.int(value.days, kind.long(value.microseconds, seed))) : seed;
    case "array":
    case "struct":
    case "map":
      return hashNested(kind, type);
    default:
      return (value, seed) => {
        if (typeof value === "number") return kind.int(value, seed);
        if (typeof value === "bigint") return kind.long(value, seed);
        if (typeof value === "string") return kind.bytes(encoder.encode(value), seed);
        return value instanceof Uint8Array ? kind.bytes(value, seed) : seed;
      };
  }
}

function hashNested<Hash>(kind: HashKind<Hash>, type: DataType): (value: SQLValue, seed: Hash) => Hash {
  if (type.kind === "array") {
    const element = hashValue(kind, type.element);
    return (value, seed) => (isList(value) ? value.reduce((hash: Hash, item) => element(item, hash), seed) : seed);
  }
  if (type.kind === "map") {
    const [key, item] = [hashValue(kind, type.key), hashValue(kind, type.value)];
    return (value, seed) =>
      value instanceof MapValue ? value.keys.reduce((hash: Hash, k, index) => item(value.values[index] ?? null, key(k, hash)), seed) : seed;
  }
  const fields = type.kind === "struct" ? type.fields.map((field) => hashValue(kind, field.dataType)) : [];
  return (value, seed) => (isList(value) ? fields.reduce((hash, field, index) => field(value[index] ?? null, hash), seed) : seed);
}

/** The fewest bytes that hold the number with its sign, the highest first. */
function twosComplement(value: bigint): Uint8Array {
  let length = 1;
  while (BigInt.asIntN(length * 8, value) !== value) length++;
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[length - 1 - index] = Number(BigInt.asUintN(8, value >> BigInt(index * 8)));
  return bytes;
}
