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
import type { HuffmanStreams } from "./huffman-streams.ts";
import type { ReadTree } from "./huffman-tree.ts";
import { blockBytesMax, hasTreeAt, literalsAt } from "./work-area.ts";

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["address", "address", "i32"]>;

const params = { from: "address", end: "address", work: "address" } as const;

/** Reads the literals of a block: the address behind them, where they lie and how many they are; or 0, when they are wrong. */
export type ReadLiterals = FunctionReference<typeof params, readonly ["address", "address", "i32"]>;

const kinds = { raw: 0, rle: 1, compressed: 2, treeless: 3 } as const;

/** Defines {@link ReadLiterals}: those that are not compressed stay where they are. @see RFC 8878, 3.1.1.3.1 */
export function defineReadLiterals(module: ModuleWriter, readTree: ReadTree, streams: HuffmanStreams): ReadLiterals {
  return module.function("zstdLiterals", { params, results: ["address", "address", "i32"] }, (f, { from, end, work }) => {
    failIf(f, address.ge_u(from, end));
    // Up to 8 bytes of which those that count are checked below.
    const header = f.let(i64.load(from, 0, 1), "header");
    const kind = f.let(i32.and(i32.wrap_i64(header), 3), "kind");
    const format = f.let(i32.and(i32.wrap_i64(i64.shr_u(header, 2)), 3), "format");
    const into = f.let(address.add(work, literalsAt), "into");
    const count = f.local("i32", "count");
    f.if(i32.le_u(kind, kinds.rle), () => {
      plainHeader(f, from, header, format, count);
      failIf(f, i32.gt_u(count, blockBytesMax));
      f.if(i32.eq(kind, kinds.rle), () => {
        failIf(f, address.ge_u(from, end));
        f.memoryFill(into, i32.load8_u(from), address.of(count));
        f.return([address.add(from, 1), into, count]);
      });
      failIf(f, i32.or(address.gt_u(from, end), address.gt_u(address.of(count), address.sub(end, from))));
      f.return([address.at(from, count, 1), from, count]);
    });
    const size = f.local("i32", "size");
    compressedHeader(f, from, header, format, { count, size });
    failIf(f, i32.gt_u(count, blockBytesMax));
    failIf(f, i32.or(address.gt_u(from, end), address.gt_u(address.of(size), address.sub(end, from))));
    f.set(end, address.at(from, size, 1));
    f.if(
      i32.eq(kind, kinds.compressed),
      () => {
        f.set(from, call(readTree, { from, end, work }));
        failIf(f, address.eqz(from));
        f.store(work, i32.const(1), hasTreeAt);
      },
      () => failIf(f, i32.eqz(i32.load(work, hasTreeAt))),
    );
    const given = { from, end, to: into, toEnd: address.at(into, count, 1), work };
    f.if(
      format,
      () => failIf(f, i32.eqz(call(streams.four, given))),
      () => failIf(f, i32.eqz(call(streams.one, given))),
    );
    return [end, into, count];
  });
}

function failIf(f: Writer, condition: Expression<"i32">): void {
  f.if(condition, () => f.return([0, 0, 0]));
}

/** A length of 5, 12 or 20 bits. */
function plainHeader(f: Writer, from: Address, header: Local<"i64">, format: Local<"i32">, count: Local<"i32">): void {
  const low = i32.wrap_i64(header);
  f.if(
    i32.eqz(i32.and(format, 1)),
    () => {
      f.set(count, i32.shr_u(i32.and(low, 0xff), 3));
      f.set(from, address.add(from, 1));
    },
    () =>
      f.if(
        i32.eq(format, 1),
        () => {
          f.set(count, i32.shr_u(i32.and(low, 0xffff), 4));
          f.set(from, address.add(from, 2));
        },
        () => {
          f.set(count, i32.shr_u(i32.and(low, 0xffffff), 4));
          f.set(from, address.add(from, 3));
        },
      ),
  );
}

/** Two lengths, of the literals and of what they are compressed to, of 10, 14 or 18 bits each. */
function compressedHeader(
  f: Writer,
  from: Address,
  header: Local<"i64">,
  format: Local<"i32">,
  { count, size }: { readonly count: Local<"i32">; readonly size: Local<"i32"> },
): void {
  const bits = f.let(i32.const(10));
  f.if(i32.ge_u(format, 2), () => f.set(bits, i32.add(i32.shl(format, 2), 6)));
  const mask = f.let(i64.sub(i64.shl(1, i64.extend_i32_u(bits)), 1));
  f.set(count, i32.wrap_i64(i64.and(i64.shr_u(header, 4), mask)));
  f.set(size, i32.wrap_i64(i64.and(i64.shr_u(i64.shr_u(header, 4), i64.extend_i32_u(bits)), mask)));
  // Four bits and twice these, in whole bytes: 3, 4 or 5.
  f.set(from, address.at(from, i32.shr_u(i32.add(i32.shl(bits, 1), 4), 3), 1));
  f.free(bits);
  f.free(mask);
}
