// Errors
export { natsErrors } from "./errors.ts";
