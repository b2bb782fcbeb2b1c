import {
  address,
  type Expression,
  type FunctionReference,
  type FunctionWriter,
  i32,
  i64,
  i64x2,
  type Local,
  type ModuleWriter,
  select,
  v128,
} from "@vonk/wasm";
import { readVarint, type Varint } from "./varint.ts";

const rangeParams = { bitmap: "address", bit: "i32", count: "i32" } as const;
const levelParams = { from: "address", end: "address", count: "i32", bitmap: "address", bit: "i32", nonNull: "address" } as const;
const bitmapParams = {
  definitions: "address",
  repetitions: "address",
  count: "i32",
  slot: "i32",
  definition: "i32",
  repetition: "i32",
  bitmap: "address",
  nonNull: "address",
} as const;
const spreadParams = { values: "address", rows: "i32", dense: "i32", validity: "address" } as const;

type SetBits = FunctionReference<typeof rangeParams, readonly []>;

/**
 * Which rows are null, and room for them among the values.
 *
 * - `setBits(bitmap, bit, count)` sets bits.
 * - `levelBits(from, end, count, bitmap, bit, nonNull)` decodes definition levels of one bit into a bitmap that is 0 from `bit` on; adds their sum to
 *   the i32 at `nonNull`; gives 0 when the bytes end too early.
 * - `levelBitmap(definitions, repetitions, count, slot, definition, repetition, bitmap, nonNull)` sets the bits of a bitmap of zeros out of levels of
 *   a byte each. Definitions below `slot` and repetitions above `repetition` have no bit. Gives how many have one, and at `nonNull` how many are set.
 * - `spread1` … `spread16(values, rows, dense, validity)` moves `dense` values that lie together to where the set bits are, zeros elsewhere.
 */
export function defineValidity(module: ModuleWriter, varint: Varint): void {
  const setBits = defineSetBits(module);
  module.exportFunction(setBits);
  module.exportFunction(defineLevelBits(module, varint, setBits));
  module.exportFunction(defineLevelBitmap(module));
  for (const bytes of [1, 2, 4, 8, 16] as const) module.exportFunction(defineSpread(module, bytes));
}

function defineSetBits(module: ModuleWriter): SetBits {
  return module.function("setBits", { params: rangeParams, results: [] }, (f, { bitmap, bit, count }) => {
    const setBit = (): void => {
      const at = address.at(bitmap, i32.shr_u(bit, 3), 1);
      f.store8(at, i32.or(i32.load8_u(at), i32.shl(1, i32.and(bit, 7))));
      f.set(bit, i32.add(bit, 1));
      f.set(count, i32.sub(count, 1));
    };
    f.while(i32.and(i32.ne(count, 0), i32.ne(i32.and(bit, 7), 0)), setBit);
    f.memoryFill(address.at(bitmap, i32.shr_u(bit, 3), 1), 255, address.of(i32.shr_u(count, 3)));
    f.set(bit, i32.add(bit, i32.and(count, -8)));
    f.set(count, i32.and(count, 7));
    f.while(count, setBit);
  });
}

function defineLevelBits(module: ModuleWriter, varint: Varint, setBits: SetBits): FunctionReference<typeof levelParams, readonly ["i32"]> {
  return module.function("levelBits", { params: levelParams, results: ["i32"] }, (f, { from, end, count, bitmap, bit, nonNull }) => {
    const header = f.local("i64");
    const sum = f.let(i32.load(nonNull));
    f.while(count, () => {
      readVarint(f, varint, from, end, header);
      const units = f.let(i64.shr_u(header, 1));
      f.if(
        i32.wrap_i64(i64.and(header, 1)),
        () => {
          const here = f.let(smaller(i64.shl(i64.and(units, 0x0fff_ffff), 3), count));
          const bytes = f.let(i32.shr_u(i32.add(here, 7), 3));
          f.if(address.lt_u(address.sub(end, from), address.of(bytes)), () => f.return(0));
          f.set(count, i32.sub(count, here));
          copyBits(f, from, bitmap, bit, here, sum);
          f.free(bytes);
          f.free(here);
        },
        () => {
          f.if(address.ge_u(from, end), () => f.return(0));
          const here = f.let(smaller(units, count));
          f.set(count, i32.sub(count, here));
          f.if(i32.load8_u(from), () => {
            f.call(setBits, { bitmap, bit, count: here });
            f.set(sum, i32.add(sum, here));
          });
          f.set(bit, i32.add(bit, here));
          f.set(from, address.add(from, 1));
          f.free(here);
        },
      );
      f.free(units);
    });
    f.store(nonNull, sum);
    return 1;
  });
}

