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
import { type ContentHash, defineContentHash } from "./content-hash.ts";
import { defineBuildTable, defineDescribedCounts } from "./fse-table.ts";
import { defineHuffmanStreams } from "./huffman-streams.ts";
import { defineReadTree } from "./huffman-tree.ts";
import { defineReadLiterals, type ReadLiterals } from "./literals.ts";
import { defineSequenceTables } from "./sequence-tables.ts";
import { defineRunSequences, type RunSequences } from "./sequences.ts";
import { blockBytesMax, hasTreeAt, lastOffsetsAt, literalLengths, matchLengths, offsets } from "./work-area.ts";

type Address = Local<"address">;
type Writer = FunctionWriter<readonly ["address", "address"]>;

const params = { from: "address", fromEnd: "address", to: "address", toEnd: "address", work: "address" } as const;

/** Decompresses one frame: the addresses behind it and behind what it gave, or 0. */
type Frame = FunctionReference<typeof params, readonly ["address", "address"]>;

const magic = { frame: 0xfd2fb528, skippable: 0x184d2a50 } as const;
const blocks = { raw: 0, rle: 1, compressed: 2 } as const;

/**
 * `zstd(from, fromEnd, to, toEnd, work)`: decompresses frames of Zstandard, which must fill `to` exactly. Gives 0 when they are none. Reads and spoils
 * up to 64 bytes behind both ends, and reads 64 before them. `work` is that of `writeZstdWork`. Frames that need a dictionary are refused, and those
 * whose content has another checksum than they say.
 * @see RFC 8878
 */
export function defineZstd(module: ModuleWriter): void {
  const counts = defineDescribedCounts(module);
  const build = defineBuildTable(module);
  const literals = defineReadLiterals(module, defineReadTree(module, counts, build), defineHuffmanStreams(module));
  const sequences = defineRunSequences(module, defineSequenceTables(module, counts, build));
  const frame = defineFrame(module, literals, sequences, defineContentHash(module));
  const reference = module.function("zstd", { params, results: ["i32"] }, (f, { from, fromEnd, to, toEnd, work }) => {
    const failIf = (condition: Expression<"i32">): void => f.if(condition, () => f.return(0));
    f.while(address.lt_u(from, fromEnd), ({ next }) => {
      failIf(address.lt_u(address.sub(fromEnd, from), 8));
      f.if(i32.eq(i32.and(i32.load(from, 0, 1), -16), magic.skippable), () => {
        const size = f.let(i32.load(from, 4, 1));
        f.set(from, address.add(from, 8));
        failIf(address.gt_u(address.of(size), address.sub(fromEnd, from)));
        f.set(from, address.at(from, size, 1));
        f.free(size);
        f.br(next);
      });
      failIf(i32.ne(i32.load(from, 0, 1), magic.frame));
      f.callInto(frame, { from: address.add(from, 4), fromEnd, to, toEnd, work }, [from, to]);
      failIf(address.eqz(from));
    });
    return address.eq(to, toEnd);
  });
  module.exportFunction(reference);
}

function failIf(f: Writer, condition: Expression<"i32">): void {
  f.if(condition, () => f.return([0, 0]));
}

function defineFrame(module: ModuleWriter, readLiterals: ReadLiterals, runSequences: RunSequences, hash: ContentHash): Frame {
  return module.function("zstdFrame", { params, results: ["address", "address"] }, (f, given) => {
    const { from, fromEnd, to, work } = given;
    const start = f.let(to, "start");
    const descriptor = f.let(i32.load8_u(from), "descriptor");
    const size = readFrameHeader(f, from, descriptor);
    // The header is at most 14 bytes long: if these were not there, no block is.
    failIf(f, address.gt_u(from, fromEnd));
    f.store(work, i32.const(0), hasTreeAt);
    for (const kind of [literalLengths, matchLengths, offsets]) f.store(work, i32.const(-1), kind.log);
    [1, 4, 8].forEach((offset, index) => f.store(work, i32.const(offset), lastOffsetsAt + index * 4));
    const block = f.local("i32", "block");
    f.loop((again) => {
      failIf(f, address.lt_u(address.sub(fromEnd, from), 3));
      f.set(block, i32.or(i32.load16_u(from, 0, 1), i32.shl(i32.load8_u(from, 2), 16)));
      f.set(from, address.add(from, 3));
      decodeBlock(f, { ...given, block, start }, readLiterals, runSequences);
      f.brIf(again, i32.eqz(i32.and(block, 1)));
    });
    const isOther = i64.ne(size, address.asI64(address.sub(to, start)));
    failIf(f, i32.and(isOther, i64.ne(size, -1)));
    f.if(i32.and(descriptor, 4), () => {
      // Few writers of Parquet have it written; what it costs, a twentieth of the rest, is well spent on what they asked for.
      failIf(f, address.lt_u(address.sub(fromEnd, from), 4));
      failIf(f, i32.ne(i32.load(from, 0, 1), i32.wrap_i64(call(hash, { from: start, end: to }))));
      f.set(from, address.add(from, 4));
    });
    return [from, to];
  });
}

