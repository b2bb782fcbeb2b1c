import { address, type FunctionReference, type FunctionWriter, i32, type Local, type ModuleWriter } from "@vonk/wasm";
import { countsAt, entry as entryAt } from "./work-area.ts";

type Address = Local<"address">;

const describedParams = { from: "address", end: "address", work: "address", logMax: "i32", codes: "i32" } as const;
const builtParams = { counts: "address", codes: "i32", log: "i32", values: "address", into: "address", next: "address" } as const;

/** Reads how often each code comes, as a table is described: the address behind it and the table's binary logarithm, or 0 there when it is wrong. */
export type DescribedCounts = FunctionReference<typeof describedParams, readonly ["address", "i32"]>;

/** Fills a table of states. */
export type BuildTable = FunctionReference<typeof builtParams, readonly []>;

/**
 * Defines {@link DescribedCounts}: the counts are written as signed integers of 16 bits, -1 for a code that comes less than once, and 0 for those
 * that are not named. They are numbers of as few bits as what remains needs; behind a 0 the length of the run of zeros is given by two bits at a time.
 * @see RFC 8878, 4.1.1
 */
export function defineDescribedCounts(module: ModuleWriter): DescribedCounts {
  return module.function("zstdCounts", { params: describedParams, results: ["address", "i32"] }, (f, given) => {
    const { from, end, work, logMax, codes } = given;
    const counts = new CountReader(f, from, end);
    const log = counts.word();
    f.set(log, i32.add(i32.and(log, 15), 5));
    failIf(f, i32.gt_u(log, logMax));
    f.set(counts.position, 4);
    const remaining = f.let(i32.add(i32.shl(1, log), 1), "remaining");
    const code = f.let(i32.const(0), "code");
    const into = f.let(address.add(work, countsAt));
    f.memoryFill(into, 0, 512);
    f.while(i32.gt_s(remaining, 1), () => {
      failIf(f, i32.ge_u(code, codes));
      const count = counts.next(remaining);
      f.store16(address.at(into, code, 2), count);
      f.set(code, i32.add(code, 1));
      f.if(
        count,
        () => {
          const sign = f.let(i32.shr_s(count, 31));
          f.set(remaining, i32.sub(remaining, i32.sub(i32.xor(count, sign), sign)));
          f.free(sign);
        },
        () => counts.zeros(code, codes),
      );
      f.free(count);
    });
    failIf(f, i32.ne(remaining, 1));
    const after = f.let(address.at(from, i32.shr_u(i32.add(counts.position, 7), 3), 1));
    failIf(f, address.gt_u(after, end));
    return [after, log];
  });
}

function failIf(f: FunctionWriter<readonly ["address", "i32"]>, condition: ReturnType<typeof i32.eqz>): void {
  f.if(condition, () => f.return([0, 0]));
}

/** Bits from the first byte on, in each from the lowest bit on. */
class CountReader {
  readonly position: Local<"i32">;
  readonly #f: FunctionWriter<readonly ["address", "i32"]>;
  readonly #from: Address;
  readonly #end: Address;

  constructor(f: FunctionWriter<readonly ["address", "i32"]>, from: Address, end: Address) {
    this.#f = f;
    this.#from = from;
    this.#end = end;
    this.position = f.let(i32.const(0), "position");
  }

