import type { SQLValue } from "@vonk/columnar/internal";
import { xxhashBytes, xxhashInt, xxhashLong } from "@vonk/expression/internal";
import type { ValueForm } from "../schema/value-form.ts";

/**
 * The hashes by which a Bloom filter of a column knows a value, which is not null: those of the value as PLAIN has it, without a length. None when no
 * value of the file can be equal, two for zero, which has two signs, undefined when the file may have the value in ways that are not known.
 */
export function bloomHashes(form: ValueForm, value: SQLValue): readonly bigint[] | undefined {
  switch (form.type) {
    case "INT32":
      return int32Hashes(form, value);
    case "INT64":
      return int64Hashes(form, value);
    case "FLOAT":
    case "DOUBLE":
      return floatHashes(form, value);
    case "BYTE_ARRAY":
    case "FIXED_LEN_BYTE_ARRAY":
      return bytesHashes(form, value);
    default:
      return undefined;
  }
}

function int32Hashes({ conversion }: ValueForm, value: SQLValue): readonly bigint[] | undefined {
  if (typeof value === "number") return [xxhashInt(value, 0n)];
  if (typeof value !== "bigint") return undefined;
  if (conversion.kind !== "widen") return [xxhashInt(Number(value), 0n)];
  const factor = BigInt(conversion.factor);
  return value % factor === 0n ? [xxhashInt(Number(BigInt.asIntN(32, value / factor)), 0n)] : [];
}

function int64Hashes({ conversion }: ValueForm, value: SQLValue): readonly bigint[] | undefined {
  if (typeof value !== "bigint") return undefined;
  if (conversion.kind !== "scale") return [xxhashLong(value, 0n)];
  // What was divided may have been any of several values.
  if (conversion.divisor !== 1) return undefined;
  const factor = BigInt(conversion.factor);
  return value % factor === 0n ? [xxhashLong(value / factor, 0n)] : [];
}

function floatHashes({ type }: ValueForm, value: SQLValue): readonly bigint[] | undefined {
  if (typeof value !== "number" || Number.isNaN(value)) return undefined;
  const view = new DataView(new ArrayBuffer(8));
  return (value === 0 ? [0, -0] : [value]).map((each) => {
    if (type === "DOUBLE") {
      view.setFloat64(0, each);
      return xxhashLong(view.getBigInt64(0), 0n);
    }
    view.setFloat32(0, each);
    return xxhashInt(view.getInt32(0), 0n);
  });
}

function bytesHashes({ conversion, type, width }: ValueForm, value: SQLValue): readonly bigint[] | undefined {
  if (conversion.kind === "none") {
    if (typeof value === "string") return [xxhashBytes(Buffer.from(value), 0n)];
    return value instanceof Uint8Array ? [xxhashBytes(value, 0n)] : undefined;
  }
  // Decimals of no fixed width may have more bytes than they need.
  if (conversion.kind !== "big-endian" || type === "BYTE_ARRAY" || typeof value !== "bigint") return undefined;
  const bytes = new Uint8Array(width);
  for (let at = width - 1, rest = value; at >= 0; at--, rest >>= 8n) bytes[at] = Number(BigInt.asUintN(8, rest));
  return [xxhashBytes(bytes, 0n)];
}
