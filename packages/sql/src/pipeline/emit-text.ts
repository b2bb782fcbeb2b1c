import { call, i32, i64, address, type Expression as Code, type FunctionReference, type ModuleWriter } from "@vonk/wasm";

/*
 * Text in generated code is an i64: where the bytes lie in the lower half, how many there are in the upper. Eight bytes are read at once, which may
 * be beyond an end: buffers have slack.
 */

type Text = Code<"i64">;
type OfOne<R extends "i64" | "i32"> = FunctionReference<{ readonly text: "i64" }, readonly [R]>;
type OfTwo = FunctionReference<{ readonly a: "i64"; readonly b: "i64" }, readonly ["i32"]>;
type Find = FunctionReference<{ readonly text: "i64"; readonly from: "i32"; readonly needle: "i64" }, readonly ["i32"]>;
type Slice = FunctionReference<{ readonly text: "i64"; readonly position: "i32"; readonly count: "i32" }, readonly ["i64"]>;

const golden = 0x9e37_79b9_7f4a_7c15n;

/** Where a text's bytes lie. */
export function textAddress(text: Text): Code<"address"> {
  return address.cut(i64.and(text, 0xffff_ffffn));
}

/** How many bytes a text has. */
export function textLength(text: Text): Code<"i32"> {
  return i32.wrap_i64(i64.shr_u(text, 32));
}

/** Functions on text, each written into the module when it is first used. */
export class TextFunctions {
  readonly #module: ModuleWriter;
  #hash: OfOne<"i64"> | undefined;
  #equal: OfTwo | undefined;
  #compare: OfTwo | undefined;
  #find: Find | undefined;
  #slice: Slice | undefined;

  constructor(module: ModuleWriter) {
    this.#module = module;
  }

