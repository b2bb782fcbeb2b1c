import { patternTableBytes, writePatternTable } from "../copy-match.ts";

/** How a kind of code of a sequence is written: what each code stands for, and the tables that a block may do without describing. */
export interface CodeKind {
  /** Where the table of decoding lies in the work area. */
  readonly table: number;
  /** Where its binary logarithm lies; less than 0 when there is none yet. */
  readonly log: number;
  /** Where the values lie: for each code two words, the first and the last one of the entries that stand for it, without the bits of a state. */
  readonly values: number;
  /** Where the counts lie that are used when a block names none. */
  readonly usualCounts: number;
  readonly usualLog: number;
  readonly logMax: number;
  readonly codes: number;
}

/** Bytes of literals that a block has at most, and of what it gives. */
export const blockBytesMax: number = 128 * 1024;
/** Bits of the longest code of a Huffman tree. */
export const huffmanBitsMax = 11;
/**
 * An entry of a table of states, by 4 bytes each: `base`, what its code stands for; `next`, where the next state's entry lies but for the bits that are
 * read; `mask`, of these bits, as a distance between entries; the last 4 are `stateBits`, how many these are, `allBits`, with those of the value, a byte
 * that tells what is {@link unusual}, and `shift`, 63 less the bits of the value.
 */
export const entry = { bytes: 16, base: 0, next: 4, mask: 8, last: 12, stateBits: 12, allBits: 13, shift: 15 } as const;
/** What `allBits` of offsets has more than there are, so that bits of states, rotated by the sum, are distances between entries. */
export const rotatedMore: number = Math.log2(entry.bytes);
/**
 * Of two bytes with `allBits`, summed over the entries of a sequence, at least this when it is read in the general way: a length that has bits, more
 * than 7 literals, or an offset that is one of the last but not the last one, be it since there are no literals.
 */
export const unusual: number = 2 << 8;

let areaBytes = 0;

function place(bytes: number): number {
  const at = areaBytes;
  areaBytes += Math.ceil(bytes / 16) * 16;
  return at;
}

interface Constants {
  readonly codes: number;
  readonly values: number;
  readonly usualCounts: number;
}

function constantsOf(codes: number): Constants {
  return { codes, values: place(codes * 8), usualCounts: place(codes * 2) };
}

function codeKind(given: Constants, usualLog: number, logMax: number): CodeKind {
  return { ...given, table: place(entry.bytes << logMax), log: place(4), usualLog, logMax };
}

/** The table of `copyMatch`. */
export const patternsAt: number = place(patternTableBytes);
/** For 0 to 7 literals a mask of 8 bytes that has 0 where they are. */
export const literalMasksAt: number = place(8 * 8);
const literalMasks = Array.from({ length: 8 }, (_, count) => BigInt.asUintN(64, -1n << BigInt(count * 8)));
const literalLengthConstants = constantsOf(36);
const matchLengthConstants = constantsOf(53);
const offsetConstants = constantsOf(32);
const weightConstants = constantsOf(huffmanBitsMax + 1);
const constantBytes = areaBytes;

/** Codes of how many literals a sequence has. */
export const literalLengths: CodeKind = codeKind(literalLengthConstants, 6, 9);
/** Codes of how long its match is. */
export const matchLengths: CodeKind = codeKind(matchLengthConstants, 6, 9);
/** Codes of how far back that lies. */
export const offsets: CodeKind = codeKind(offsetConstants, 5, 8);
/** Codes of the weights of a Huffman tree: each is its own value. */
export const weightCodes: CodeKind = codeKind(weightConstants, 0, 6);

