import { address, type Expression, type FunctionWriter, i32, i64, type Label, type Local, type ModuleWriter, select } from "@vonk/wasm";
import { copyMatch, copyWide, patternAt, patternTableBytes, writePatternTable } from "./copy-match.ts";

const params = { from: "address", fromEnd: "address", to: "address", toEnd: "address", table: "address" } as const;

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["i32"]>;

/** Bytes that two elements may take of the input, or give, when the first is one of the usual and the second is no long literal. */
const shortBytes = 80;

/** Bytes of the table that `snappy` needs in memory. */
export const snappyTableBytes: number = patternTableBytes + 256 * 4;

/** What `snappy` counts for tags that are no copies of one or two bytes of distance: more than it takes the fast way. */
const noCopy = 255;

/**
 * Writes the table: that of {@link copyMatch}, and behind it a word for each tag. Its lowest byte is how many bytes a copy gives, the next one the high
 * bits of its distance, if the tag has them, and the upper half masks the other bits out of the two bytes behind the tag. Made once a thread, for it is written for each row group.
 */
export function writeSnappyTable(bytes: Uint8Array, at: number): void {
  bytes.set((snappyTable ??= makeSnappyTable()), at);
}

let snappyTable: Uint8Array | undefined;

function makeSnappyTable(): Uint8Array {
  const bytes = new Uint8Array(snappyTableBytes);
  writePatternTable(bytes, 0);
  for (let tag = 0; tag < 256; tag++) {
    const kind = tag & 3;
    const count = kind === 1 ? ((tag >> 2) & 7) + 4 : kind === 2 ? (tag >> 2) + 1 : noCopy;
    bytes.set([count, kind === 1 ? tag >> 5 : 0, 255, kind === 1 ? 0 : 255], patternTableBytes + tag * 4);
  }
  return bytes;
}

/**
 * `snappy(from, fromEnd, to, toEnd, table)`: decompresses a raw Snappy block, which must fill `to` exactly. Gives 0 when it is none. Reads and spoils
 * up to 64 bytes behind both ends. `table` is that of {@link writeSnappyTable}.
 *
 * Most of a page of integers are literals of a few bytes, each with a copy behind it, and short copies. These are taken by {@link Elements.usual} with
 * few instructions and, what counts more, few steps from where one element begins to where the next one does: `from` is there before it is known that
 * the element is one of the usual, and goes back if it is not. Others are taken one by one.
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function defineSnappy(module: ModuleWriter): void {
  const reference = module.function("snappy", { params, results: ["i32"] }, (f, given) => {
    const { from, fromEnd, to, toEnd } = given;
    const elements = new Elements(f, given);
    skipLength(f, from, fromEnd);
    // While an element of the usual length fits whatever it is, only distances and long literals are checked.
    f.if(i32.and(isFar(from, fromEnd), isFar(to, toEnd)), () => {
      const fromSafe = f.let(address.sub(fromEnd, shortBytes));
      const toSafe = f.let(address.sub(toEnd, shortBytes));
      f.block((done) =>
        f.loop((again) => {
          elements.usual(fromSafe, toSafe, done);
          elements.next(false);
          f.br(again);
        }),
      );
      f.free(fromSafe);
      f.free(toSafe);
    });
    f.while(address.lt_u(from, fromEnd), () => elements.next(true));
    return i32.and(address.eq(from, fromEnd), address.eq(to, toEnd));
  });
  module.exportFunction(reference);
}

function isFar(at: Address, end: Address): Expression<"i32"> {
  return address.gt_u(address.sub(end, at), shortBytes);
}

/** `most` less one byte when the copy whose tag `low` begins with has one byte of distance: these tags are odd, those with two are even. */
function behindCopy(most: Expression<"address">, low: Local<"i32">): Expression<"address"> {
  return address.sub(most, address.of(i32.and(low, 1)));
}

/** Whether so many bytes, read as unsigned, lie between two addresses. */
function fits(count: Local<"i32">, at: Address, end: Address): Expression<"i32"> {
  return address.le_u(address.of(count), address.sub(end, at));
}

