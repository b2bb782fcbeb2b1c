import { assert } from "@vonk/common/internal";
import { Expression, expressionOf, form, type Operand } from "./expression.ts";
import { type Instruction, instructions } from "./opcode.ts";
import type { ValueType } from "./value-type.ts";

/** An instruction of one operand. */
export type Unary<A extends ValueType, R extends ValueType = A> = (operand: Operand<A>) => Expression<R>;

/** An instruction of two operands. */
export type Binary<A extends ValueType, R extends ValueType = A, B extends ValueType = A> = (
  left: Operand<A>,
  right: Operand<B>,
) => Expression<R>;

/**
 * A load. `offset` is added to the address without wrapping; `alignment` in bytes promises that the sum is a multiple of it
 * and is the width of the access unless said: a wrong promise costs time, not correctness.
 */
export type Load<T extends ValueType> = (address: Operand<"address">, offset?: number, alignment?: number) => Expression<T>;

/** The words of a text with single spaces between them. */
type Words<Text extends string> = Text extends `${infer First} ${infer Rest}` ? First | Words<Rest> : Text;

/** Instructions of one form by name; `Names` is a text like "add sub mul". */
export type Family<Names extends string, Operation> = { readonly [N in Words<Names>]: Operation };

const byName = new Map<string, Instruction>();
for (const each of instructions) byName.set(each.name, each);

/** The instruction of a name in the text format. */
export function instructionOf(name: string): Instruction {
  const found = byName.get(name);
  assert(found !== undefined, `${name} is an instruction`);
  return found;
}

/** The instructions `owner.name` for each name. */
export function family<Names extends string, Operation>(
  owner: string,
  names: Names,
  make: (name: string) => Operation,
): Family<Names, Operation>;
export function family<Operation>(owner: string, names: string, make: (name: string) => Operation): Readonly<Record<string, Operation>> {
  const made: Record<string, Operation> = {};
  for (const name of names.split(" ")) made[name] = make(`${owner}.${name}`);
  return made;
}

/** Makes an instruction from a type to a type by its name. */
export function unary<A extends ValueType, R extends ValueType>(from: A, to: R): (name: string) => Unary<A, R> {
  return (name) => {
    const { opcode } = instructionOf(name);
    return (operand) => new Expression(to, opcode, expressionOf(from, operand));
  };
}

/** Makes an instruction of two operands by its name. */
export function binary<A extends ValueType, R extends ValueType, B extends ValueType>(
  left: A,
  right: B,
  to: R,
): (name: string) => Binary<A, R, B> {
  return (name) => {
    const { opcode } = instructionOf(name);
    return (a, b) => new Expression(to, opcode, expressionOf(left, a), expressionOf(right, b));
  };
}

/** Makes a load by its name. */
export function load<T extends ValueType>(type: T): (name: string) => Load<T> {
  return (name) => {
    const { opcode, alignment } = instructionOf(name);
    const op = form.memory | opcode;
    return (address, offset = 0, align) =>
      new Expression(
        type,
        op,
        expressionOf("address", address),
        undefined,
        undefined,
        checkedOffset(offset),
        align === undefined ? alignment : alignmentOf(align, alignment),
      );
  };
}

/**
 * The offset of a load or store, when it is one.
 * @throws INTERNAL_ASSERTION
 */
export function checkedOffset(offset: number): number {
  assert(offset === offset >>> 0, "an offset is an unsigned integer of 32 bits");
  return offset;
}

/**
 * Binary logarithm of an alignment in bytes.
 * @throws INTERNAL_ASSERTION when it is no power of two or more than the width
 */
export function alignmentOf(bytes: number, most: number): number {
  const exponent = 31 - Math.clz32(bytes);
  assert(bytes === 1 << exponent && exponent <= most, "an alignment is a power of two and at most the width of the access");
  return exponent;
}
