import { address, type FunctionWriter, i32, i64, i8x16, type Local, v128, type Vector } from "@vonk/wasm";

type Address = Local<"address">;

/** Bytes of the table that {@link copyMatch} needs in memory. */
export const patternTableBytes: number = 9 * 16;

/**
 * The table: for each distance below 8 the bytes, of 16, that a pattern of that length repeats. Behind these, for each
 * distance, how many bytes whole patterns have in 16.
 */
export function writePatternTable(bytes: Uint8Array, at: number): void {
  for (let distance = 0; distance < 8; distance++)
    for (let index = 0; index < 16; index++) bytes[at + distance * 16 + index] = distance === 0 ? 0 : index % distance;
  for (let distance = 1; distance < 8; distance++) bytes[at + 8 * 16 + distance] = 16 - (16 % distance);
}

/** Copies `count` bytes by 16 at a time, at least 16: up to 15 bytes behind both ends are read and spoilt. */
export function copyWide(f: FunctionWriter, to: Address, from: Address, count: Local<"i32">): void {
  f.store(to, v128.load(from, 0, 1), 0, 1);
  f.if(i32.gt_u(count, 16), () => copyRest(f, to, from, count));
}

/** As {@link copyWide}, but for the first 16 bytes. */
function copyRest(f: FunctionWriter, to: Address, from: Address, count: Local<"i32">): void {
  f.scope(() => {
    const done = f.local("i32");
    f.set(done, 16);
    f.loop((again) => {
      f.store(address.at(to, done, 1), v128.load(address.at(from, done, 1), 0, 1), 0, 1);
      f.set(done, i32.add(done, 16));
      f.brIf(again, i32.lt_u(done, count));
    });
  });
}

/**
 * Copies `count` bytes that lie `distance` before `to`, as LZ77 has it: what is copied may itself be part of what is to be copied. Behind the end
 * up to 15 bytes are spoilt. `to` moves to the end.
 *
 * A shuffle by the table for every distance, without the two branches, was slower by a tenth.
 */
export function copyMatch(f: FunctionWriter, to: Address, distance: Local<"i32">, count: Local<"i32">, table: Address): void {
  f.scope(() => {
    const from = f.let(address.sub(to, address.of(distance)));
    f.if(
      i32.ge_u(distance, 16),
      () => copyWide(f, to, from, count),
      () =>
        f.if(
          i32.ge_u(distance, 8),
          () => copyHalves(f, to, from, count),
          () => repeatPattern(f, to, from, { distance, count, table }),
        ),
    );
    f.set(to, address.at(to, count, 1));
  });
}

/** By 8 bytes at a time: what was written last is read again, which is fast only if one store wrote it. */
function copyHalves(f: FunctionWriter, to: Address, from: Address, count: Local<"i32">): void {
  f.scope(() => {
    const done = f.local("i32");
    f.set(done, 0);
    f.loop((again) => {
      f.store(address.at(to, done, 1), i64.load(address.at(from, done, 1), 0, 1), 0, 1);
      f.set(done, i32.add(done, 8));
      f.brIf(again, i32.lt_u(done, count));
    });
  });
}

/** 16 bytes that repeat the pattern of `distance` bytes, fewer than 8, at `from`. */
export function patternAt(from: Address, distance: Local<"i32">, table: Address): Vector {
  return i8x16.swizzle(v128.load(from, 0, 1), v128.load(address.at(table, distance, 16)));
}

function repeatPattern(
  f: FunctionWriter,
  to: Address,
  from: Address,
  { distance, count, table }: { readonly distance: Local<"i32">; readonly count: Local<"i32">; readonly table: Address },
): void {
  f.scope(() => {
    const pattern = f.let(patternAt(from, distance, table));
    f.store(to, pattern, 0, 1);
    f.if(i32.gt_u(count, 16), () => {
      // As many whole patterns as 16 bytes hold are written at each step.
      const step = f.let(i32.load8_u(address.at(table, distance, 1), 8 * 16));
      const done = f.let(step);
      f.while(i32.lt_u(done, count), () => {
        f.store(address.at(to, done, 1), pattern, 0, 1);
        f.set(done, i32.add(done, step));
      });
    });
  });
}
