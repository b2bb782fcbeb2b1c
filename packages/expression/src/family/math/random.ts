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
import type { CallSite, Evaluator, ScalarFunction } from "../../function/function-entry.ts";
import { widestType } from "../../coercion/wider-type.ts";
import { XORShiftRandom } from "../../random/xor-shift.ts";

const math = family("math");

/** The seed that a query gives, or one of its own moment: no two queries have the same. */
function generator(site: CallSite, index: number): XORShiftRandom {
  const seed = site.args[index]?.constant?.value;
  if (site.args.length <= index) return new XORShiftRandom(site.session.nowMicros);
  return new XORShiftRandom(typeof seed === "bigint" ? seed : BigInt(typeof seed === "number" ? seed : 0));
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
