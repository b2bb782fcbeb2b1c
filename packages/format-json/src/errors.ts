import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  JSON_NO_FILES: {
    message: "There are no JSON files at {paths}. Check the path; names that begin with _ or . are left out.",
    fault: "user",
  },
  JSON_OPTION_INVALID: {
    message: "The option {option} cannot be '{value}'. Give {expected}.",
    fault: "user",
  },
  JSON_RECORD_MALFORMED: {
    message: "A line of {path} is no JSON object: {record}. Mend it, or read with the mode PERMISSIVE or DROPMALFORMED.",
    fault: "data",
  },
  JSON_TYPE_NOT_WRITABLE: {
    message: "Column {column} has type {type}, for which JSON has none. Cast it before it is written.",
    fault: "user",
  },
} as const;

/** Errors of @vonk/format-json. */
export const jsonErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
