import {
  address,
  call,
  type Expression,
  type FunctionReference,
  type FunctionWriter,
  i32,
  i64,
  type Label,
  type Local,
  type ModuleWriter,
  select,
} from "@vonk/wasm";
import { BackwardBits, bitsBetween, bitsToMark, firstBits } from "./backward-bits.ts";
import { copySequence, copyShortSequence } from "./copy-sequence.ts";
import { SequenceState } from "./sequence-state.ts";
import type { ReadSequenceTables } from "./sequence-tables.ts";
import { entry, lastOffsetsAt, literalLengths, matchLengths, offsets, rotatedMore, unusual as unusualFrom } from "./work-area.ts";

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

/** What is known of a sequence once its states and bits were read. */
interface Values {
  readonly count: Local<"i32">;
  readonly length: Local<"i32">;
  readonly offset: Local<"i32">;
}

/**
 * The loop over the sequences of a block. A column of integers has one for each value, so that what one costs is what counts.
 *
 * Tried without gain: all usual sequences in an inner loop of their own; two at a time, with the room for them counted before; reading 64 of them
 * before these are run, which was slower by a tenth.
 */
class SequenceReader {
  readonly #f: Writer;
  readonly #given: Given;
  readonly #bits: BackwardBits;
  readonly #total: Local<"i32">;
  readonly #literalLength: SequenceState;
  readonly #matchLength: SequenceState;
  readonly #offset: SequenceState;
  readonly #last: readonly [Local<"i32">, Local<"i32">, Local<"i32">];
  /** The next bits of the stream. */
  readonly #word: Local<"i64">;
  /** As {@link SequenceState.allBits}, the sum. */
  readonly #allBits: Local<"i32">;
  /** Bits that were read before those of the next states. */
  readonly #readValues: Local<"i32">;

