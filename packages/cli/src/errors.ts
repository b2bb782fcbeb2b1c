import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  APPLICATION_KIND: {
    message: "Application {path} cannot run: Vonk runs TypeScript and JavaScript, files that end in {kinds}.",
    fault: "user",
  },
  APPLICATION_NOT_FOUND: {
    message: "Application {path} does not exist. Give the path of a .ts, .js or .mjs file; a relative one starts at the working folder.",
    fault: "user",
  },
  APPLICATION_SYNTAX: {
    message: "{file} does not compile: {message}. Nothing was started.",
    fault: "user",
  },
  ATTACHED_FILE_MISSING: {
    message:
      "{setting} names {path}, which is no file here. What only the workers have is written local:/path; a folder is packed into an archive.",
    fault: "user",
  },
  CLUSTER_PACKAGE_MISSING: {
    message: "This command needs {package}, which is not installed here. Install it: npm install {package}",
    fault: "user",
  },
  LOGS_NOT_FOUND: {
    message:
      "No worker has logs of {id}: the id is wrong, it has printed nothing yet, or they were swept. See what there is with: vonk logs",
    fault: "user",
  },
  PROPERTIES_FILE_UNREADABLE: {
    message: "Properties file {path} cannot be read: {problem}. Check the path after --properties-file.",
    fault: "user",
  },
  SUBMIT_OPTION_FOREIGN: {
    message: "vonk submit has no {option}: {why}. {instead}.",
    fault: "user",
  },
  USAGE: {
    message: "{problem}. Run: vonk --help",
    fault: "user",
  },
} as const;

/** Errors of @vonk/cli. */
export const cliErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
