export { columnarErrors } from "./errors.ts";
