import { collatedStringType, stringType } from "@vonk/columnar/internal";
import { collationKey, withoutCollations } from "../collation/collation-key.ts";
import { collationOf } from "../collation/collation.ts";
import { family } from "../function/family.ts";
import type { ScalarFunction } from "../function/function-entry.ts";
import { anything, coerceTo, exactly, text } from "../function/signature.ts";

const collation = family("string");

/** Text under collations. */
export const collationFunctions: readonly ScalarFunction[] = [
  collation(
    "collate",
    "The text under a collation.",
    [text, exactly(stringType)],
    stringType,
    () =>
      (value = null) =>
        value,
    {
      resolve: (args, site) => {
        const name = args[1]?.constant?.value;
        const types = coerceTo([text, exactly(stringType)], args, site);
        return { args: types, dataType: typeof name === "string" ? collatedStringType(collationOf(name).name) : stringType };
      },
    },
  ),
  collation(
    "collation_key",
    "What is equal by bytes for values that are equal under their collations.",
    [anything],
    stringType,
    ({ args: [argument] }) => {
      const key = collationKey(argument?.dataType ?? stringType);
      return (value = null) => key(value);
    },
    {
      resolve: ([argument]) => ({
        args: [argument?.dataType ?? stringType],
        dataType: withoutCollations(argument?.dataType ?? stringType),
      }),
    },
  ),
];
