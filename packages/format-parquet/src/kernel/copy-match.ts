import { address, type FunctionWriter, i32, i64, type Local, v128 } from "@vonk/wasm";

type Address = Local<"address">;

/** Copies `count` bytes by 16 at a time, at least 16: up to 15 bytes behind both ends are read and spoilt. */
export function copyWide(f: FunctionWriter, to: Address, from: Address, count: Local<"i32">): void {
  f.scope(() => {
    const done = f.local("i32");
    f.set(done, 0);
    f.loop((again) => {
      f.store(address.at(to, done, 1), v128.load(address.at(from, done, 1), 0, 1), 0, 1);
      f.set(done, i32.add(done, 16));
      f.brIf(again, i32.lt_u(done, count));
    });
  });
}

/**
 * Copies `count` bytes that lie `distance` before `to`, as LZ77 has it: what is copied may itself be part of what is to be copied. Behind the end
 * up to 31 bytes are spoilt. `to` moves to the end.
 */
export function copyMatch(f: FunctionWriter, to: Address, distance: Local<"i32">, count: Local<"i32">): void {
  f.scope(() => {
    const from = f.let(address.sub(to, address.of(distance)));
    const end = f.let(address.at(to, count, 1));
    f.if(
      i32.ge_u(distance, 16),
      () => copyWide(f, to, from, count),
      () => {
        // A short pattern is doubled until it is 8 bytes long; then each step of 8 bytes reads what is whole.
        const at = f.let(to);
        f.while(i32.and(address.lt_u(at, end), address.lt_u(address.sub(at, from), 8)), () => {
          f.store(at, i64.load(from, 0, 1), 0, 1);
          f.set(at, address.add(at, address.sub(at, from)));
        });
        f.while(address.lt_u(at, end), () => {
          f.store(at, i64.load(from, 0, 1), 0, 1);
          f.set(at, address.add(at, 8));
          f.set(from, address.add(from, 8));
        });
      },
    );
    f.set(to, end);
  });
}
