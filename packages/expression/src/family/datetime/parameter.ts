import { dateType, doubleType, integerType, stringType, timestampNTZType, timestampType } from "@vonk/columnar/internal";
import { oneOf, type Parameter } from "../../function/signature.ts";

/** A date; timestamps are cut to their day. */
export const anyDate: Parameter = {
  ...oneOf(dateType),
  becomes: (type) => (type.kind === "timestamp" || type.kind === "timestamp_ntz" ? dateType : undefined),
};

/** A moment of either kind; dates and text become TIMESTAMP. */
export const anyTimestamp: Parameter = { ...oneOf(timestampType, timestampNTZType), casts: [timestampType] };

/** Always TIMESTAMP. */
export const zonedTimestamp: Parameter = {
  ...oneOf(timestampType),
  becomes: (type) => (type.kind === "timestamp_ntz" ? timestampType : undefined),
};

/** INT; also a text that is one. */
export const int: Parameter = oneOf(integerType);

/** DOUBLE of any number. */
export const double: Parameter = oneOf(doubleType);

/** A pattern, a unit, a name of a zone. */
export const word: Parameter = { accepts: (type) => type.kind === "string", casts: [stringType], name: '"STRING"' };