function failUnless(f: Writer, condition: Expression<"i32">): void {
  f.if(i32.eqz(condition), () => f.return(0));
}

function skipLength(f: Writer, from: Address, fromEnd: Address): void {
  f.scope(() => {
    const byte = f.local("i32");
    f.loop((again) => {
      f.if(address.ge_u(from, fromEnd), () => f.return(0));
      f.set(byte, i32.load8_u(from));
      f.set(from, address.add(from, 1));
      f.brIf(again, i32.ge_u(byte, 128));
    });
  });
}

class Elements {
  readonly #f: Writer;
  readonly #given: { readonly [N in keyof typeof params]: Address };
  readonly #start: Address;
  readonly #tag: Local<"i32">;
  readonly #count: Local<"i32">;
  readonly #distance: Local<"i32">;

  constructor(f: Writer, given: { readonly [N in keyof typeof params]: Address }) {
    this.#f = f;
    this.#given = given;
    this.#start = f.let(given.to, "start");
    this.#tag = f.local("i32", "tag");
    this.#count = f.local("i32", "count");
    this.#distance = f.local("i32", "distance");
  }

  /** Writes elements while they are short; goes to `done` when it comes near an end. */
  usual(fromSafe: Address, toSafe: Address, done: Label): void {
    const f = this.#f;
    const { from, to } = this.#given;
    const word = f.local("i64", "word");
    const before = f.local("address", "before");
    f.block((unusual) =>
      f.loop((again) => {
        f.brIf(done, address.ge_u(from, fromSafe));
        f.brIf(done, address.ge_u(to, toSafe));
        for (let element = 0; element < 2; element++) {
          f.set(word, i64.load(from, 0, 1));
          f.set(before, from);
          f.if(
            i32.and(i32.wrap_i64(word), 3),
            () => this.#shortCopy(word, unusual),
            () => this.#shortPair(word, unusual),
          );
        }
        f.br(again);
      }),
    );
    f.set(from, before);
    f.free(before);
    f.free(word);
  }

