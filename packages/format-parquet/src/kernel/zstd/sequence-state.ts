import { address, type Expression, type FunctionWriter, i32, type Local } from "@vonk/wasm";
import { type CodeKind, entry } from "./work-area.ts";

/** The state of one of the three codes of a sequence: where its entry lies. */
export class SequenceState {
  readonly at: Local<"address">;
  readonly #kind: CodeKind;
  readonly #f: FunctionWriter;

  constructor(f: FunctionWriter, kind: CodeKind) {
    this.#f = f;
    this.#kind = kind;
    this.at = f.local("address", "state");
  }

  /** Bits of the first state. */
  log(work: Local<"address">): Expression<"i32"> {
    return i32.load(work, this.#kind.log);
  }

  /** Sets the first state. */
  begin(work: Local<"address">, number: Expression<"i32">): void {
    this.#f.set(this.at, address.add(address.at(work, number, entry.bytes), this.#kind.table));
  }

  /** What the code stands for, without its bits. */
  base(): Expression<"i32"> {
    return i32.load(this.at, entry.base);
  }

  /** Bits of the value and of the next state, and above a byte what is unusual: such that those of three states can be added up. */
  allBits(): Expression<"i32"> {
    return i32.load16_u(this.at, entry.allBits, 1);
  }

  stateBits(): Expression<"i32"> {
    return i32.load8_u(this.at, entry.stateBits);
  }

  /** 63 less the bits of the value. */
  shift(): Expression<"i32"> {
    return i32.load8_u(this.at, entry.shift);
  }

  valueBits(): Expression<"i32"> {
    return i32.sub(63, this.shift());
  }

  /** Goes to the next state, whose bits lie at the low end of `bits` but for the size of an entry. */
  next(bits: Expression<"i32">): void {
    const distance = i32.and(bits, i32.load(this.at, entry.mask));
    this.#f.set(this.at, address.add(address.of(distance), address.of(i32.load(this.at, entry.next))));
  }
}