  /** A hash of the bytes; its upper bits are the good ones. */
  hash(text: Text): Code<"i64"> {
    return call((this.#hash ??= defineHash(this.#module)), { text });
  }

  /** 1 when the bytes are the same. */
  equal(a: Text, b: Text): Code<"i32"> {
    return call((this.#equal ??= defineEqual(this.#module)), { a, b });
  }

  /** Below 0, 0, or above, in the order of the bytes. */
  compare(a: Text, b: Text): Code<"i32"> {
    return call((this.#compare ??= defineCompare(this.#module)), { a, b });
  }

  /** The byte at which a text is found from one on, or -1. */
  find(text: Text, from: Code<"i32">, needle: Text): Code<"i32"> {
    return call((this.#find ??= defineFind(this.#module)), { text, from, needle });
  }

  /** So many characters from a position on, which counts from 0. */
  slice(text: Text, position: Code<"i32">, count: Code<"i32">): Text {
    return call((this.#slice ??= defineSlice(this.#module)), { text, position, count });
  }
}

/** The bits that are bytes of a text of which less than eight are left. */
function maskOf(left: Code<"i32">): Code<"i64"> {
  return i64.sub(i64.shl(1n, i64.extend_i32_u(i32.shl(left, 3))), 1n);
}

function defineHash(module: ModuleWriter): OfOne<"i64"> {
  return module.function("hashText", { params: { text: "i64" }, results: ["i64"] }, (f, { text }) => {
    const at = f.let(textAddress(text));
    const left = f.let(textLength(text));
    const hash = f.let(i64.mul(i64.extend_i32_u(left), golden));
    const mix = (word: Code<"i64">): void => {
      f.set(hash, i64.mul(i64.xor(i64.rotl(hash, 29), word), golden));
      f.set(hash, i64.xor(hash, i64.shr_u(hash, 32)));
    };
    f.while(i32.ge_s(left, 8), () => {
      mix(i64.load(at, 0, 1));
      f.set(at, address.add(at, 8));
      f.set(left, i32.sub(left, 8));
    });
    f.if(left, () => mix(i64.and(i64.load(at, 0, 1), maskOf(left))));
    return i64.mul(hash, golden);
  });
}

function defineEqual(module: ModuleWriter): OfTwo {
  return module.function("equalText", { params: { a: "i64", b: "i64" }, results: ["i32"] }, (f, { a, b }) => {
    f.if(i64.eq(a, b), () => f.return(1));
    f.if(i64.ne(i64.shr_u(a, 32), i64.shr_u(b, 32)), () => f.return(0));
    const left = f.let(textLength(a));
    const one = f.let(textAddress(a));
    const other = f.let(textAddress(b));
    f.while(i32.ge_s(left, 8), () => {
      f.if(i64.ne(i64.load(one, 0, 1), i64.load(other, 0, 1)), () => f.return(0));
      f.set(one, address.add(one, 8));
      f.set(other, address.add(other, 8));
      f.set(left, i32.sub(left, 8));
    });
    f.if(i32.eqz(left), () => f.return(1));
    return i64.eqz(i64.and(i64.xor(i64.load(one, 0, 1), i64.load(other, 0, 1)), maskOf(left)));
  });
}

function defineCompare(module: ModuleWriter): OfTwo {
  return module.function("compareText", { params: { a: "i64", b: "i64" }, results: ["i32"] }, (f, { a, b }) => {
    const one = f.let(textAddress(a));
    const other = f.let(textAddress(b));
    const at = f.local("i32");
    const shorter = f.let(textLength(a));
    f.if(i32.lt_s(textLength(b), shorter), () => f.set(shorter, textLength(b)));
    f.for(at, 0, shorter, () => {
      f.scope(() => {
        const x = f.let(i32.load8_u(address.at(one, at, 1)));
        const y = f.let(i32.load8_u(address.at(other, at, 1)));
        f.if(i32.ne(x, y), () => f.return(i32.sub(x, y)));
      });
    });
    return i32.sub(textLength(a), textLength(b));
  });
}

function defineFind(module: ModuleWriter): Find {
  return module.function(
    "findText",
    { params: { text: "i64", from: "i32", needle: "i64" }, results: ["i32"] },
    (f, { text, from, needle }) => {
      const length = f.let(textLength(needle));
      f.if(i32.eqz(length), () => f.return(from));
      const start = f.let(textAddress(text));
      const wanted = f.let(textAddress(needle));
      const last = f.let(i32.sub(textLength(text), length));
      // Most needles have at most eight bytes: then one masked comparison decides.
      const head = f.local("i64");
      f.set(head, -1n);
      f.if(i32.lt_s(length, 8), () => f.set(head, maskOf(length)));
      const begin = f.let(i64.and(i64.load(wanted, 0, 1), head));
      const at = f.let(from);
      f.while(i32.le_s(at, last), ({ next }) => {
        f.if(i64.eq(i64.and(i64.load(address.at(start, at, 1), 0, 1), head), begin), () => {
          f.if(i32.le_s(length, 8), () => f.return(at));
          f.scope(() => {
            const same = f.let(i32.const(8));
            f.while(
              i32.and(
                i32.lt_s(same, length),
                i32.eq(i32.load8_u(address.at(address.at(start, at, 1), same, 1)), i32.load8_u(address.at(wanted, same, 1))),
              ),
              () => f.set(same, i32.add(same, 1)),
            );
            f.if(i32.eq(same, length), () => f.return(at));
          });
        });
        f.set(at, i32.add(at, 1));
        f.br(next);
      });
      return i32.const(-1);
    },
  );
}

/** Bytes of UTF-8 that begin no character are `10xxxxxx`. */
function defineSlice(module: ModuleWriter): Slice {
  return module.function(
    "sliceText",
    { params: { text: "i64", position: "i32", count: "i32" }, results: ["i64"] },
    (f, { text, position, count }) => {
      const start = f.let(textAddress(text));
      const length = f.let(textLength(text));
      const at = f.let(i32.const(0));
      const skip = (characters: Code<"i32">): void =>
        f.scope(() => {
          const left = f.let(characters);
          f.while(i32.and(i32.lt_s(at, length), i32.gt_s(left, 0)), () => {
            f.set(at, i32.add(at, 1));
            f.while(i32.and(i32.lt_s(at, length), i32.eq(i32.and(i32.load8_u(address.at(start, at, 1)), 0xc0), 0x80)), () =>
              f.set(at, i32.add(at, 1)),
            );
            f.set(left, i32.sub(left, 1));
          });
        });
      skip(position);
      const first = f.let(at);
      skip(count);
      const bytes = i64.shl(i64.extend_i32_u(i32.sub(at, first)), 32);
      return i64.or(address.asI64(address.at(start, first, 1)), bytes);
    },
  );
}
