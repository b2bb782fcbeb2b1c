import {
  address,
  type Expression,
  type FunctionReference,
  type FunctionWriter,
  i16x8,
  i32,
  i64,
  type Local,
  type ModuleWriter,
} from "@vonk/wasm";
import { BackwardBits, bitsBetween, bitsToMark, distance, firstBits } from "./backward-bits.ts";
import type { BuildTable, DescribedCounts } from "./fse-table.ts";
import { countsAt, entry as entryAt, huffmanBitsMax, ranksAt, symbolsAt, weightCodes, weightsAt } from "./work-area.ts";

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["address"]>;

const params = { from: "address", end: "address", work: "address" } as const;

/** Reads a Huffman tree into the work area: the address behind it, or 0 when it is none. */
export type ReadTree = FunctionReference<typeof params, readonly ["address"]>;

/** Symbols that weights are written for at most; that of one more follows from theirs. */
const weightsMax = 255;

/**
 * Defines {@link ReadTree}. A tree is described by the weight of each symbol, which is one more than by how many bits its code is shorter than the
 * longest; 0 for those that do not come. Weights are written by 4 bits each, or compressed.
 * @see RFC 8878, 4.2.1
 */
export function defineReadTree(module: ModuleWriter, counts: DescribedCounts, build: BuildTable): ReadTree {
  const compressed = defineCompressedWeights(module, counts, build);
  return module.function("zstdTree", { params, results: ["address"] }, (f, { from, end, work }) => {
    failIf(f, address.ge_u(from, end));
    const size = f.let(i32.load8_u(from), "size");
    const weights = f.let(address.add(work, weightsAt), "weights");
    const symbols = f.local("i32", "symbols");
    const after = f.local("address", "after");
    f.set(from, address.add(from, 1));
    f.if(
      i32.ge_u(size, 128),
      () => {
        f.set(symbols, i32.sub(size, 127));
        f.set(after, address.at(from, i32.shr_u(i32.add(symbols, 1), 1), 1));
        failIf(f, address.gt_u(after, end));
        unpackWeights(f, from, weights, symbols);
      },
      () => {
        f.set(after, address.at(from, size, 1));
        failIf(f, address.gt_u(after, end));
        f.callInto(compressed, { from, end: after, work }, [symbols]);
        failIf(f, i32.eqz(symbols));
      },
    );
    const ranks = f.let(address.add(work, ranksAt));
    const bits = countRanks(f, weights, symbols, ranks);
    placeRanks(f, ranks, bits);
    fillSymbols(f, { work, weights, symbols, ranks, bits });
    return after;
  });
}

function failIf(f: Writer, condition: Expression<"i32">): void {
  f.if(condition, () => f.return(0));
}

function unpackWeights(f: Writer, from: Address, weights: Address, symbols: Local<"i32">): void {
  f.scope(() => {
    const symbol = f.local("i32");
    f.for(
      symbol,
      0,
      symbols,
      () => {
        const pair = f.let(i32.load8_u(address.at(from, i32.shr_u(symbol, 1), 1)));
        const at = f.let(address.at(weights, symbol, 1));
        f.store8(at, i32.shr_u(pair, 4));
        f.store8(at, i32.and(pair, 15), 1);
        f.free(pair);
        f.free(at);
      },
      2,
    );
  });
}

/** Counts the symbols of each weight, and gives the last one its own: what is left to a power of two. The bits of the longest code. */
function countRanks(f: Writer, weights: Address, symbols: Local<"i32">, ranks: Address): Local<"i32"> {
  const bits = f.local("i32", "bits");
  f.memoryFill(ranks, 0, 64);
  const raise = (weight: Local<"i32">): void => {
    const rank = f.let(address.at(ranks, weight, 4));
    f.store(rank, i32.add(i32.load(rank), 1));
    f.free(rank);
  };
  f.scope(() => {
    const symbol = f.local("i32");
    const weight = f.local("i32");
    const sum = f.let(i32.const(0));
    f.for(symbol, 0, symbols, () => {
      f.set(weight, i32.load8_u(address.at(weights, symbol, 1)));
      failIf(f, i32.gt_u(weight, huffmanBitsMax));
      raise(weight);
      f.set(sum, i32.add(sum, i32.shr_u(i32.shl(1, weight), 1)));
    });
    failIf(f, i32.eqz(sum));
    f.set(bits, i32.sub(32, i32.clz(sum)));
    failIf(f, i32.gt_u(bits, huffmanBitsMax));
    const rest = f.let(i32.sub(i32.shl(1, bits), sum));
    failIf(f, i32.and(rest, i32.sub(rest, 1)));
    f.set(weight, i32.sub(32, i32.clz(rest)));
    f.store8(address.at(weights, symbols, 1), weight);
    raise(weight);
    f.set(symbols, i32.add(symbols, 1));
    // A tree has two longest codes, or they could be shorter.
    failIf(f, i32.lt_u(i32.load(ranks, 4), 2));
    failIf(f, i32.and(i32.load(ranks, 4), 1));
  });
  return bits;
}

