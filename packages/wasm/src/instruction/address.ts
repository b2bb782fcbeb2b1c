import { assert } from "@vonk/common/internal";
import { constant, Expression, expressionOf, form, type Operand } from "./expression.ts";
import { type Binary, checkedOffset, family, type Family, instructionOf } from "./operation.ts";

/** From an instruction of i32 to the same of i64. */
const distance = { comparison: 0x0b, arithmetic: 0x12 } as const;

const arithmetic = "add sub mul and or shl shr_u";
const comparisons = "eq ne lt_u gt_u le_u ge_u";

/**
 * Instructions on addresses: i32's, or i64's when the module's memory is 64-bit. They are unsigned.
 * What lies in memory is the same for both: a stored address has 8 bytes.
 */
export const address: Family<typeof arithmetic, Binary<"address">> &
  Family<typeof comparisons, Binary<"address", "i32">> & {
    readonly const: (value: number) => Expression<"address">;
    /** 1 for zero, else 0. */
    readonly eqz: (operand: Operand<"address">) => Expression<"i32">;
    /** An unsigned i32 as an address or a distance. */
    readonly of: (value: Operand<"i32">) => Expression<"address">;
    /** An i64 as an address; with 32-bit memory its upper half is cut off. */
    readonly cut: (value: Operand<"i64">) => Expression<"address">;
    readonly asI64: (operand: Operand<"address">) => Expression<"i64">;
    /** `base + index * bytes`: where element `index`, an unsigned i32, of an array lies. */
    readonly at: (base: Operand<"address">, index: Operand<"i32">, bytes: number) => Expression<"address">;
    /** The address that is stored in the 8 bytes there. */
    readonly load: (where: Operand<"address">, offset?: number) => Expression<"address">;
  } = {
  ...family("i32", arithmetic, (name) => addressBinary("address", instructionOf(name).opcode, distance.arithmetic)),
  ...family("i32", comparisons, (name) => addressBinary("i32", instructionOf(name).opcode, distance.comparison)),
  const: (value) => constant("address", value),
  eqz: (operand) => new Expression("i32", form.address | 0x45, expressionOf("address", operand), undefined, undefined, distance.comparison),
  of: (value) => new Expression("address", form.addressWiden, expressionOf("i32", value)),
  cut: (value) => new Expression("address", form.addressCut, expressionOf("i64", value)),
  asI64: (operand) => new Expression("i64", form.addressAsI64, expressionOf("address", operand)),
  at: elementAddress,
  load: (where, offset = 0) =>
    new Expression("address", form.addressLoad, expressionOf("address", where), undefined, undefined, checkedOffset(offset)),
};

function addressBinary<R extends "address" | "i32">(to: R, opcode: number, distanceToI64: number): Binary<"address", R> {
  return (left, right) => {
    const a = expressionOf("address", left);
    return new Expression(to, form.address | opcode, a, expressionOf("address", right), undefined, distanceToI64);
  };
}

function elementAddress(base: Operand<"address">, index: Operand<"i32">, bytes: number): Expression<"address"> {
  assert(Number.isInteger(bytes) && bytes > 0, "an element has a positive number of bytes");
  const shift = 31 - Math.clz32(bytes);
  const position = address.of(index);
  if (bytes === 1) return address.add(base, position);
  return address.add(base, bytes === 1 << shift ? address.shl(position, shift) : address.mul(position, bytes));
}