  /** At least 25 bits; leaves the function when the bytes have ended. */
  word(): Local<"i32"> {
    const f = this.#f;
    const at = f.let(address.at(this.#from, i32.shr_u(this.position, 3), 1));
    failIf(f, address.ge_u(at, this.#end));
    const word = f.let(i32.shr_u(i32.load(at, 0, 1), i32.and(this.position, 7)));
    f.free(at);
    return word;
  }

  /** A count. Of `remaining + 1` values it may have the lower ones take a bit less than the others. */
  next(remaining: Local<"i32">): Local<"i32"> {
    const f = this.#f;
    const value = this.word();
    const bits = f.let(i32.sub(32, i32.clz(remaining)));
    const half = f.let(i32.shl(1, i32.sub(bits, 1)));
    // Values up to 2 * half - 1 could be told apart: so many do not need the last bit.
    const shorter = f.let(i32.sub(i32.sub(i32.shl(half, 1), 1), remaining));
    const low = f.let(i32.and(value, i32.sub(half, 1)));
    f.if(
      i32.lt_u(low, shorter),
      () => {
        f.set(value, low);
        f.set(bits, i32.sub(bits, 1));
      },
      () => {
        f.set(value, i32.and(value, i32.sub(i32.shl(half, 1), 1)));
        f.if(i32.ge_u(value, half), () => f.set(value, i32.sub(value, shorter)));
      },
    );
    f.set(this.position, i32.add(this.position, bits));
    f.set(value, i32.sub(value, 1));
    for (const local of [bits, half, shorter, low]) f.free(local);
    return value;
  }

  /** Moves `code` over a run of zeros. */
  zeros(code: Local<"i32">, codes: Local<"i32">): void {
    const f = this.#f;
    f.loop((again) => {
      const run = this.word();
      f.set(run, i32.and(run, 3));
      f.set(this.position, i32.add(this.position, 2));
      f.set(code, i32.add(code, run));
      failIf(f, i32.gt_u(code, codes));
      f.brIf(again, i32.eq(run, 3));
      f.free(run);
    });
  }
}

/**
 * Defines {@link BuildTable}. `next` is room for 2 bytes a code; the counts must add up to the size of the table.
 * @see RFC 8878, 4.1.1
 */
export function defineBuildTable(module: ModuleWriter): BuildTable {
  return module.function("zstdStates", { params: builtParams, results: [] }, (f, { counts, codes, log, values, into, next }) => {
    const size = f.let(i32.shl(1, log), "size");
    spreadCodes(f, { counts, codes, size, into, next });
    const state = f.local("i32", "state");
    const code = f.local("i32");
    const rank = f.local("i32");
    const bits = f.local("i32");
    f.for(state, 0, size, () => {
      const entry = f.let(address.at(into, state, entryAt.bytes));
      f.set(code, i32.load(entry));
      const nextAt = f.let(address.at(next, code, 2));
      f.set(rank, i32.load16_u(nextAt));
      f.store16(nextAt, i32.add(rank, 1));
      f.set(bits, i32.sub(i32.add(log, i32.clz(rank)), 31));
      const value = f.let(address.at(values, code, 8));
      f.store(entry, i32.load(value));
      f.store(entry, i32.wrap_i64(address.asI64(address.at(into, i32.sub(i32.shl(rank, bits), size), entryAt.bytes))), entryAt.next);
      f.store(entry, i32.mul(i32.sub(i32.shl(1, bits), 1), entryAt.bytes), entryAt.mask);
      f.store(entry, i32.add(i32.load(value, 4), i32.mul(bits, 0x101)), entryAt.last);
      f.free(entry);
      f.free(nextAt);
      f.free(value);
    });
  });
}

/** Writes into each entry the code that its state stands for: those that come less than once at the end, the others over the table in large steps. */
function spreadCodes(
  f: FunctionWriter,
  given: {
    readonly counts: Address;
    readonly codes: Local<"i32">;
    readonly size: Local<"i32">;
    readonly into: Address;
    readonly next: Address;
  },
): void {
  const { counts, codes, size, into, next } = given;
  f.scope(() => {
    const high = f.let(size);
    const code = f.local("i32");
    const count = f.local("i32");
    f.for(code, 0, codes, () => {
      f.set(count, i32.load16_s(address.at(counts, code, 2)));
      f.if(i32.lt_s(count, 0), () => {
        f.set(high, i32.sub(high, 1));
        f.store(address.at(into, high, entryAt.bytes), code);
        f.set(count, 1);
      });
      f.store16(address.at(next, code, 2), count);
    });
    const position = f.let(i32.const(0));
    const step = f.let(i32.add(i32.add(i32.shr_u(size, 1), i32.shr_u(size, 3)), 3));
    const mask = f.let(i32.sub(size, 1));
    f.for(code, 0, codes, () => {
      f.set(count, i32.load16_s(address.at(counts, code, 2)));
      f.while(i32.gt_s(count, 0), () => {
        f.store(address.at(into, position, entryAt.bytes), code);
        f.loop((again) => {
          f.set(position, i32.and(i32.add(position, step), mask));
          f.brIf(again, i32.ge_u(position, high));
        });
        f.set(count, i32.sub(count, 1));
      });
    });
  });
}
