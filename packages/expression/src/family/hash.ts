import { asBytes, binaryType, integerType, longType, stringType, voidType } from "@vonk/columnar/internal";
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { hashBytes, hashInt, hashLong } from "../hash/murmur3.ts";
import { hashValue } from "../hash/hash-value.ts";
import { xxhashBytes, xxhashInt, xxhashLong } from "../hash/xxhash64.ts";
import { expressionErrors } from "../errors.ts";
import { family } from "../function/family.ts";
import type { Argument, ResolutionSite, ScalarFunction } from "../function/function-entry.ts";
import { anything, callText, exactly } from "../function/signature.ts";

const hash = family("hash");
const bytes = exactly(binaryType);

/** @throws DATATYPE_MISMATCH.HASH_MAP_TYPE, since equal maps may be held in two orders */
function refuseMaps(args: readonly Argument[], site: ResolutionSite): void {
  if (!args.some((argument) => JSON.stringify(argument.dataType).includes('"kind":"map"'))) return;
  throw expressionErrors.create("DATATYPE_MISMATCH.HASH_MAP_TYPE", {
    sqlExpr: callText(site.name, args),
    functionName: `\`${site.name}\``,
  });
}

const murmur = { int: hashInt, long: hashLong, bytes: hashBytes };
const xx = { int: xxhashInt, long: xxhashLong, bytes: xxhashBytes };

/** Digests and hashes. */
export const hashFunctions: readonly ScalarFunction[] = [
  hash(
    "md5",
    "The MD5 digest in hexadecimal.",
    [bytes],
    stringType,
    () => (value) => createHash("md5").update(asBytes(value)).digest("hex"),
  ),
  hash(
    "sha",
    "The SHA-1 digest in hexadecimal.",
    [bytes],
    stringType,
    () => (value) => createHash("sha1").update(asBytes(value)).digest("hex"),
    {
      aliases: ["sha1"],
    },
  ),
  hash(
    "sha2",
    "A SHA-2 digest in hexadecimal; of 224, 256, 384 or 512 bits, 0 for 256.",
    [bytes, exactly(integerType)],
    stringType,
    () => (value, size) => {
      const length = size === 0 ? 256 : Number(size);
      return [224, 256, 384, 512].includes(length) ? createHash(`sha${length}`).update(asBytes(value)).digest("hex") : null;
    },
  ),
  hash("crc32", "The CRC-32 checksum.", [bytes], longType, () => (value) => BigInt(crc32(asBytes(value)))),
  hash(
    "hash",
    "Spark's Murmur3 hash of all arguments, which also decides partitions.",
    [anything],
    integerType,
    (site) => {
      const parts = site.args.map((argument) => hashValue(murmur, argument.dataType));
      return (...values) => parts.reduce((seed, part, index) => part(values[index] ?? null, seed), 42);
    },
    {
      arity: [1, Infinity],
      nulls: "handled",
      resolve: (args, site) => {
        refuseMaps(args, site);
        return { args: args.map((argument) => argument.dataType), dataType: integerType, nullable: false };
      },
    },
  ),
  hash(
    "xxhash64",
    "The 64-bit xxHash of all arguments.",
    [anything],
    longType,
    (site) => {
      const parts = site.args.map((argument) => hashValue(xx, argument.dataType ?? voidType));
      return (...values) => parts.reduce((seed, part, index) => part(values[index] ?? null, seed), 42n);
    },
    {
      arity: [1, Infinity],
      nulls: "handled",
      resolve: (args, site) => {
        refuseMaps(args, site);
        return { args: args.map((argument) => argument.dataType), dataType: longType, nullable: false };
      },
    },
  ),
];
