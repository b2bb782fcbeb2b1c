import { address, type FunctionWriter, i32, type Local, type ModuleWriter, v128 } from "@vonk/wasm";
import { copyMatch, copyWide } from "./copy-match.ts";

const params = { from: "address", fromEnd: "address", to: "address", toEnd: "address" } as const;

/**
 * `snappy(from, fromEnd, to, toEnd)`: decompresses a raw Snappy block, which must fill `to` exactly. Gives 0 when it is none. Reads and spoils up
 * to 64 bytes behind both ends.
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function defineSnappy(module: ModuleWriter): void {
  const reference = module.function("snappy", { params, results: ["i32"] }, (f, { from, fromEnd, to, toEnd }) => {
    const start = f.let(to);
    const tag = f.local("i32");
    const count = f.local("i32");
    const distance = f.local("i32");
    skipLength(f, from, fromEnd);
    f.while(address.lt_u(from, fromEnd), ({ next }) => {
      f.set(tag, i32.load8_u(from));
      f.set(from, address.add(from, 1));
      f.if(i32.eqz(i32.and(tag, 3)), () => {
        literalLength(f, from, tag, count);
        failUnless(f, i32.and(fits(count, from, fromEnd), fits(count, to, toEnd)));
        f.if(
          i32.le_u(count, 16),
          () => f.store(to, v128.load(from, 0, 1), 0, 1),
          () => copyWide(f, to, from, count),
        );
        f.set(from, address.at(from, count, 1));
        f.set(to, address.at(to, count, 1));
        f.br(next);
      });
      copyTag(f, from, tag, count, distance);
      const known = f.let(address.sub(to, start));
      failUnless(f, i32.and(fits(count, to, toEnd), i32.and(address.le_u(address.of(distance), known), i32.ne(distance, 0))));
      f.free(known);
      copyMatch(f, to, distance, count);
    });
    return i32.and(address.eq(from, fromEnd), address.eq(to, toEnd));
  });
  module.exportFunction(reference);
}

type Address = Local<"address">;

/** Whether so many bytes, read as unsigned, lie between two addresses. */
function fits(count: Local<"i32">, at: Address, end: Address): ReturnType<typeof i32.and> {
  return address.le_u(address.of(count), address.sub(end, at));
}

function failUnless(f: FunctionWriter<readonly ["i32"]>, condition: ReturnType<typeof i32.and>): void {
  f.if(i32.eqz(condition), () => f.return(0));
}

function skipLength(f: FunctionWriter<readonly ["i32"]>, from: Address, fromEnd: Address): void {
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

/** Literals of more than 60 bytes have their length in 1 to 4 bytes. */
function literalLength(f: FunctionWriter, from: Address, tag: Local<"i32">, count: Local<"i32">): void {
  f.set(count, i32.shr_u(tag, 2));
  f.if(i32.ge_u(count, 60), () => {
    const bytes = f.let(i32.sub(count, 59));
    f.set(count, i32.and(i32.load(from, 0, 1), i32.shr_u(-1, i32.sub(32, i32.shl(bytes, 3)))));
    f.set(from, address.at(from, bytes, 1));
    f.free(bytes);
  });
  f.set(count, i32.add(count, 1));
}

function copyTag(f: FunctionWriter, from: Address, tag: Local<"i32">, count: Local<"i32">, distance: Local<"i32">): void {
  f.if(
    i32.eq(i32.and(tag, 3), 1),
    () => {
      f.set(count, i32.add(i32.and(i32.shr_u(tag, 2), 7), 4));
      f.set(distance, i32.or(i32.shl(i32.shr_u(tag, 5), 8), i32.load8_u(from)));
      f.set(from, address.add(from, 1));
    },
    () => {
      f.set(count, i32.add(i32.shr_u(tag, 2), 1));
      f.if(
        i32.eq(i32.and(tag, 3), 2),
        () => {
          f.set(distance, i32.load16_u(from, 0, 1));
          f.set(from, address.add(from, 2));
        },
        () => {
          f.set(distance, i32.load(from, 0, 1));
          f.set(from, address.add(from, 4));
        },
      );
    },
  );
}
