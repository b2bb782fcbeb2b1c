import { address, i32, i64, i64x2, i8x16, type Expression, type ModuleWriter, v128 } from "@vonk/wasm";

/**
 * PLAIN values to those of vectors.
 *
 * - `plainBytes(from, end, count, to)` writes where the values of a BYTE_ARRAY page lie; gives 0 when they end too early.
 * - `lengthBytes(lengths, from, end, count, to)` does so when the lengths stand apart, as i32; gives 0 when they are negative or too long.
 * - `fixedBytes(from, count, width, to)` does so for values of one width.
 * - `bits(from, count, to)` makes bytes of bits.
 * - `int96(from, count, to)` makes microseconds of nanoseconds and Julian days.
 * - `bigEndian64(from, count, width, to)` and `bigEndian128` reverse the bytes of integers and widen them.
 * - `widenSigned(from, count, factor, to)` and `widenUnsigned` make i64 of i32, times an i32.
 * - `multiply(from, count, factor, to)` and `divide(from, count, divisor, to)` scale i64; the quotient is rounded down.
 * - `widen128(from, count, _, to)` makes i128 of u64.
 * - `unsplit(from, count, width, to)` puts the bytes of values together whose first bytes come first, then their second, and so on.
 */
export function definePlain(module: ModuleWriter): void {
  for (const define of [defineBytes, defineNumbers, defineConversions]) define(module);
}

function ref(at: Expression<"address">, length: Expression<"i32">): Expression<"i64"> {
  return i64.or(address.asI64(at), i64.shl(i64.extend_i32_u(length), 32));
}

function defineBytes(module: ModuleWriter): void {
  const plainParams = { from: "address", end: "address", count: "i32", to: "address" } as const;
  const plainBytes = module.function("plainBytes", { params: plainParams, results: ["i32"] }, (f, { from, end, count, to }) => {
    const length = f.local("i32");
    f.while(count, () => {
      f.if(address.lt_u(address.sub(end, from), 4), () => f.return(0));
      f.set(length, i32.load(from, 0, 1));
      f.set(from, address.add(from, 4));
      f.if(address.lt_u(address.sub(end, from), address.of(length)), () => f.return(0));
      f.store(to, ref(from, length));
      f.set(from, address.at(from, length, 1));
      f.set(to, address.add(to, 8));
      f.set(count, i32.sub(count, 1));
    });
    return 1;
  });
  const lengthParams = { lengths: "address", ...plainParams } as const;
  const lengthBytes = module.function("lengthBytes", { params: lengthParams, results: ["i32"] }, (f, { lengths, from, end, count, to }) => {
    const length = f.local("i32");
    f.while(count, () => {
      f.set(length, i32.load(lengths));
      f.set(lengths, address.add(lengths, 4));
      f.if(address.lt_u(address.sub(end, from), address.of(length)), () => f.return(0));
      f.store(to, ref(from, length));
      f.set(from, address.at(from, length, 1));
      f.set(to, address.add(to, 8));
      f.set(count, i32.sub(count, 1));
    });
    return 1;
  });
  const fixedParams = { from: "address", count: "i32", width: "i32", to: "address" } as const;
  const fixedBytes = module.function("fixedBytes", { params: fixedParams, results: [] }, (f, { from, count, width, to }) => {
    f.while(count, () => {
      f.store(to, ref(from, width));
      f.set(from, address.at(from, width, 1));
      f.set(to, address.add(to, 8));
      f.set(count, i32.sub(count, 1));
    });
  });
  for (const reference of [plainBytes, lengthBytes, fixedBytes]) module.exportFunction(reference);
}

const basic = { from: "address", count: "i32", to: "address" } as const;

