import { Expression, expressionOf, form, type Operand } from "./expression.ts";
import { checkedOffset, family, type Family, instructionOf } from "./operation.ts";

/** Reads a value that other threads may be writing. */
type AtomicLoad<T extends "i32" | "i64"> = (address: Operand<"address">, offset?: number) => Expression<T>;

/** Combines a value with what lies in memory and gives what lay there before, in one step. May be used once. */
type AtomicUpdate<T extends "i32" | "i64"> = (address: Operand<"address">, value: Operand<T>, offset?: number) => Expression<T>;

/** Writes `replacement` where `expected` lies and gives what lay there before, in one step. May be used once. */
type AtomicExchange<T extends "i32" | "i64"> = (
  address: Operand<"address">,
  expected: Operand<T>,
  replacement: Operand<T>,
  offset?: number,
) => Expression<T>;

const loads = "load load8_u load16_u";
const updates = "add sub and or xor xchg";
const narrowUpdates = "add_u sub_u and_u or_u xor_u xchg_u";

type NarrowUpdates<T extends "i32" | "i64"> = Family<typeof narrowUpdates, AtomicUpdate<T>> & {
  readonly cmpxchg_u: AtomicExchange<T>;
};

/** Atomic instructions on i32 or i64. What follows `load` and `rmw` is the width in memory; an address is a multiple of it, or the access traps. */
export type Atomics<T extends "i32" | "i64"> = Family<typeof loads, AtomicLoad<T>> & {
  readonly rmw: Family<typeof updates, AtomicUpdate<T>> & { readonly cmpxchg: AtomicExchange<T> };
  readonly rmw8: NarrowUpdates<T>;
  readonly rmw16: NarrowUpdates<T>;
};

/** What i64 has beside {@link Atomics}. */
export interface WideAtomics {
  readonly load32_u: AtomicLoad<"i64">;
  readonly rmw32: NarrowUpdates<"i64">;
}

/** The atomic instructions of a type. */
export function atomics<T extends "i32" | "i64">(type: T): Atomics<T> {
  const owner = `${type}.atomic`;
  return {
    ...family(owner, loads, atomicLoad(type)),
    rmw: {
      ...family(`${owner}.rmw`, updates, atomicUpdate(type)),
      cmpxchg: atomicExchange(type)(`${owner}.rmw.cmpxchg`),
    },
    rmw8: narrowUpdatesOf(type, `${owner}.rmw8`),
    rmw16: narrowUpdatesOf(type, `${owner}.rmw16`),
  };
}

/** The atomic instructions that only i64 has. */
export function wideAtomics(): WideAtomics {
  return {
    load32_u: atomicLoad("i64" as const)("i64.atomic.load32_u"),
    rmw32: narrowUpdatesOf("i64", "i64.atomic.rmw32"),
  };
}

function narrowUpdatesOf<T extends "i32" | "i64">(type: T, owner: string): NarrowUpdates<T> {
  return { ...family(owner, narrowUpdates, atomicUpdate(type)), cmpxchg_u: atomicExchange(type)(`${owner}.cmpxchg_u`) };
}

function atomicLoad<T extends "i32" | "i64">(type: T): (name: string) => AtomicLoad<T> {
  return (name) => {
    const { opcode, alignment } = instructionOf(name);
    return (address, offset = 0) =>
      new Expression(type, form.memory | opcode, expressionOf("address", address), undefined, undefined, checkedOffset(offset), alignment);
  };
}

function atomicUpdate<T extends "i32" | "i64">(type: T): (name: string) => AtomicUpdate<T> {
  return (name) => {
    const { opcode, alignment } = instructionOf(name);
    return (address, value, offset = 0) => {
      const at = expressionOf("address", address);
      return new Expression(type, form.atomicUpdate | opcode, at, expressionOf(type, value), undefined, checkedOffset(offset), alignment);
    };
  };
}

function atomicExchange<T extends "i32" | "i64">(type: T): (name: string) => AtomicExchange<T> {
  return (name) => {
    const { opcode, alignment } = instructionOf(name);
    return (address, expected, replacement, offset = 0) => {
      const at = expressionOf("address", address);
      const wanted = expressionOf(type, expected);
      return new Expression(
        type,
        form.atomicUpdate | opcode,
        at,
        wanted,
        expressionOf(type, replacement),
        checkedOffset(offset),
        alignment,
      );
    };
  };
}
