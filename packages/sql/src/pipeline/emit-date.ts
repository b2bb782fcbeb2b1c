import { i32, i64, select, type Expression as Code, type FunctionWriter } from "@vonk/wasm";

/** Days from 0000-03-01, with which eras of 400 years begin, to 1970-01-01. */
const epoch = 719_468n;
const eraDays = 146_097n;

/**
 * A field of a date that is given in days since 1970. Years are counted from March, so that the leap day ends them; the algorithm of `civilFromDays`
 * in @vonk/expression.
 */
export function emitDateField(f: FunctionWriter<readonly ["i32"]>, field: "year" | "month" | "day", days: Code<"i64">): Code<"i64"> {
  const shifted = f.let(i64.add(days, epoch));
  const floor = select(i64.lt_s(shifted, 0n), i64.sub(shifted, eraDays - 1n), shifted);
  const era = f.let(i64.div_s(floor, eraDays));
  const day = f.let(i64.sub(shifted, i64.mul(era, eraDays)));
  const leap = i64.add(i64.sub(day, i64.div_s(day, 1460n)), i64.sub(i64.div_s(day, 36_524n), i64.div_s(day, 146_096n)));
  const yearOfEra = f.let(i64.div_s(leap, 365n));
  const before = i64.add(i64.mul(yearOfEra, 365n), i64.sub(i64.div_s(yearOfEra, 4n), i64.div_s(yearOfEra, 100n)));
  const dayOfYear = f.let(i64.sub(day, before));
  const fromMarch = f.let(i64.div_s(i64.add(i64.mul(dayOfYear, 5n), 2n), 153n));
  if (field === "day") return i64.add(i64.sub(dayOfYear, i64.div_s(i64.add(i64.mul(fromMarch, 153n), 2n), 5n)), 1n);
  const isNextYear = i64.ge_s(fromMarch, 10n);
  if (field === "month") return f.let(select(isNextYear, i64.sub(fromMarch, 9n), i64.add(fromMarch, 3n)));
  return i64.add(i64.add(yearOfEra, i64.mul(era, 400n)), i64.extend_i32_u(i32.and(isNextYear, 1)));
}