function defineNumbers(module: ModuleWriter): void {
  const bits = module.function("bits", { params: basic, results: [] }, (f, { from, count, to }) => {
    const row = f.local("i32");
    f.for(row, 0, count, () => {
      const byte = i32.load8_u(address.at(from, i32.shr_u(row, 3), 1));
      f.store8(address.at(to, row, 1), i32.and(i32.shr_u(byte, i32.and(row, 7)), 1));
    });
  });
  const int96 = module.function("int96", { params: basic, results: [] }, (f, { from, count, to }) => {
    f.while(count, () => {
      const day = i64.sub(i64.load32_u(from, 8, 1), 2_440_588);
      f.store(to, i64.add(i64.mul(day, 86_400_000_000), i64.div_s(i64.load(from, 0, 1), 1000)));
      f.set(from, address.add(from, 12));
      f.set(to, address.add(to, 8));
      f.set(count, i32.sub(count, 1));
    });
  });
  const splitParams = { from: "address", count: "i32", width: "i32", to: "address" } as const;
  const unsplit = module.function("unsplit", { params: splitParams, results: [] }, (f, { from, count, width, to }) => {
    const byte = f.local("i32");
    const row = f.local("i32");
    const at = f.local("address");
    f.for(byte, 0, width, () => {
      f.set(at, address.at(to, byte, 1));
      f.for(row, 0, count, () => {
        f.store8(at, i32.load8_u(from));
        f.set(from, address.add(from, 1));
        f.set(at, address.at(at, width, 1));
      });
    });
  });
  for (const reference of [bits, int96, unsplit]) module.exportFunction(reference);
}

function defineConversions(module: ModuleWriter): void {
  const reverse = [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
  const wideParams = { from: "address", count: "i32", width: "i32", to: "address" } as const;
  for (const bytes of [8, 16] as const) {
    const name = `bigEndian${bytes * 8}`;
    const reference = module.function(name, { params: wideParams, results: [] }, (f, { from, count, width, to }) => {
      // The 16 bytes that end with the value, reversed: it is at the low end then, with other bytes above it.
      const vector = f.local("v128");
      const shift = f.let(i64.extend_i32_u(i32.shl(i32.sub(8, i32.and(width, 7)), 3)));
      const cut = (half: Expression<"i64">): Expression<"i64"> => i64.shr_s(i64.shl(half, shift), shift);
      f.while(count, () => {
        f.set(from, address.at(from, width, 1));
        f.set(vector, i8x16.shuffle(v128.load(address.sub(from, 16), 0, 1), v128.load(address.sub(from, 16), 0, 1), reverse));
        const low = f.let(i64x2.extract_lane(vector, 0));
        const high = f.let(i64x2.extract_lane(vector, 1));
        f.if(i32.lt_u(width, 8), () => f.set(low, cut(low)));
        f.if(
          i32.le_u(width, 8),
          () => f.set(high, i64.shr_s(low, 63)),
          () => f.if(i32.lt_u(width, 16), () => f.set(high, cut(high))),
        );
        f.store(to, low);
        if (bytes === 16) f.store(to, high, 8);
        f.free(high);
        f.free(low);
        f.set(to, address.add(to, bytes));
        f.set(count, i32.sub(count, 1));
      });
    });
    module.exportFunction(reference);
  }
  const scaleParams = { from: "address", count: "i32", factor: "i32", to: "address" } as const;
  const each = (
    name: string,
    step: number,
    bytes: number,
    value: (from: Expression<"address">, factor: Expression<"i64">) => Expression<"i64">,
  ): void => {
    const reference = module.function(name, { params: scaleParams, results: [] }, (f, { from, count, factor, to }) => {
      const wide = f.let(i64.extend_i32_s(factor));
      f.while(count, () => {
        f.store(to, value(from, wide));
        if (bytes === 16) f.store(to, i64.const(0), 8);
        f.set(from, address.add(from, step));
        f.set(to, address.add(to, bytes));
        f.set(count, i32.sub(count, 1));
      });
    });
    module.exportFunction(reference);
  };
  each("widenSigned", 4, 8, (from, factor) => i64.mul(i64.load32_s(from, 0, 1), factor));
  each("widenUnsigned", 4, 8, (from, factor) => i64.mul(i64.load32_u(from, 0, 1), factor));
  each("multiply", 8, 8, (from, factor) => i64.mul(i64.load(from, 0, 1), factor));
  each("divide", 8, 8, (from, factor) => {
    const value = i64.load(from, 0, 1);
    const isRoundedUp = i64.and(i64.shr_u(value, 63), i64.extend_i32_u(i64.ne(i64.rem_s(value, factor), 0)));
    return i64.sub(i64.div_s(value, factor), isRoundedUp);
  });
  each("widen128", 8, 16, (from) => i64.load(from, 0, 1));
}
