import {
  asBigint,
  asNumber,
  doubleType,
  isFractional,
  isIntegral,
  longType,
  stringType,
  integerType,
  voidType,
  type DataType,
} from "@vonk/columnar/internal";
import { checkedDecimal } from "../../decimal/checked-decimal.ts";
import { family } from "../../function/family.ts";
import type { CallSite, Evaluator, ScalarFunction, SessionValues } from "../../function/function-entry.ts";
import { widestType } from "../../coercion/wider-type.ts";
import { XORShiftRandom } from "../../random/xor-shift.ts";

const math = family("math");

const unseeded = new WeakMap<SessionValues, bigint>();

/** A seed of the query's moment and of how many calls without one were compiled before: no two queries have the same, and no two calls of one. */
function ownSeed(session: SessionValues): bigint {
  const number = (unseeded.get(session) ?? 0n) + 1n;
  unseeded.set(session, number);
  return session.nowMicros + number * 0x9e3779b97f4a7c15n;
}

/** Numbers by the seed that a query gives, or one of its own. Each partition has others. */
function generator({ args, session }: CallSite, index: number): XORShiftRandom {
  const seed = args[index]?.constant?.value;
  const given = typeof seed === "bigint" ? seed : BigInt(typeof seed === "number" ? seed : 0);
  return new XORShiftRandom((args.length <= index ? ownSeed(session) : given) + BigInt(session.partition ?? 0));
}

/** A version 4 UUID. */
function drawnUUID(random: XORShiftRandom): string {
  const bytes = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) bytes.writeInt32BE(random.nextInt(), at);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function drawing(name: string, doc: string, draw: (random: XORShiftRandom) => number, aliases: readonly string[]): ScalarFunction {
  return math(
    name,
    doc,
    [],
    doubleType,
    (site) => {
      const random = generator(site, 0);
      return () => draw(random);
    },
    {
      arity: [0, 1],
      aliases,
      nulls: "handled",
      deterministic: false,
      resolve: (args) => ({
        args: args.map((argument) => (isIntegral(argument.dataType) ? longType : argument.dataType.kind === "void" ? voidType : longType)),
        dataType: doubleType,
        nullable: false,
      }),
    },
  );
}

const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function randomText(site: CallSite): Evaluator {
  const random = generator(site, 1);
  return (length) => {
    let text = "";
    for (let count = 0; count < asNumber(length); count++) text += letters[Math.abs(random.nextInt() % 62)] ?? "";
    return text;
  };
}

function between(site: CallSite): Evaluator {
  const random = generator(site, 2);
  const type = site.dataType;
  return (low, high) => {
    const draw = random.nextDouble();
    if (typeof low === "bigint") {
      const value = low + BigInt(Math.trunc(draw * Number(asBigint(high) - low)));
      return type.kind === "decimal" ? checkedDecimal(value, type, true) : value;
    }
    const value = asNumber(low) + draw * (asNumber(high) - asNumber(low));
    return isFractional(type) ? value : Math.trunc(value);
  };
}

/** Functions whose values are drawn; the same seed gives the same numbers in the same order. */
export const randomFunctions: readonly ScalarFunction[] = [
  drawing("rand", "A number from 0 up to 1.", (random) => random.nextDouble(), ["random"]),
  drawing("randn", "A number of the standard normal distribution.", (random) => random.nextGaussian(), []),
  math(
    "uuid",
    "A random UUID.",
    [],
    stringType,
    (site) => {
      const random = generator(site, 0);
      return () => drawnUUID(random);
    },
    {
      arity: [0, 1],
      group: "misc",
      nulls: "handled",
      deterministic: false,
      resolve: (args) => ({ args: args.map(() => longType), dataType: stringType, nullable: false }),
    },
  ),
  math("uniform", "A number between two.", [], doubleType, between, {
    arity: [2, 3],
    deterministic: false,
    resolve: (args, site) => {
      const common: DataType =
        widestType(
          args.slice(0, 2).map((argument) => argument.dataType),
          site,
        ) ?? doubleType;
      return { args: [common, common, ...args.slice(2).map(() => longType)], dataType: common };
    },
  }),
  math("randstr", "A text of letters and digits of a length.", [], stringType, randomText, {
    arity: [1, 2],
    group: "string",
    deterministic: false,
    resolve: (args) => ({ args: [integerType, ...args.slice(1).map(() => longType)], dataType: stringType }),
  }),
];
