// Functions
export { allFunctions, findFunction } from "./function/registry.ts";
export type {
  AggregateFunction,
  AggregateInstance,
  AggregateState,
  Argument,
  CallSite,
  Evaluator,
  FunctionDefinition,
  GeneratorFunction,
  LambdaFunction,
  LambdaParameter,
  OrderKey,
  Resolution,
  ResolutionSite,
  RowFunction,
  ScalarFunction,
  SessionValues,
  WindowFunction,
  WindowPartition,
} from "./function/function-entry.ts";

// Types of operands
export { implicitlyCasts, tightestType, widerType, widestType } from "./coercion/wider-type.ts";
export type { CoercionMode } from "./coercion/wider-type.ts";

// Meaning
export { callSite, compileExpression } from "./interpreter/compile-expression.ts";
export { conversion } from "./cast/cast-value.ts";
export { castExists, castFailure } from "./cast/cast-rule.ts";
export type { CastSite, Conversion } from "./cast/conversion.ts";
export { calendarIntervalText, dayTimeText, yearMonthText } from "./interval/interval-text.ts";
export type { IntervalStyle } from "./interval/interval-text.ts";
export { parseCalendarInterval, parseDayTime, parseYearMonth } from "./interval/parse-interval.ts";
export { findTimeZone, timeZoneOf, toLocalMicros, toUTCMicros } from "./calendar/time-zone.ts";
export type { TimeZone } from "./calendar/time-zone.ts";
export { parseLocalTimestamp, parseTime, parseTimestamp, parseZonedTimestamp, timestampText, timeText } from "./calendar/timestamp-text.ts";
export type { ParsedTimestamp } from "./calendar/timestamp-text.ts";
export { comparison, keyText } from "./order/compare-values.ts";
export type { Comparison } from "./order/compare-values.ts";

// Schemas and JSON
export { isDeterministic } from "./function/determinism.ts";
export { collationOf, isCollated } from "./collation/collation.ts";
export { withoutCollations } from "./collation/collation-key.ts";
export { parseSchema } from "./schema/parse-schema.ts";
export { inferSchema } from "./json/infer-schema.ts";
export { parseJSON } from "./json/json-text.ts";
export type { JSONNode } from "./json/json-text.ts";
export { datetimeWriter, jsonReader, jsonWriter } from "./json/json-value.ts";
export type { JSONOptions } from "./json/json-value.ts";
export { javaPattern, javaReplacement } from "./family/string/java-pattern.ts";
export { hashBytes, hashInt, hashLong, murmur3 } from "./hash/murmur3.ts";
export { xxhashBytes, xxhashInt, xxhashLong } from "./hash/xxhash64.ts";
export { hashValue } from "./hash/hash-value.ts";
export type { HashKind } from "./hash/hash-value.ts";

// Decimals and dates
export { checkedDecimal } from "./decimal/checked-decimal.ts";
export {
  decimalArithmeticType,
  decimalFromNumber,
  decimalText,
  decimalToNumber,
  decimalTypeOf,
  parseDecimal,
  powerOfTen,
  rescale,
  widerDecimal,
} from "./decimal/decimal-value.ts";
export { addMonths, civilFromDays, dateText, daysFromCivil, microsPerDay, microsPerSecond, parseDate } from "./calendar/civil-date.ts";
export { doubleText, floatText, parseBoolean, parseDouble, parseInteger } from "./cast/number-text.ts";
export { likeItems } from "./family/like-pattern.ts";
export type { LikeItem } from "./family/like-pattern.ts";
