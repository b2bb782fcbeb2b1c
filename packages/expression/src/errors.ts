import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

/** Spark's error conditions that functions raise, with its messages' meaning in our words. Parameter names are Spark's. */
const entries = {
  ARITHMETIC_OVERFLOW: {
    message: '{message}.{alternative} If necessary set {config} to "false" to bypass this error.',
    fault: "data",
    sqlState: "22003",
  },
  CANNOT_DECODE_URL: {
    message: "The text {url} is no encoded URL. Use `try_url_decode` to get NULL in its place.",
    fault: "data",
    sqlState: "22546",
    exception: "SparkIllegalArgumentException",
  },
  CANNOT_PARSE_INTERVAL: {
    message: "The text {intervalString} is no interval of a fixed length. Write it as 5 minutes.",
    fault: "user",
    sqlState: "22006",
    exception: "AnalysisException",
  },
  CANNOT_PARSE_TIMESTAMP: {
    message: "{message} Use {func} to get NULL in its place.",
    fault: "data",
    sqlState: "22007",
  },
  CAST_INVALID_INPUT: {
    message:
      "The value {expression} of the type {sourceType} cannot be cast to {targetType} because it is malformed. Correct the value, use `try_cast` to get NULL in its place, or set {ansiConfig} to false.",
    fault: "data",
    sqlState: "22018",
  },
  CAST_OVERFLOW: {
    message:
      "The value {value} of the type {sourceType} cannot be cast to {targetType} due to an overflow. Use `try_cast` to get NULL in its place, or set {ansiConfig} to false.",
    fault: "data",
    sqlState: "22003",
  },
  COLLATION_INVALID_NAME: {
    message: "There is no collation {collationName}. Did you mean {proposals}?",
    fault: "user",
    sqlState: "42704",
  },
  CONVERSION_INVALID_INPUT: {
    message:
      "The text {str} cannot be converted to {targetType} because it is malformed for {fmt}. Use {suggestion} to get NULL in its place.",
    fault: "data",
    sqlState: "22018",
    exception: "SparkIllegalArgumentException",
  },
  "DATATYPE_MISMATCH.ARRAY_FUNCTION_DIFF_TYPES": {
    message:
      "Cannot resolve {sqlExpr}: {functionName} needs {dataType} and its element or array of the same type, not {leftType} and {rightType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES": {
    message: "Cannot resolve {sqlExpr}: its operands have different types, {left} and {right}. Cast one of them.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.BINARY_OP_WRONG_TYPE": {
    message: "Cannot resolve {sqlExpr}: the operator needs {inputType}, not {actualDataType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.CAST_WITHOUT_SUGGESTION": {
    message: "Cannot resolve {sqlExpr}: {srcType} cannot be cast to {targetType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.CAST_WITH_CONF_SUGGESTION": {
    message: "Cannot resolve {sqlExpr}: {srcType} cannot be cast to {targetType} under ANSI. Set {config} to {configVal} to allow it.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.CAST_WITH_FUNC_SUGGESTION": {
    message: "Cannot resolve {sqlExpr}: {srcType} cannot be cast to {targetType}. Use {functionNames} instead.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.CREATE_MAP_KEY_DIFF_TYPES": {
    message: "Cannot resolve {sqlExpr}: the keys of {functionName} must have one type, they have {dataType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.CREATE_NAMED_STRUCT_WITHOUT_FOLDABLE_STRING": {
    message: "Cannot resolve {sqlExpr}: field names must be constants of the type STRING, not {inputExprs}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.DATA_DIFF_TYPES": {
    message: "Cannot resolve {sqlExpr}: all arguments of {functionName} must have one type, they have {dataType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.HASH_MAP_TYPE": {
    message: "Cannot resolve {sqlExpr}: {functionName} takes no maps; equal maps may have different hashes.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.INVALID_ORDERING_TYPE": {
    message: "Cannot resolve {sqlExpr}: {functionName} cannot order values of {dataType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.MAP_FUNCTION_DIFF_TYPES": {
    message: "Cannot resolve {sqlExpr}: {functionName} needs maps of one type {dataType}, not {leftType} and {rightType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.MAP_ZIP_WITH_DIFF_TYPES": {
    message: "Cannot resolve {sqlExpr}: {functionName} needs maps with keys of one type, not {leftType} and {rightType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.NON_FOLDABLE_INPUT": {
    message: "Cannot resolve {sqlExpr}: {inputName} must be a constant of the type {inputType}, not {inputExpr}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATATYPE_MISMATCH.UNEXPECTED_INPUT_TYPE": {
    message: "Cannot resolve {sqlExpr}: the {paramIndex} parameter needs {requiredType}, {inputSql} has the type {inputType}.",
    fault: "user",
    sqlState: "42K09",
  },
  "DATETIME_FIELD_OUT_OF_BOUNDS.WITHOUT_SUGGESTION": {
    message: '{rangeMessage}. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error.',
    fault: "data",
    sqlState: "22023",
  },
  "DATETIME_FIELD_OUT_OF_BOUNDS.WITH_SUGGESTION": {
    message: "{rangeMessage} Use {suggestedFunc} to get NULL in its place.",
    fault: "data",
    sqlState: "22023",
  },
  DATETIME_OVERFLOW: {
    message: "A date or time is out of its range: {operation}.",
    fault: "data",
    sqlState: "22008",
    exception: "SparkArithmeticException",
  },
  DIVIDE_BY_ZERO: {
    message: 'Division by zero. Use `try_divide` to get NULL in its place. If necessary set {config} to "false" to bypass this error.',
    fault: "data",
    sqlState: "22012",
  },
  DUPLICATED_MAP_KEY: {
    message: 'The map has the key {key} twice. Set {mapKeyDedupPolicy} to "LAST_WIN" to keep the value of the last.',
    fault: "data",
    sqlState: "23505",
  },
  EXCEED_LIMIT_LENGTH: {
    message: "The text exceeds the type's length of {limit}.",
    fault: "data",
    sqlState: "54006",
  },
  FIELD_NOT_FOUND: {
    message: "There is no field {fieldName} in {fields}.",
    fault: "user",
    sqlState: "42704",
  },
  ILLEGAL_DAY_OF_WEEK: {
    message: "There is no day of the week {string}.",
    fault: "data",
    sqlState: "22009",
    exception: "SparkIllegalArgumentException",
  },
  ILLEGAL_SEQUENCE_BOUNDARIES: {
    message: "A sequence from {start} to {stop} cannot go by {step}.",
    fault: "data",
    sqlState: "22023",
  },
  "INCONSISTENT_BEHAVIOR_CROSS_VERSION.DATETIME_PATTERN_RECOGNITION": {
    message:
      "The datetime pattern {pattern} repeats a letter more often than it has forms, which Spark 2 let pass ({config}). See {docroot}.",
    fault: "user",
    sqlState: "42K0B",
    exception: "SparkUpgradeException",
  },
  "INTERVAL_ARITHMETIC_OVERFLOW.WITHOUT_SUGGESTION": {
    message: "An interval is out of its range.",
    fault: "data",
    sqlState: "22015",
    exception: "SparkArithmeticException",
  },
  "INTERVAL_ARITHMETIC_OVERFLOW.WITH_SUGGESTION": {
    message: "An interval is out of its range. Use {functionName} to get NULL in its place.",
    fault: "data",
    sqlState: "22015",
    exception: "SparkArithmeticException",
  },
  INTERVAL_DIVIDED_BY_ZERO: {
    message: "Division of an interval by zero. Use `try_divide` to get NULL in its place.",
    fault: "data",
    sqlState: "22012",
  },
  INVALID_ARRAY_INDEX: {
    message: "The index {indexValue} is out of bounds: the array has {arraySize} elements. Use {functionName} to get NULL in its place.",
    fault: "data",
    sqlState: "22003",
  },
  INVALID_ARRAY_INDEX_IN_ELEMENT_AT: {
    message: "The index {indexValue} is out of bounds: the array has {arraySize} elements. Use {functionName} to get NULL in its place.",
    fault: "data",
    sqlState: "22003",
  },
  "INVALID_DATETIME_PATTERN.ILLEGAL_CHARACTER": {
    message: "The datetime pattern '{pattern}' has the character '{c}', which none may have.",
    fault: "user",
    sqlState: "22007",
  },
  INVALID_EXTRACT_BASE_FIELD_TYPE: {
    message: "Nothing can be extracted from {base}: a STRUCT, ARRAY or MAP is needed, not {other}.",
    fault: "user",
    sqlState: "42000",
    exception: "AnalysisException",
  },
  INVALID_EXTRACT_FIELD: {
    message: "There is no field {field} of {expr}.",
    fault: "user",
    sqlState: "42601",
  },
  "INVALID_FORMAT.ESC_AT_THE_END": {
    message: "The format {format} is invalid: the escape character must not be the last.",
    fault: "user",
    sqlState: "42601",
  },
  "INVALID_FORMAT.ESC_IN_THE_MIDDLE": {
    message: "The format {format} is invalid: the escape character must not stand before {char}.",
    fault: "user",
    sqlState: "42601",
  },
  INVALID_FRACTION_OF_SECOND: {
    message:
      'The fraction of a second must be zero when there are 60: valid is [0, 60], not {secAndMicros}. If necessary set "spark.sql.ansi.enabled" to "false" to bypass this error.',
    fault: "data",
    sqlState: "22023",
  },
  INVALID_INDEX_OF_ZERO: {
    message: "The index 0 is invalid: indices begin at 1, or count from the end below 0.",
    fault: "data",
    sqlState: "22003",
    exception: "SparkRuntimeException",
  },
  "INVALID_INTERVAL_FORMAT.UNMATCHED_FORMAT_STRING": {
    message: "The text '{input}' does not match the format of {typeName}.",
    fault: "data",
    sqlState: "22006",
  },
  "INVALID_OPTIONS.NON_MAP_FUNCTION": {
    message: "Options must be given as `map()` of texts.",
    fault: "user",
    sqlState: "42K06",
    exception: "AnalysisException",
  },
  "INVALID_OPTIONS.NON_STRING_TYPE": {
    message: "Options must be a map of texts to texts, not {mapType}.",
    fault: "user",
    sqlState: "42K06",
    exception: "AnalysisException",
  },
  "INVALID_PARAMETER_VALUE.BIT_POSITION_RANGE": {
    message: "The parameter {parameter} of {functionName} must be in [0, {upper}), not {invalidValue}.",
    fault: "data",
    sqlState: "22023",
    exception: "SparkIllegalArgumentException",
  },
  "INVALID_PARAMETER_VALUE.CHARSET": {
    message: "The parameter {parameter} of {functionName} needs one of the charsets {charsets}, not {charset}.",
    fault: "user",
    sqlState: "22023",
    exception: "SparkIllegalArgumentException",
  },
  "INVALID_PARAMETER_VALUE.DATETIME_UNIT": {
    message: "The parameter {parameter} of {functionName} needs a unit without quotes, such as YEAR or HOUR, not {invalidValue}.",
    fault: "user",
    sqlState: "22023",
  },
  "INVALID_PARAMETER_VALUE.FORMAT_SPECIFIER": {
    message: "The parameter {parameter} of {functionName} has a conversion that its arguments do not allow: {value}.",
    fault: "user",
    sqlState: "22023",
  },
  "INVALID_PARAMETER_VALUE.LENGTH": {
    message: "The parameter {parameter} of {functionName} must have the length 1, {length} has not.",
    fault: "user",
    sqlState: "22023",
  },
  "INVALID_PARAMETER_VALUE.NEGATIVE": {
    message: "The parameter {parameter} of {functionName} must not be negative, it is {length}.",
    fault: "data",
    sqlState: "22023",
  },
  "INVALID_PARAMETER_VALUE.PATTERN": {
    message: "The parameter {parameter} of {functionName} is no regular expression that can be run: {value}.",
    fault: "user",
    sqlState: "22023",
  },
  "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX": {
    message: "The parameter {parameter} of {functionName} must be a group from 0 to {groupCount}, not {groupIndex}.",
    fault: "user",
    sqlState: "22023",
  },
  "INVALID_PARAMETER_VALUE.START": {
    message: "The parameter {parameter} of {functionName} must not be 0: elements are counted from 1, or from the end below 0.",
    fault: "data",
    sqlState: "22023",
  },
  "INVALID_SCHEMA.NON_STRING_LITERAL": {
    message: "The schema {inputSchema} must be a constant text.",
    fault: "user",
    sqlState: "42K07",
    exception: "AnalysisException",
  },
  "INVALID_SCHEMA.PARSE_ERROR": {
    message: "The schema {inputSchema} cannot be read: {reason}.",
    fault: "user",
    sqlState: "42K07",
  },
  INVALID_TIMEZONE: {
    message: "The time zone {timeZone} is neither the name of a region nor an offset.",
    fault: "user",
    sqlState: "22009",
  },
  INVALID_URL: {
    message: "The URL {url} is invalid. Use {functionName} to get NULL in its place.",
    fault: "data",
    sqlState: "22P02",
  },
  INVALID_UTF8_STRING: {
    message: "The bytes {str} are no UTF-8 text.",
    fault: "data",
    sqlState: "22029",
    exception: "SparkIllegalArgumentException",
  },
  MALFORMED_CHARACTER_CODING: {
    message: "A value of {function} cannot be expressed in the charset {charset}.",
    fault: "data",
    sqlState: "22000",
  },
  "MALFORMED_RECORD_IN_PARSING.WITHOUT_SUGGESTION": {
    message: "The record {badRecord} is malformed; the mode is {failFastMode}. Use PERMISSIVE to get NULL in its place.",
    fault: "data",
    sqlState: "22023",
  },
  NULL_MAP_KEY: {
    message: "A map cannot have NULL as a key.",
    fault: "data",
    sqlState: "2200E",
  },
  "NUMERIC_VALUE_OUT_OF_RANGE.WITH_SUGGESTION": {
    message:
      'The value {value} cannot be represented as Decimal({precision}, {scale}). If necessary set {config} to "false" to bypass this error.',
    fault: "data",
    sqlState: "22003",
  },
  REMAINDER_BY_ZERO: {
    message: 'Remainder by zero. Use `try_mod` to get NULL in its place. If necessary set {config} to "false" to bypass this error.',
    fault: "data",
    sqlState: "22012",
  },
  SCALAR_SUBQUERY_TOO_MANY_ROWS: {
    message: "More than one row was returned by a subquery used as a value. Use an aggregate, or LIMIT 1.",
    fault: "data",
    sqlState: "21000",
    exception: "SparkException",
  },
  UNKNOWN_FUNCTION: {
    message: "There is no function {name} in the registry; the analyzer should have refused it.",
    fault: "internal",
  },
  USER_RAISED_EXCEPTION: {
    message: "{errorMessage}",
    fault: "user",
    sqlState: "P0001",
  },
  VECTOR_DIMENSION_MISMATCH: {
    message: "The vectors of {functionName} have different lengths, {leftDim} and {rightDim}.",
    fault: "data",
    sqlState: "22000",
  },
} as const;

/** Errors of @vonk/expression. */
export const expressionErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