/** Reads what is behind the descriptor: what the frame gives, in bytes, or -1 when it does not say. Checks that there is no dictionary. */
function readFrameHeader(f: Writer, from: Address, descriptor: Local<"i32">): Local<"i64"> {
  const size = f.let(i64.const(-1), "size");
  f.scope(() => {
    failIf(f, i32.and(descriptor, 8));
    const isSingle = f.let(i32.and(i32.shr_u(descriptor, 5), 1));
    f.set(from, address.add(from, address.sub(2, address.of(isSingle))));
    // Of 0, 1, 2 or 4 bytes.
    const idBytes = f.let(i32.and(descriptor, 3));
    f.if(i32.eq(idBytes, 3), () => f.set(idBytes, 4));
    failIf(f, i32.and(i32.load(from, 0, 1), i32.wrap_i64(i64.sub(i64.shl(1, i64.extend_i32_u(i32.shl(idBytes, 3))), 1))));
    f.set(from, address.at(from, idBytes, 1));
    const flag = f.let(i32.shr_u(descriptor, 6));
    f.switch(flag, [
      () => f.if(isSingle, () => f.set(size, i64.load8_u(from))),
      () => f.set(size, i64.add(i64.load16_u(from, 0, 1), 256)),
      () => f.set(size, i64.load32_u(from, 0, 1)),
      () => f.set(size, i64.load(from, 0, 1)),
    ]);
    const isSizeShort = i32.eqz(flag);
    f.set(from, address.at(from, i32.sub(i32.shl(1, flag), i32.and(isSizeShort, i32.xor(isSingle, 1))), 1));
  });
  return size;
}

interface Block {
  readonly from: Address;
  readonly fromEnd: Address;
  readonly to: Address;
  readonly toEnd: Address;
  readonly work: Address;
  readonly start: Address;
  readonly block: Local<"i32">;
}

function decodeBlock(f: Writer, given: Block, readLiterals: ReadLiterals, runSequences: RunSequences): void {
  const { from, fromEnd, to, toEnd, work, start, block } = given;
  f.scope(() => {
    const size = f.let(i32.shr_u(block, 3), "size");
    const kind = f.let(i32.and(i32.shr_u(block, 1), 3), "kind");
    failIf(f, i32.gt_u(size, blockBytesMax));
    f.if(
      i32.eq(kind, blocks.rle),
      () => {
        failIf(f, i32.or(address.ge_u(from, fromEnd), address.gt_u(address.of(size), address.sub(toEnd, to))));
        f.memoryFill(to, i32.load8_u(from), address.of(size));
        f.set(to, address.at(to, size, 1));
        f.set(from, address.add(from, 1));
      },
      () => {
        failIf(f, address.gt_u(address.of(size), address.sub(fromEnd, from)));
        const end = f.let(address.at(from, size, 1), "end");
        f.if(
          i32.eq(kind, blocks.raw),
          () => {
            failIf(f, address.gt_u(address.of(size), address.sub(toEnd, to)));
            f.memoryCopy(to, from, address.of(size));
            f.set(to, address.at(to, size, 1));
          },
          () => {
            failIf(f, i32.ne(kind, blocks.compressed));
            const literals = f.local("address", "literals");
            const literalCount = f.local("i32", "literalCount");
            f.callInto(readLiterals, { from, end, work }, [from, literals, literalCount]);
            failIf(f, address.eqz(from));
            f.set(to, call(runSequences, { from, end, literals, literalCount, to, toEnd, start, work }));
            failIf(f, address.eqz(to));
          },
        );
        f.set(from, end);
      },
    );
  });
}
