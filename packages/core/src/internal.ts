export { coreErrors } from "./errors.ts";
