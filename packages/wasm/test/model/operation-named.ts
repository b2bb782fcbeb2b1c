import { assert } from "@vonk/common/internal";
import { address, f32, f32x4, f64, f64x2, i16x8, i32, i32x4, i64, i64x2, i8x16, v128 } from "../../src/index.ts";
import { Expression } from "../../src/instruction/expression.ts";
import type { ValueType } from "../../src/instruction/value-type.ts";

const owners: Readonly<Record<string, object>> = { address, f32, f32x4, f64, f64x2, i16x8, i32, i32x4, i64, i64x2, i8x16, v128 };

/** Calls the operation of an instruction's name: what the compiler cannot check, the validator does. */
export function operationNamed(name: string, args: readonly unknown[]): Expression<ValueType> {
  const [owner = "", ...path] = name.split(".");
  let found: unknown = owners[owner];
  for (const key of path) {
    assert(typeof found === "object" && found !== null, `${name} is an operation`);
    found = Reflect.get(found, key);
  }
  assert(typeof found === "function", `${name} is an operation`);
  const result: unknown = Reflect.apply(found, undefined, args);
  assert(result instanceof Expression, `${name} gives an expression`);
  return result;
}

/** Loads an operand of a type. */
export function loadOf(type: ValueType, at: Expression<"address">, offset: number): Expression<ValueType> {
  return operationNamed(`${type}.load`, [at, offset]);
}
