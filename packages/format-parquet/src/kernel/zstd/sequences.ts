import {
  address,
  call,
  type Expression,
  type FunctionReference,
  type FunctionWriter,
  i32,
  i64,
  type Local,
  type ModuleWriter,
  select,
} from "@vonk/wasm";
import { BackwardBits, bitsBetween, bitsToMark, firstBits } from "./backward-bits.ts";
import { copySequence } from "./copy-sequence.ts";
import type { ReadSequenceTables } from "./sequence-tables.ts";
import { type CodeKind, entryBytes, lastOffsetsAt, literalLengths, matchLengths, offsets, patternsAt } from "./work-area.ts";

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["address"]>;

const params = {
  from: "address",
  end: "address",
  literals: "address",
  literalCount: "i32",
  to: "address",
  toEnd: "address",
  start: "address",
  work: "address",
} as const;

/**
 * Runs the sequences of a block, whose section ends with the block, and writes the literals that are left: the address behind what was written, or 0.
 * `start` is what matches may lie behind.
 */
export type RunSequences = FunctionReference<typeof params, readonly ["address"]>;

/** Defines {@link RunSequences}. @see RFC 8878, 3.1.1.3.2 */
export function defineRunSequences(module: ModuleWriter, readTables: ReadSequenceTables): RunSequences {
  return module.function("zstdSequences", { params, results: ["address"] }, (f, given) => {
    const { from, end, literals, to, toEnd, work } = given;
    failIf(f, address.ge_u(from, end));
    const literalsEnd = f.let(address.at(literals, given.literalCount, 1), "literalsEnd");
    const left = readCount(f, from);
    f.if(
      left,
      () => {
        failIf(f, address.ge_u(address.add(from, 1), end));
        const modes = f.let(i32.load8_u(from));
        failIf(f, i32.and(modes, 3));
        f.set(from, call(readTables, { from: address.add(from, 1), end, modes, work }));
        failIf(f, i32.or(address.eqz(from), address.ge_u(from, end)));
        new SequenceReader(f, { ...given, literalsEnd, left }).run();
      },
      () => failIf(f, address.ne(from, end)),
    );
    const rest = f.let(address.sub(literalsEnd, literals));
    failIf(f, address.gt_u(rest, address.sub(toEnd, to)));
    f.memoryCopy(to, literals, rest);
    return address.add(to, rest);
  });
}

function failIf(f: Writer, condition: Expression<"i32">): void {
  f.if(condition, () => f.return(0));
}

/** How many sequences there are, in one, two or three bytes. What lies behind the end is met later. */
function readCount(f: Writer, from: Address): Local<"i32"> {
  const count = f.let(i32.load8_u(from), "left");
  f.set(from, address.add(from, 1));
  f.if(i32.ge_u(count, 128), () =>
    f.if(
      i32.eq(count, 255),
      () => {
        f.set(count, i32.add(i32.load16_u(from, 0, 1), 0x7f00));
        f.set(from, address.add(from, 2));
      },
      () => {
        f.set(count, i32.or(i32.shl(i32.sub(count, 128), 8), i32.load8_u(from)));
        f.set(from, address.add(from, 1));
      },
    ),
  );
  return count;
}

interface Given {
  readonly from: Address;
  readonly end: Address;
  readonly literals: Address;
  readonly literalsEnd: Address;
  readonly to: Address;
  readonly toEnd: Address;
  readonly start: Address;
  readonly work: Address;
  readonly left: Local<"i32">;
}

/** The entry of a state, by its distance from the beginning of its table in the work area. */
class State {
  readonly at: Address;
  readonly #kind: CodeKind;

  constructor(f: Writer, kind: CodeKind, work: Address) {
    this.#kind = kind;
    this.at = f.let(work, `${kind.table}`);
  }

