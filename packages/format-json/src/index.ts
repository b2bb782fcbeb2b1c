// Errors
export { jsonErrors } from "./errors.ts";
