import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  APPLICATION_NOT_FOUND: {
    message: "Application {path} does not exist. Give the path of a .ts, .js or .mjs file; a relative one starts at the working folder.",
    fault: "user",
  },
  PROPERTIES_FILE_UNREADABLE: {
    message: "Properties file {path} cannot be read: {problem}. Check the path after --properties-file.",
    fault: "user",
  },
  USAGE: {
    message: "{problem}. Run: vonk --help",
    fault: "user",
  },
} as const;

/** Errors of @vonk/cli. */
export const cliErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