  /** A copy of up to 16 bytes. `word` begins with its tag. */
  #shortCopy(word: Local<"i64">, unusual: Label): void {
    const f = this.#f;
    const { from, to, table } = this.#given;
    f.scope(() => {
      const low = f.let(i32.wrap_i64(word));
      f.set(from, behindCopy(address.add(from, 3), low));
      const source = f.local("address");
      this.#copyOf(low, source, unusual);
      f.brIf(unusual, i32.gt_u(this.#count, 16));
      f.if(
        i32.ge_u(this.#distance, 8),
        () => {
          // By 8 bytes at a time, for what one store wrote can be read before it has reached the cache.
          f.store(to, i64.load(source, 0, 1), 0, 1);
          f.store(to, i64.load(source, 8, 1), 8, 1);
        },
        () => {
          f.brIf(unusual, i32.eqz(this.#distance));
          f.store(to, patternAt(source, this.#distance, table), 0, 1);
        },
      );
      f.set(to, address.at(to, this.#count, 1));
    });
  }

  /**
   * A literal of up to 4 bytes and the copy behind it, of up to 16 bytes together: all that is known of them lies in `word`. They are put together
   * before they are written, so that a column that rises, whose values are each the one before with another first byte, reads what one store wrote.
   */
  #shortPair(word: Local<"i64">, unusual: Label): void {
    const f = this.#f;
    const { from, to } = this.#given;
    f.brIf(unusual, i32.and(i32.wrap_i64(word), 0xf0));
    f.scope(() => {
      // Four times the length less one is the tag, so that twice the tag are the bits.
      const bits = f.let(i64.add(word, word));
      const less = f.let(i32.shr_u(i32.and(i32.wrap_i64(word), 255), 2));
      const low = f.let(i32.wrap_i64(i64.shr_u(i64.shr_u(word, 16), bits)));
      f.set(from, behindCopy(address.at(address.add(from, 5), less, 1), low));
      const source = f.local("address");
      this.#copyOf(low, source, unusual);
      f.brIf(unusual, i32.lt_u(this.#distance, 8));
      const total = f.let(i32.add(i32.add(this.#count, 1), less));
      f.brIf(unusual, i32.gt_u(total, 16));
      const literal = f.let(i64.shr_u(word, 8));
      const mask = i64.shl(i64.const(-256), bits);
      f.store(to, i64.xor(literal, i64.and(i64.xor(literal, i64.load(source, 0, 1)), mask)), 0, 1);
      f.store(to, i64.load(source, 8, 1), 8, 1);
      f.set(to, address.at(to, total, 1));
    });
  }

  /** How much the copy whose tag `low` begins with gives, and where from, unless that is too far. */
  #copyOf(low: Local<"i32">, source: Address, unusual: Label): void {
    const f = this.#f;
    const { to, table } = this.#given;
    f.scope(() => {
      const entry = f.let(i32.load(address.at(table, i32.and(low, 255), 4), patternTableBytes));
      f.set(this.#count, i32.and(entry, 255));
      f.set(this.#distance, i32.add(i32.and(i32.shr_u(low, 8), i32.shr_u(entry, 16)), i32.and(entry, 0xff00)));
      f.set(source, address.sub(to, address.of(this.#distance)));
    });
    f.brIf(unusual, address.lt_u(source, this.#start));
  }

  /** Writes one element; `isChecked` when a short one may go beyond an end. */
  next(isChecked: boolean): void {
    const f = this.#f;
    const { from } = this.#given;
    f.set(this.#tag, i32.load8_u(from));
    f.set(from, address.add(from, 1));
    f.if(
      i32.and(this.#tag, 3),
      () => this.#copy(isChecked),
      () => this.#literal(isChecked),
    );
  }

  #literal(isChecked: boolean): void {
    const f = this.#f;
    const { from, fromEnd, to, toEnd } = this.#given;
    const count = this.#count;
    const check = (): void => failUnless(f, i32.and(fits(count, from, fromEnd), fits(count, to, toEnd)));
    f.set(count, i32.add(i32.shr_u(this.#tag, 2), 1));
    f.if(
      i32.le_u(count, 60),
      () => {
        if (isChecked) check();
        copyWide(f, to, from, count);
      },
      () => {
        // The length less one is in the next 1 to 4 bytes.
        const bytes = f.let(i32.sub(count, 60));
        f.set(count, i32.add(i32.and(i32.load(from, 0, 1), i32.shr_u(-1, i32.sub(32, i32.shl(bytes, 3)))), 1));
        f.set(from, address.at(from, bytes, 1));
        f.free(bytes);
        check();
        f.memoryCopy(to, from, address.of(count));
      },
    );
    f.set(from, address.at(from, count, 1));
    f.set(to, address.at(to, count, 1));
  }

  #copy(isChecked: boolean): void {
    const f = this.#f;
    const { from, to, toEnd, table } = this.#given;
    const tag = this.#tag;
    const count = this.#count;
    const distance = this.#distance;
    // One byte of distance, or two: told apart without a branch.
    const isNear = f.let(i32.eq(i32.and(tag, 3), 1));
    f.set(count, select(isNear, i32.add(i32.and(i32.shr_u(tag, 2), 7), 4), i32.add(i32.shr_u(tag, 2), 1)));
    f.set(distance, i32.load16_u(from, 0, 1));
    f.set(distance, select(isNear, i32.or(i32.shl(i32.and(tag, 0xe0), 3), i32.and(distance, 255)), distance));
    f.set(from, address.sub(address.add(from, 2), address.of(isNear)));
    f.free(isNear);
    f.if(i32.eq(i32.and(tag, 3), 3), () => {
      f.set(distance, i32.load(address.sub(from, 2), 0, 1));
      f.set(from, address.add(from, 2));
    });
    const known = address.sub(to, this.#start);
    failUnless(f, i32.and(address.le_u(address.of(distance), known), i32.ne(distance, 0)));
    if (isChecked) failUnless(f, fits(count, to, toEnd));
    copyMatch(f, to, distance, count, table);
  }
}