/** Three words: the offsets that were used last. */
export const lastOffsetsAt: number = place(12);
/** A word: whether there is a Huffman tree. */
export const hasTreeAt: number = place(4);
/** Counts of a table that is described, then where each code's next state is. */
export const countsAt: number = place(256 * 2);
/** The weights of symbols. */
export const weightsAt: number = place(256 + 16);
/** For each weight how many symbols have it, then where in the table of symbols the next one goes. */
export const ranksAt: number = place(16 * 4);
/** For the next bits of a stream: the symbol in the low byte, above it the bits of its code. */
export const symbolsAt: number = place(2 << huffmanBitsMax);
/** Literals that were compressed. */
export const literalsAt: number = place(blockBytesMax + 128);

/** Bytes that `zstd` needs in memory. */
export const zstdWorkBytes: number = areaBytes;

/** Writes what of the work area does not depend on what is decompressed. The rest may hold anything. */
export function writeZstdWork(bytes: Uint8Array, at: number): void {
  bytes.set((constants ??= makeConstants()), at);
}

let constants: Uint8Array | undefined;

function makeConstants(): Uint8Array {
  const bytes = new Uint8Array(constantBytes);
  const view = new DataView(bytes.buffer);
  writePatternTable(bytes, patternsAt);
  literalMasks.forEach((mask, count) => view.setBigUint64(literalMasksAt + count * 8, mask, true));
  writeKind(view, literalLengths, lengthValues(0, literalLengthBits, literalLengthFlag), literalLengthCounts);
  writeKind(
    view,
    matchLengths,
    lengthValues(3, matchLengthBits, (code) => (code < 32 ? 0 : 2)),
    matchLengthCounts,
  );
  writeKind(view, offsets, offsetValues(), offsetCounts);
  writeKind(
    view,
    weightCodes,
    Array.from({ length: weightCodes.codes }, (_, code) => ({ base: code, bits: 0, flag: 0, more: 0 })),
    [],
  );
  return bytes;
}

interface CodeValue {
  readonly base: number;
  readonly bits: number;
  /** At least 2, or 1 when another 1 in the sequence would be needed, as it makes what is {@link unusual}. */
  readonly flag: number;
  /** What `allBits` has more. */
  readonly more: number;
}

function writeKind(view: DataView, kind: CodeKind, values: readonly CodeValue[], counts: readonly number[]): void {
  values.forEach(({ base, bits, flag, more }, code) => {
    const at = kind.values + code * 8;
    view.setUint32(at, base, true);
    view.setUint8(at + 5, bits + more);
    view.setUint8(at + 6, flag);
    view.setUint8(at + 7, 63 - bits);
  });
  counts.forEach((count, code) => view.setInt16(kind.usualCounts + code * 2, count, true));
}

/** Each code stands for as many lengths as its bits tell apart, from where those of the one before end. */
function lengthValues(first: number, bits: readonly number[], flagOf: (code: number) => number): CodeValue[] {
  let base = first;
  return bits.map((each, code) => {
    const value = { base, bits: each, flag: flagOf(code), more: 0 };
    base += 2 ** each;
    return value;
  });
}

/** Distances; of the first two codes, the number of the last offset that is meant. */
function offsetValues(): CodeValue[] {
  return Array.from({ length: offsets.codes }, (_, bits) => {
    const base = bits < 2 ? bits : 2 ** bits - 3;
    return { base, bits, flag: bits === 0 ? 1 : bits === 1 ? 2 : 0, more: rotatedMore };
  });
}

function literalLengthFlag(code: number): number {
  if (code === 0) return 1;
  return code < literalMasks.length ? 0 : 2;
}

function times(count: number, value: number): number[] {
  return Array.from({ length: count }, () => value);
}

const literalLengthBits = [...times(16, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const matchLengthBits = [...times(32, 0), 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
const literalLengthCounts = [4, 3, ...times(6, 2), 2, 2, 2, 2, 2, 1, 1, 1, ...times(8, 2), 2, 3, 2, ...times(5, 1), ...times(4, -1)];
const matchLengthCounts = [1, 4, 3, ...times(6, 2), ...times(37, 1), ...times(7, -1)];
const offsetCounts = [...times(6, 1), 2, 2, 2, ...times(15, 1), ...times(5, -1), ...times(3, 0)];
