// Errors
export { parquetErrors } from "./errors.ts";
