export { expressionErrors } from "./errors.ts";
