import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  CSV_NO_FILES: {
    message: "There are no CSV files at {paths}. Check the path; names that begin with _ or . are left out.",
    fault: "user",
  },
  CSV_OPTION_INVALID: {
    message: "The option {option} cannot be '{value}'. Give {expected}.",
    fault: "user",
  },
  CSV_TYPE_NOT_WRITABLE: {
    message: "Column {column} has type {type}, which a field of CSV cannot hold. Cast it to STRING before it is written.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/format-csv. */
export const csvErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
