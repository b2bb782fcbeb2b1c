import {
  asBytes,
  asText,
  booleanType,
  catalogString,
  integerType,
  longType,
  stringType,
  voidType,
  binaryType,
  asBigint,
} from "@vonk/columnar/internal";
import { expressionErrors } from "../errors.ts";
import { family } from "../function/family.ts";
import type { CallSite, ScalarFunction } from "../function/function-entry.ts";
import { anything, exactly, text } from "../function/signature.ts";

const misc = family("misc");

function ofSession(name: string, doc: string, value: (site: CallSite) => string, aliases: readonly string[] = []): ScalarFunction {
  return misc(name, doc, [], stringType, (site) => () => value(site), { aliases });
}

/** @throws USER_RAISED_EXCEPTION */
function raise(errorMessage: string): never {
  throw expressionErrors.create("USER_RAISED_EXCEPTION", { errorMessage });
}

/** What the session is, what an expression is, and errors on purpose. */
export const sessionFunctions: readonly ScalarFunction[] = [
  ofSession("current_user", "The user of the session.", (site) => site.session.user, ["user", "session_user"]),
  ofSession("current_catalog", "The session's catalog.", (site) => site.session.catalog),
  ofSession("current_database", "The session's schema.", (site) => site.session.database, ["current_schema"]),
  ofSession("version", "The version of Spark whose behaviour this is.", (site) => site.session.version),
  ofSession("input_file_name", "The file that is read; empty outside of scans.", () => ""),
  misc("input_file_block_start", "Where the part of the file that is read begins; -1 outside of scans.", [], longType, () => () => -1n),
  misc("input_file_block_length", "How long the part of the file that is read is; -1 outside of scans.", [], longType, () => () => -1n),
  misc(
    "monotonically_increasing_id",
    "A number that is greater for each row, and another one in each partition: the partition in the upper 31 bits, the row's place in it below.",
    [],
    longType,
    (site) => {
      let next = BigInt(site.session.partition ?? 0) << 33n;
      return () => next++;
    },
    { nulls: "handled", deterministic: false, resolve: () => ({ args: [], dataType: longType, nullable: false }) },
  ),
  misc(
    "spark_partition_id",
    "The number of the partition that the row is in.",
    [],
    integerType,
    (site) => () => site.session.partition ?? 0,
    {
      nulls: "handled",
      deterministic: false,
      resolve: () => ({ args: [], dataType: integerType, nullable: false }),
      sql: () => "SPARK_PARTITION_ID()",
    },
  ),
  misc(
    "typeof",
    "The name of the argument's type.",
    [anything],
    stringType,
    (site) => () => catalogString(site.args[0]?.dataType ?? voidType),
    {
      nulls: "handled",
      resolve: (args) => ({ args: args.map((argument) => argument.dataType), dataType: stringType, nullable: false }),
    },
  ),
  misc(
    "assert_true",
    "Null when the condition is true, an error when it is not.",
    [exactly(booleanType), text],
    voidType,
    () =>
      (condition = null, message = null) =>
        condition === true ? null : raise(message === null ? "The condition is not true." : asText(message)),
    {
      arity: [1, 2],
      nulls: "handled",
      deterministic: false,
      resolve: (args) => ({ args: [booleanType, ...args.slice(1).map(() => stringType)], dataType: voidType, nullable: true }),
    },
  ),
  misc(
    "raise_error",
    "An error with that message.",
    [text],
    voidType,
    () =>
      (message = null) =>
        raise(message === null ? "null" : asText(message)),
    {
      nulls: "handled",
      deterministic: false,
      resolve: () => ({ args: [stringType], dataType: voidType, nullable: true }),
    },
  ),
  {
    ...misc(
      "single_row",
      "The second argument, an error when the first, a number of rows, is over 1: what a subquery used as a value is.",
      [exactly(longType), anything],
      (types) => types[1] ?? voidType,
      () =>
        (rows = null, value = null) => {
          if (asBigint(rows ?? 0n) > 1n) throw expressionErrors.create("SCALAR_SUBQUERY_TOO_MANY_ROWS", {});
          return value;
        },
      { nulls: "handled" },
    ),
    group: "internal",
  },
  {
    ...misc(
      "routine_result",
      "The argument: what a function or a variable of the session stands for.",
      [anything],
      (types) => types[0] ?? voidType,
      () =>
        (value = null) =>
          value,
      { nulls: "handled" },
    ),
    group: "internal",
  },
  misc(
    "bitmap_count",
    "How many bits are set.",
    [exactly(binaryType)],
    longType,
    () => (value) => BigInt(asBytes(value).reduce((total, byte) => total + byte.toString(2).replaceAll("0", "").length, 0)),
  ),
  misc(
    "bitmap_bit_position",
    "The place of a number in its bitmap.",
    [exactly(longType)],
    longType,
    () => (value) => (asBigint(value) > 0n ? (asBigint(value) - 1n) % 32_768n : -asBigint(value) % 32_768n),
  ),
  misc(
    "bitmap_bucket_number",
    "The number of a number's bitmap.",
    [exactly(longType)],
    longType,
    () => (value) => (asBigint(value) > 0n ? 1n + (asBigint(value) - 1n) / 32_768n : asBigint(value) / 32_768n),
  ),
];
