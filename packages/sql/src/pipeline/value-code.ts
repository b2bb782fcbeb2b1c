import { i32, type Expression as Code, type FunctionWriter } from "@vonk/wasm";

/** Code for whether a value is there; undefined when it always is. */
export type Valid = Code<"i32"> | undefined;

/** Code for a value of a row. A value that is null holds anything. Integers, decimals, dates and timestamps are 64 bits wide. */
export type ValueCode =
  | { readonly kind: "integer"; readonly code: Code<"i64">; readonly valid: Valid }
  | { readonly kind: "double"; readonly code: Code<"f64">; readonly valid: Valid }
  | { readonly kind: "boolean"; readonly code: Code<"i32">; readonly valid: Valid }
  | { readonly kind: "text"; readonly code: Code<"i64">; readonly valid: Valid };

type Writer = FunctionWriter<readonly ["i32"]>;

/** Valid when both are. */
export function bothValid(a: Valid, b: Valid): Valid {
  if (a === undefined || b === undefined) return a ?? b;
  return i32.and(a, b);
}

/** A value that may be used several times. */
export function kept(f: Writer, value: ValueCode): ValueCode {
  const valid = value.valid === undefined ? undefined : f.repeatable(value.valid);
  switch (value.kind) {
    case "double":
      return { ...value, code: f.repeatable(value.code), valid };
    case "boolean":
      return { ...value, code: f.repeatable(value.code), valid };
    default:
      return { ...value, code: f.repeatable(value.code), valid };
  }
}

/** Whether a condition is true: neither false nor null. */
export function isTrue({ code, valid }: Extract<ValueCode, { kind: "boolean" }>): Code<"i32"> {
  return valid === undefined ? code : i32.and(code, valid);
}
