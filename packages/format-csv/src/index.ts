// Errors
export { csvErrors } from "./errors.ts";
