import { address, type Expression, type FunctionWriter, i32, type Local, type ModuleWriter, select } from "@vonk/wasm";
import { copyMatch, copyWide } from "./copy-match.ts";

const params = { from: "address", fromEnd: "address", to: "address", toEnd: "address", table: "address" } as const;

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["i32"]>;

/** Bytes that an element may take of the input, or give, when it is no long literal. */
const shortBytes = 64;

/**
 * `snappy(from, fromEnd, to, toEnd, table)`: decompresses a raw Snappy block, which must fill `to` exactly. Gives 0 when it is none. Reads and spoils
 * up to 64 bytes behind both ends. `table` is that of {@link copyMatch}.
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
      f.while(i32.and(address.lt_u(from, fromSafe), address.lt_u(to, toSafe)), () => elements.next(false));
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