/** Appends `here` bits at `from` to a bitmap; moves `from` behind their bytes and `bit` behind them. */
function copyBits(
  f: FunctionWriter<readonly ["i32"]>,
  from: Local<"address">,
  bitmap: Local<"address">,
  bit: Local<"i32">,
  here: Local<"i32">,
  sum: Local<"i32">,
): void {
  const word = f.local("i64");
  const step = f.local("i32");
  f.while(here, () => {
    f.set(step, select(i32.lt_u(here, 32), here, 32));
    f.set(word, i64.and(i64.load32_u(from, 0, 1), i64.sub(i64.shl(i64.const(1), i64.extend_i32_u(step)), 1)));
    f.set(sum, i32.add(sum, i32.wrap_i64(i64.popcnt(word))));
    const at = address.at(bitmap, i32.shr_u(bit, 3), 1);
    f.store(at, i64.or(i64.load(at, 0, 1), i64.shl(word, i64.extend_i32_u(i32.and(bit, 7)))), 0, 1);
    f.set(bit, i32.add(bit, step));
    f.set(here, i32.sub(here, step));
    f.set(from, address.at(from, i32.shr_u(i32.add(step, 7), 3), 1));
  });
  f.free(step);
  f.free(word);
}

function defineLevelBitmap(module: ModuleWriter): FunctionReference<typeof bitmapParams, readonly ["i32"]> {
  return module.function("levelBitmap", { params: bitmapParams, results: ["i32"] }, (f, given) => {
    const { definitions, repetitions, count, slot, definition, repetition, bitmap, nonNull } = given;
    const row = f.local("i32");
    const slots = f.local("i32");
    const level = f.local("i32");
    const sum = f.local("i32");
    f.set(slots, 0);
    f.set(sum, 0);
    f.for(row, 0, count, ({ next }) => {
      f.set(level, i32.load8_u(address.at(definitions, row, 1)));
      const isPart = i32.gt_u(i32.load8_u(address.at(repetitions, row, 1)), repetition);
      f.brIf(next, i32.or(i32.lt_u(level, slot), isPart));
      const at = address.at(bitmap, i32.shr_u(slots, 3), 1);
      const valid = i32.ge_u(level, definition);
      f.store8(at, i32.or(i32.load8_u(at), i32.shl(valid, i32.and(slots, 7))));
      f.set(sum, i32.add(sum, valid));
      f.set(slots, i32.add(slots, 1));
    });
    f.store(nonNull, sum);
    return slots;
  });
}

function defineSpread(module: ModuleWriter, bytes: 1 | 2 | 4 | 8 | 16): { readonly index: number; readonly name: string } {
  return module.function(`spread${bytes}`, { params: spreadParams, results: [] }, (f, { values, rows, dense, validity }) => {
    const bit = f.local("i32");
    // From the end, so that values which are still to be moved are not overwritten. Where as many values as rows are left, they lie right.
    f.while(i32.gt_u(rows, dense), () => {
      f.set(rows, i32.sub(rows, 1));
      f.set(bit, i32.and(i32.shr_u(i32.load8_u(address.at(validity, i32.shr_u(rows, 3), 1)), i32.and(rows, 7)), 1));
      const from = address.sub(address.at(values, dense, bytes), bytes);
      const to = address.at(values, rows, bytes);
      if (bytes === 16) f.store(to, v128.and(v128.load(from), i64x2.splat(i64.sub(0, i64.extend_i32_u(bit)))));
      else if (bytes === 8) f.store(to, select(bit, i64.load(from), 0));
      else if (bytes === 4) f.store(to, select(bit, i32.load(from), 0));
      else if (bytes === 2) f.store16(to, select(bit, i32.load16_u(from), 0));
      else f.store8(to, select(bit, i32.load8_u(from), 0));
      f.set(dense, i32.sub(dense, bit));
    });
  });
}

function smaller(units: Expression<"i64">, count: Local<"i32">): Expression<"i32"> {
  return select(i64.lt_u(units, i64.extend_i32_u(count)), i32.wrap_i64(units), count);
}
