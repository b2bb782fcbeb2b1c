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
} from "@vonk/wasm";
import { BackwardBits, bitsBetween, bitsToMark, distance } from "./backward-bits.ts";
import { huffmanBitsMax, symbolsAt } from "./work-area.ts";

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["i32"]>;

const params = { from: "address", end: "address", to: "address", toEnd: "address", work: "address" } as const;
const restParams = { lastWord: "address", read: "i32", total: "i32", to: "address", toEnd: "address", table: "address" } as const;

/** Symbols that are decoded out of one word, and streams that are decoded together. */
const symbolsOfWord = 5;
/** Bytes of the lengths of three streams, before four. */
const lengthsBytes = 6;

/** Decodes what was compressed with the tree in the work area: 1, or 0 when it does not fill the place to its end. */
export type DecodeStreams = FunctionReference<typeof params, readonly ["i32"]>;

/** One stream, and four of which each has a quarter. */
export interface HuffmanStreams {
  readonly one: DecodeStreams;
  readonly four: DecodeStreams;
}

type StreamRest = FunctionReference<typeof restParams, readonly ["i32"]>;

/** Defines {@link HuffmanStreams}. @see RFC 8878, 4.2.2 */
export function defineHuffmanStreams(module: ModuleWriter): HuffmanStreams {
  const rest = defineStreamRest(module);
  const one = module.function("zstdStream", { params, results: ["i32"] }, (f, { from, end, to, toEnd, work }) => {
    failIf(f, address.ge_u(from, end));
    const lastWord = f.let(address.sub(end, 8));
    const bits = new BackwardBits(lastWord, f.let(bitsToMark(end), "read"));
    failIf(f, i32.gt_u(bits.read, 8));
    const table = f.let(address.add(work, symbolsAt));
    const total = f.let(bitsBetween(from, end));
    f.while(address.ge_u(address.sub(toEnd, to), symbolsOfWord), () => {
      decodeWord(f, bits, table, to);
      f.set(to, address.add(to, symbolsOfWord));
      failIf(f, i32.gt_u(bits.read, total));
    });
    return call(rest, { lastWord, read: bits.read, total, to, toEnd, table });
  });
  return { one, four: defineFourStreams(module, rest) };
}

function failIf(f: Writer, condition: Expression<"i32">): void {
  f.if(condition, () => f.return(0));
}

/**
 * Decodes as many symbols as the bits of a word are enough for. A bit of 1 is put behind these, and how far it has come tells how many were read:
 * that needs no counting of what each code has, and the steps from symbol to symbol are a shift, a load and a shift.
 */
function decodeWord(f: Writer, bits: BackwardBits, table: Address, to: Expression<"address">): void {
  f.scope(() => {
    const word = f.let(i64.or(bits.peek(), 1));
    const into = f.let(to);
    const entry = f.local("i32");
    for (let symbol = 0; symbol < symbolsOfWord; symbol++) {
      f.set(entry, i32.load16_u(address.at(table, i32.wrap_i64(i64.shr_u(word, 64 - huffmanBitsMax)), 2)));
      f.store8(into, entry, symbol);
      f.set(word, i64.shl(word, i64.extend_i32_u(i32.shr_u(entry, 8))));
    }
    bits.skip(f, i32.wrap_i64(i64.ctz(word)));
  });
}

/** Decodes the last symbols of a stream one by one: 1 when its bits end with them. */
function defineStreamRest(module: ModuleWriter): StreamRest {
  return module.function("zstdStreamRest", { params: restParams, results: ["i32"] }, (f, given) => {
    const { lastWord, read, total, to, toEnd, table } = given;
    const bits = new BackwardBits(lastWord, read);
    const entry = f.local("i32");
    f.while(address.lt_u(to, toEnd), () => {
      failIf(f, i32.gt_u(read, total));
      f.set(entry, i32.load16_u(address.at(table, i32.wrap_i64(i64.shr_u(bits.peek(), 64 - huffmanBitsMax)), 2)));
      f.store8(to, entry);
      bits.skip(f, i32.shr_u(entry, 8));
      f.set(to, address.add(to, 1));
    });
    return i32.eq(read, total);
  });
}

/** The four streams are read by their distance from the end of the last one, and written by theirs from where the first one is: few locals, so that they stay in registers. */
function defineFourStreams(module: ModuleWriter, rest: StreamRest): DecodeStreams {
  return module.function("zstdFourStreams", { params, results: ["i32"] }, (f, { from, end, to, toEnd, work }) => {
    failIf(f, i32.lt_u(distance(from, end), lengthsBytes + 4));
    const lengths = f.let(from);
    f.set(from, address.add(from, lengthsBytes));
    const lastWord = f.let(address.sub(end, 8), "lastWord");
    const table = f.let(address.add(work, symbolsAt), "table");
    const quarter = f.let(i32.shr_u(i32.add(distance(to, toEnd), 3), 2), "quarter");
    failIf(f, i32.lt_u(distance(to, toEnd), i32.mul(quarter, 3)));
    const streams = [0, 1, 2, 3].map((index) => {
      const total = f.let(bitsBetween(from, end), `total${index}`);
      if (index === 3) f.set(from, end);
      else f.set(from, address.at(from, i32.load16_u(lengths, index * 2, 1), 1));
      // A stream has a byte at least, and those before the last leave one to the last.
      failIf(f, i32.or(address.gt_u(from, end), i32.eq(bitsBetween(from, end), total)));
      const mark = f.let(bitsToMark(from));
      failIf(f, i32.gt_u(mark, 8));
      const read = f.let(i32.add(bitsBetween(from, end), mark), `read${index}`);
      f.free(mark);
      return { total, bits: new BackwardBits(lastWord, read) };
    });
    const start = f.let(to);
    const wholeEnd = f.let(address.at(to, i32.sub(distance(to, toEnd), i32.mul(quarter, 3)), 1));
    f.while(address.le_u(address.add(to, symbolsOfWord), wholeEnd), () => {
      const into = f.let(to);
      for (const { bits, total } of streams) {
        failIf(f, i32.gt_u(bits.read, total));
        decodeWord(f, bits, table, into);
        f.set(into, address.at(into, quarter, 1));
      }
      f.free(into);
      f.set(to, address.add(to, symbolsOfWord));
    });
    const quarterEnd = f.let(address.at(start, quarter, 1));
    streams.forEach(({ bits, total }, index) => {
      const last = index === 3 ? toEnd : quarterEnd;
      failIf(f, i32.eqz(call(rest, { lastWord, read: bits.read, total, to, toEnd: last, table })));
      f.set(to, address.at(to, quarter, 1));
      f.set(quarterEnd, address.at(quarterEnd, quarter, 1));
    });
    return 1;
  });
}
