import { address, type Expression, type FunctionWriter, i32, i64, type Local, type Operand } from "@vonk/wasm";

/** Bits that {@link BackwardBits.peek} gives for sure. */
export const peekedBits = 57;

/**
 * Bits that are read from the last byte to the first, in each from the highest bit on: what FSE and Huffman coding write. A bit of 1 marks the end
 * in the last byte. State is how many bits were read, so that it is the distance from the end and nothing has to be kept in a register but that.
 *
 * Bits before the first byte are what lies there: up to 8 bytes, and more when a stream was read too far. Whether it was, {@link isBeyond} tells.
 */
export class BackwardBits {
  /** Bits that were read, with those above the mark. */
  readonly read: Local<"i32">;
  readonly #lastWord: Local<"address">;

  /** @param lastWord where the last 8 bytes of the stream lie */
  constructor(lastWord: Local<"address">, read: Local<"i32">) {
    this.#lastWord = lastWord;
    this.read = read;
  }

  /** The next bits, beginning with the highest one. */
  peek(): Expression<"i64"> {
    return this.peekBehind(this.read);
  }

  /** As {@link peek}, from another place. */
  peekBehind(read: Local<"i32">): Expression<"i64"> {
    const word = i64.load(address.sub(this.#lastWord, address.of(i32.shr_u(read, 3))), 0, 1);
    return i64.shl(word, i64.extend_i32_u(i32.and(read, 7)));
  }

  /** Bits that were read, now more. */
  skip(f: FunctionWriter, bits: Operand<"i32">): void {
    f.set(this.read, i32.add(this.read, bits));
  }
}

/** The first `count` of the bits that {@link BackwardBits.peek} gave, of which there may be none. */
export function firstBits(word: Local<"i64">, count: Expression<"i32">): Expression<"i32"> {
  // By one less, then by the rest: by 64 at once would be by none.
  return i32.wrap_i64(i64.shr_u(i64.shr_u(word, 1), i64.extend_i32_u(i32.xor(count, -1))));
}

/** What {@link BackwardBits.read} begins with, for a stream that ends before `end`: the bits above the mark and the mark; above 8 when there is none. */
export function bitsToMark(end: Local<"address">): Expression<"i32"> {
  return i32.sub(i32.clz(i32.load8_u(address.sub(end, 1))), 23);
}

/** How many bytes `end` lies behind `from`. */
export function distance(from: Expression<"address">, end: Expression<"address">): Expression<"i32"> {
  return i32.wrap_i64(address.asI64(address.sub(end, from)));
}

/** How many bits lie between two addresses. */
export function bitsBetween(from: Expression<"address">, end: Expression<"address">): Expression<"i32"> {
  return i32.shl(distance(from, end), 3);
}