  constructor(f: Writer, given: Given) {
    const { from, end, work } = given;
    this.#f = f;
    this.#given = given;
    this.#bits = new BackwardBits(f.let(address.sub(end, 8), "lastWord"), f.let(bitsToMark(end), "read"));
    failIf(f, i32.gt_u(this.#bits.read, 8));
    this.#total = f.let(bitsBetween(from, end), "total");
    this.#literalLength = new SequenceState(f, literalLengths);
    this.#offset = new SequenceState(f, offsets);
    this.#matchLength = new SequenceState(f, matchLengths);
    const last = (index: number): Local<"i32"> => f.let(i32.load(work, lastOffsetsAt + index * 4), `last${index}`);
    this.#last = [last(0), last(1), last(2)];
    this.#word = f.local("i64", "word");
    this.#allBits = f.local("i32", "allBits");
    this.#readValues = f.local("i32", "readValues");
  }

  run(): void {
    const f = this.#f;
    const { left } = this.#given;
    this.#firstStates();
    const values = { count: f.local("i32", "count"), length: f.local("i32", "length"), offset: f.local("i32", "offset") };
    const sequence = { ...this.#given, ...values };
    f.loop((again) => {
      failIf(f, i32.gt_u(this.#bits.read, this.#total));
      f.block((next) => {
        f.block((long) => {
          f.block((unusual) => {
            this.#readUsual(values, unusual);
            copyShortSequence(f, sequence, long);
            f.br(next);
          });
          this.#readUnusual(values);
        });
        copySequence(f, sequence);
      });
      f.set(left, i32.sub(left, 1));
      f.brIf(again, left);
    });
    // The bits of the states behind the last sequence were not there to be read.
    failIf(f, i32.ne(this.#readValues, this.#total));
    this.#last.forEach((each, index) => f.store(this.#given.work, each, lastOffsetsAt + index * 4));
  }

  #firstStates(): void {
    const f = this.#f;
    const { work } = this.#given;
    for (const state of [this.#literalLength, this.#offset, this.#matchLength]) {
      const log = f.let(state.log(work));
      f.set(this.#word, this.#bits.peek());
      state.begin(work, firstBits(this.#word, log));
      this.#bits.skip(f, log);
      f.free(log);
    }
  }

  /**
   * Reads the values of a sequence whose lengths have no bits, and goes on to the next states. A word has at least 57 bits: those of an offset (31) and
   * of three states (9, 9 and 8).
   *
   * Whether an offset is new or the last one is not to be foreseen in columns of numbers, so that this costs no branch.
   */
  #readUsual({ count, length, offset }: Values, unusual: Label): void {
    const f = this.#f;
    const bits = this.#bits;
    const [first, second, third] = this.#last;
    const word = this.#word;
    f.set(word, bits.peek());
    f.set(this.#allBits, i32.add(i32.add(this.#literalLength.allBits(), this.#matchLength.allBits()), this.#offset.allBits()));
    f.brIf(unusual, i32.ge_u(this.#allBits, unusualFrom));
    const shift = f.let(this.#offset.shift());
    f.set(this.#readValues, i32.sub(i32.add(bits.read, 63), shift));
    const value = i64.shr_u(i64.shr_u(word, 1), i64.extend_i32_u(shift));
    f.set(offset, i32.add(i32.wrap_i64(value), this.#offset.base()));
    f.set(count, this.#literalLength.base());
    f.set(length, this.#matchLength.base());
    f.set(third, select(offset, second, third));
    f.set(second, select(offset, first, second));
    f.set(first, select(offset, offset, first));
    f.set(offset, first);
    bits.skip(f, i32.sub(i32.and(this.#allBits, 255), rotatedMore));
    f.free(shift);
    this.#nextStates(i64.rotl(word, i64.extend_i32_u(this.#allBits)));
  }

  /** Reads the values of any sequence, and goes on to the next states. */
  #readUnusual({ count, length, offset }: Values): void {
    const f = this.#f;
    const bits = this.#bits;
    const word = this.#word;
    f.scope(() => {
      const offsetBits = f.let(this.#offset.valueBits());
      f.set(offset, i32.add(this.#offset.base(), firstBits(word, offsetBits)));
      bits.skip(f, offsetBits);
      f.set(word, bits.peek());
      const more = f.let(this.#matchLength.valueBits());
      f.set(length, i32.add(this.#matchLength.base(), firstBits(word, more)));
      f.set(word, i64.shl(word, i64.extend_i32_u(more)));
      bits.skip(f, more);
      f.set(more, this.#literalLength.valueBits());
      f.set(count, i32.add(this.#literalLength.base(), firstBits(word, more)));
      bits.skip(f, more);
      f.set(this.#readValues, bits.read);
      f.set(word, bits.peek());
      f.if(
        i32.gt_u(offsetBits, 1),
        () => this.#pushOffset(offset),
        () => this.#namedOffset(offset, count),
      );
      const states = i32.add(i32.add(this.#literalLength.stateBits(), this.#matchLength.stateBits()), this.#offset.stateBits());
      f.set(more, states);
      bits.skip(f, more);
      this.#nextStates(i64.rotl(word, i64.extend_i32_u(i32.add(more, rotatedMore))));
    });
  }

  /** The bits of all three states are at the low end of `rotated`, but for the size of an entry; what is above those of a state, its mask cuts off. */
  #nextStates(rotated: Expression<"i64">): void {
    const f = this.#f;
    const word = this.#word;
    f.set(word, rotated);
    for (const state of [this.#offset, this.#matchLength]) {
      const own = f.let(i64.load8_u(state.at, entry.stateBits));
      state.next(i32.wrap_i64(word));
      f.set(word, i64.rotr(word, own));
      f.free(own);
    }
    this.#literalLength.next(i32.wrap_i64(word));
  }

  #pushOffset(offset: Local<"i32">): void {
    const f = this.#f;
    const [first, second, third] = this.#last;
    f.set(third, second);
    f.set(second, first);
    f.set(first, offset);
  }

  /** Makes a distance of the number of a last offset: 0, the last one, or 1 to 3. Without literals that one would have gone on: they count from the one before. */
  #namedOffset(offset: Local<"i32">, count: Local<"i32">): void {
    const f = this.#f;
    const [first, second, third] = this.#last;
    f.set(offset, i32.add(offset, i32.eqz(count)));
    f.switch(
      offset,
      [
        () => f.set(offset, first),
        () => {
          f.set(offset, second);
          f.set(second, first);
          f.set(first, offset);
        },
        () => {
          f.set(offset, third);
          this.#pushOffset(offset);
        },
      ],
      () => {
        f.set(offset, i32.sub(first, 1));
        this.#pushOffset(offset);
      },
    );
  }
}
