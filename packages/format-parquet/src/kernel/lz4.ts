import { address, type FunctionWriter, i32, type Local, type ModuleWriter } from "@vonk/wasm";
import { copyMatch, copyWide } from "./copy-match.ts";

const params = { from: "address", fromEnd: "address", to: "address", toEnd: "address", table: "address" } as const;

/**
 * `lz4(from, fromEnd, to, toEnd, table)`: decompresses an LZ4 block, which must fill `to` exactly. Gives 0 when it is none. Reads and spoils up to
 * 64 bytes behind both ends. `table` is that of {@link copyMatch}.
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 */
export function defineLZ4(module: ModuleWriter): void {
  const reference = module.function("lz4", { params, results: ["i32"] }, (f, { from, fromEnd, to, toEnd, table }) => {
    const start = f.let(to);
    const token = f.local("i32");
    const count = f.local("i32");
    const distance = f.local("i32");
    f.while(address.lt_u(from, fromEnd), ({ exit }) => {
      f.set(token, i32.load8_u(from));
      f.set(from, address.add(from, 1));
      f.set(count, i32.shr_u(token, 4));
      longLength(f, from, fromEnd, count);
      f.if(count, () => {
        f.if(i32.or(tooLong(count, from, fromEnd), tooLong(count, to, toEnd)), () => f.return(0));
        copyWide(f, to, from, count);
        f.set(from, address.at(from, count, 1));
        f.set(to, address.at(to, count, 1));
      });
      // The last sequence has literals alone.
      f.brIf(exit, address.eq(from, fromEnd));
      f.if(address.lt_u(address.sub(fromEnd, from), 2), () => f.return(0));
      f.set(distance, i32.load16_u(from, 0, 1));
      f.set(from, address.add(from, 2));
      f.set(count, i32.and(token, 15));
      longLength(f, from, fromEnd, count);
      f.set(count, i32.add(count, 4));
      const known = f.let(address.sub(to, start));
      f.if(i32.or(tooLong(count, to, toEnd), i32.or(i32.eqz(distance), address.gt_u(address.of(distance), known))), () => f.return(0));
      f.free(known);
      copyMatch(f, to, distance, count, table);
    });
    return address.eq(to, toEnd);
  });
  module.exportFunction(reference);
}

type Address = Local<"address">;

function tooLong(count: Local<"i32">, at: Address, end: Address): ReturnType<typeof i32.or> {
  return address.gt_u(address.of(count), address.sub(end, at));
}

/** A length of 15 goes on in the bytes that follow, as long as they are 255. */
function longLength(f: FunctionWriter<readonly ["i32"]>, from: Address, fromEnd: Address, count: Local<"i32">): void {
  f.if(i32.eq(count, 15), () => {
    f.scope(() => {
      const byte = f.local("i32");
      f.loop((again) => {
        f.if(i32.or(address.ge_u(from, fromEnd), i32.lt_s(count, 0)), () => f.return(0));
        f.set(byte, i32.load8_u(from));
        f.set(from, address.add(from, 1));
        f.set(count, i32.add(count, byte));
        f.brIf(again, i32.eq(byte, 255));
      });
    });
  });
}