/** Makes of how many symbols a weight has where the first of them lies in the table: the lightest come first. In units of the table. */
function placeRanks(f: Writer, ranks: Address, bits: Local<"i32">): void {
  f.scope(() => {
    const weight = f.local("i32");
    const next = f.let(i32.const(0));
    f.for(weight, 1, i32.add(bits, 1), () => {
      const rank = f.let(address.at(ranks, weight, 4));
      const count = f.let(i32.load(rank));
      f.store(rank, next);
      f.set(next, i32.add(next, i32.shl(count, i32.add(i32.sub(weight, 1), i32.sub(huffmanBitsMax, bits)))));
      f.free(rank);
      f.free(count);
    });
  });
}

interface Tree {
  readonly work: Address;
  readonly weights: Address;
  readonly symbols: Local<"i32">;
  readonly ranks: Address;
  readonly bits: Local<"i32">;
}

/** Writes the entries of each symbol: as many as there are ways for the bits behind its code to be. */
function fillSymbols(f: Writer, { work, weights, symbols, ranks, bits }: Tree): void {
  const symbol = f.local("i32");
  const table = f.let(address.add(work, symbolsAt));
  f.for(symbol, 0, symbols, ({ next }) => {
    const weight = f.let(i32.load8_u(address.at(weights, symbol, 1)));
    f.brIf(next, i32.eqz(weight));
    const rank = f.let(address.at(ranks, weight, 4));
    const at = f.let(address.at(table, i32.load(rank), 2));
    const entry = f.let(i32.or(symbol, i32.shl(i32.sub(i32.add(bits, 1), weight), 8)));
    const count = f.let(i32.shl(1, i32.add(i32.sub(weight, 1), i32.sub(huffmanBitsMax, bits))));
    f.store(rank, i32.add(i32.load(rank), count));
    fillEntries(f, at, entry, count);
    for (const local of [weight, rank, at, entry, count]) f.free(local);
  });
}

/** Writes an entry of two bytes `count` times, which is a power of two. */
function fillEntries(f: Writer, at: Address, entry: Local<"i32">, count: Local<"i32">): void {
  f.if(
    i32.ge_u(count, 8),
    () => {
      const end = f.let(address.at(at, count, 2));
      const entries = f.let(i16x8.splat(entry));
      f.loop((again) => {
        f.store(at, entries, 0, 1);
        f.set(at, address.add(at, 16));
        f.brIf(again, address.lt_u(at, end));
      });
      f.free(end);
      f.free(entries);
    },
    () => {
      const entries = f.let(i64.mul(i64.extend_i32_u(entry), 0x1000100010001n));
      f.if(
        i32.eq(count, 1),
        () => f.store16(at, entries),
        () =>
          f.if(
            i32.eq(count, 2),
            () => f.store32(at, entries, 0, 1),
            () => f.store(at, entries, 0, 1),
          ),
      );
      f.free(entries);
    },
  );
}

/** Weights that are compressed by FSE with two states in turn, until the bits end: how many there are, or 0 when they are none. */
function defineCompressedWeights(
  module: ModuleWriter,
  counts: DescribedCounts,
  build: BuildTable,
): FunctionReference<typeof params, readonly ["i32"]> {
  return module.function("zstdWeights", { params, results: ["i32"] }, (f, { from, end, work }) => {
    const log = f.local("i32", "log");
    f.callInto(counts, { from, end, work, logMax: weightCodes.logMax, codes: weightCodes.codes }, [from, log]);
    f.if(i32.or(address.eqz(from), address.ge_u(from, end)), () => f.return(0));
    const table = f.let(address.add(work, weightCodes.table), "table");
    f.call(build, {
      counts: address.add(work, countsAt),
      codes: weightCodes.codes,
      log,
      values: address.add(work, weightCodes.values),
      into: table,
      next: address.add(work, weightsAt),
    });
    const bits = new BackwardBits(f.let(address.sub(end, 8)), f.let(bitsToMark(end), "read"));
    f.if(i32.gt_u(bits.read, 8), () => f.return(0));
    const total = f.let(bitsBetween(from, end), "total");
    const word = f.local("i64", "word");
    const states = [f.local("address", "first"), f.local("address", "second")] as const;
    for (const state of states) {
      f.set(word, bits.peek());
      f.set(state, address.at(table, firstBits(word, log), entryAt.bytes));
      bits.skip(f, log);
    }
    f.if(i32.gt_u(bits.read, total), () => f.return(0));
    const [into, start] = [f.let(address.add(work, weightsAt)), f.let(address.add(work, weightsAt))];
    f.block((done) =>
      f.loop((again) => {
        states.forEach((state, index) => {
          f.store8(into, i32.load(state));
          f.set(into, address.add(into, 1));
          f.if(address.gt_u(into, address.add(start, weightsMax - 1)), () => f.return(0));
          const count = f.let(i32.load8_u(state, entryAt.stateBits));
          f.set(word, bits.peek());
          bits.skip(f, count);
          // When there are not enough bits for its next state, the other state has the last weight.
          f.if(i32.gt_u(bits.read, total), () => {
            f.store8(into, i32.load(states[1 - index] ?? state));
            f.set(into, address.add(into, 1));
            f.br(done);
          });
          f.set(state, address.at(address.of(i32.load(state, entryAt.next)), firstBits(word, count), entryAt.bytes));
          f.free(count);
        });
        f.br(again);
      }),
    );
    return distance(start, into);
  });
}