  /** What the code stands for, without its bits. */
  base(): Expression<"i32"> {
    return i32.load(this.at, this.#kind.table);
  }

  /** Bits of the next state, and above a byte those of the value: such that those of three states can be added up. */
  bits(): Expression<"i32"> {
    return i32.load16_u(this.at, this.#kind.table + 6);
  }

  stateBits(): Expression<"i32"> {
    return i32.load8_u(this.at, this.#kind.table + 6);
  }

  valueBits(): Expression<"i32"> {
    return i32.load8_u(this.at, this.#kind.table + 7);
  }

  next(): Expression<"i32"> {
    return i32.load16_u(this.at, this.#kind.table + 4);
  }

  log(work: Address): Expression<"i32"> {
    return i32.load(work, this.#kind.log);
  }
}

class SequenceReader {
  readonly #f: Writer;
  readonly #given: Given;
  readonly #bits: BackwardBits;
  readonly #total: Local<"i32">;
  readonly #literalLength: State;
  readonly #matchLength: State;
  readonly #offset: State;
  readonly #last: readonly [Local<"i32">, Local<"i32">, Local<"i32">];

  constructor(f: Writer, given: Given) {
    const { from, end, work } = given;
    this.#f = f;
    this.#given = given;
    this.#bits = new BackwardBits(f.let(address.sub(end, 8), "lastWord"), f.let(bitsToMark(end), "read"));
    failIf(f, i32.gt_u(this.#bits.read, 8));
    this.#total = f.let(bitsBetween(from, end), "total");
    this.#literalLength = new State(f, literalLengths, work);
    this.#offset = new State(f, offsets, work);
    this.#matchLength = new State(f, matchLengths, work);
    const last = (index: number): Local<"i32"> => f.let(i32.load(work, lastOffsetsAt + index * 4), `last${index}`);
    this.#last = [last(0), last(1), last(2)];
  }

  run(): void {
    const f = this.#f;
    const { work, left } = this.#given;
    this.#firstStates();
    const count = f.local("i32", "literalLength");
    const length = f.local("i32", "matchLength");
    const offset = f.local("i32", "offset");
    const readValues = f.local("i32", "readValues");
    f.loop((again) => {
      failIf(f, i32.gt_u(this.#bits.read, this.#total));
      this.#next({ count, length, offset, readValues });
      copySequence(f, { ...this.#given, count, length, offset, patterns: address.add(work, patternsAt) });
      f.set(left, i32.sub(left, 1));
      f.brIf(again, left);
    });
    // The bits of the states behind the last sequence were not there to be read.
    failIf(f, i32.ne(readValues, this.#total));
    this.#last.forEach((each, index) => f.store(work, each, lastOffsetsAt + index * 4));
  }

  #firstStates(): void {
    const f = this.#f;
    const { work } = this.#given;
    const word = f.local("i64");
    for (const state of [this.#literalLength, this.#offset, this.#matchLength]) {
      const log = f.let(state.log(work));
      f.set(word, this.#bits.peek());
      f.set(state.at, address.at(work, firstBits(word, log), entryBytes));
      this.#bits.skip(f, log);
      f.free(log);
    }
    f.free(word);
  }

  /**
   * Reads the values of a sequence, and the states of the next one. A word has at least 57 bits: those of an offset (31) and of three states (9, 9
   * and 8), but not those of long lengths as well, which are seldom.
   */
  #next(into: {
    readonly count: Local<"i32">;
    readonly length: Local<"i32">;
    readonly offset: Local<"i32">;
    readonly readValues: Local<"i32">;
  }): void {
    const f = this.#f;
    const { count, length, offset, readValues } = into;
    const bits = this.#bits;
    f.scope(() => {
      const [literal, match, distance] = [this.#literalLength, this.#matchLength, this.#offset];
      const word = f.let(bits.peek(), "word");
      const all = f.let(i32.add(i32.add(literal.bits(), match.bits()), distance.bits()), "all");
      const offsetBits = f.let(distance.valueBits(), "offsetBits");
      const valueBits = f.let(i32.shr_u(all, 8), "valueBits");
      f.set(offset, i32.add(distance.base(), firstBits(word, offsetBits)));
      f.set(count, literal.base());
      f.set(length, match.base());
      f.set(readValues, i32.add(bits.read, valueBits));
      f.if(
        i32.ne(valueBits, offsetBits),
        () => {
          this.#lengthBits(count, length, offsetBits);
          f.set(bits.read, readValues);
          f.set(word, bits.peek());
        },
        () => f.set(word, i64.shl(word, i64.extend_i32_u(valueBits))),
      );
      this.#offsetOf(offset, offsetBits, count);
      this.#nextStates(word, i32.and(all, 255), readValues);
    });
  }

  /** Adds the bits of long lengths. */
  #lengthBits(count: Local<"i32">, length: Local<"i32">, offsetBits: Local<"i32">): void {
    const f = this.#f;
    const bits = this.#bits;
    f.scope(() => {
      bits.skip(f, offsetBits);
      const word = f.let(bits.peek());
      const more = f.let(this.#matchLength.valueBits());
      f.set(length, i32.add(length, firstBits(word, more)));
      f.set(word, i64.shl(word, i64.extend_i32_u(more)));
      f.set(count, i32.add(count, firstBits(word, this.#literalLength.valueBits())));
    });
  }

  /** The bits of all three states, as one number, are cut from its end. */
  #nextStates(word: Local<"i64">, stateBits: Expression<"i32">, readValues: Local<"i32">): void {
    const f = this.#f;
    const { work } = this.#given;
    f.scope(() => {
      const bits = f.let(stateBits);
      const number = f.let(firstBits(word, bits));
      f.set(this.#bits.read, i32.add(readValues, bits));
      const upper = f.local("i32");
      for (const state of [this.#offset, this.#matchLength]) {
        const own = f.let(state.stateBits());
        f.set(upper, i32.shr_u(number, own));
        f.set(number, i32.sub(number, i32.shl(upper, own)));
        f.set(state.at, address.add(address.at(work, number, entryBytes), address.of(state.next())));
        f.set(number, upper);
        f.free(own);
      }
      const state = this.#literalLength;
      f.set(state.at, address.add(address.at(work, number, entryBytes), address.of(state.next())));
    });
  }

  /**
   * Keeps the three offsets that were used last, of which the sequence may name one: 0, the last one, or 1 to 3, when there are no literals one more.
   * Whether an offset is new or the last one is not to be foreseen in columns of numbers, so that this costs no branch; the others are seldom.
   */
  #offsetOf(offset: Local<"i32">, offsetBits: Local<"i32">, count: Local<"i32">): void {
    const f = this.#f;
    const [first, second, third] = this.#last;
    f.block((done) => {
      f.block((other) => {
        f.brIf(other, i32.eq(offsetBits, 1));
        f.brIf(other, i32.eqz(i32.or(offset, count)));
        f.set(third, select(offset, second, third));
        f.set(second, select(offset, first, second));
        f.set(first, select(offset, offset, first));
        f.set(offset, first);
        f.br(done);
      });
      f.set(offset, i32.add(offset, i32.eqz(count)));
      const named = select(i32.eq(offset, 2), third, i32.sub(first, 1));
      f.if(
        i32.eq(offset, 1),
        () => f.set(offset, second),
        () => {
          f.set(offset, named);
          f.set(third, second);
        },
      );
      f.set(second, first);
      f.set(first, offset);
    });
  }
}
