/**
 * Lines of a split, as Hadoop's LineRecordReader: a line ends with LF, CR or CRLF, or with the file; the last line needs no end.
 *
 * A line belongs to the split in which its first byte lies. A split that does not start at 0 looks one byte back and begins after the
 * first line end from there; the reader goes on past the end of the split until its last line is whole.
 *
 * The bytes are read in large chunks. A chunk is cut after its last line end (both LF and CR are no part of a longer UTF-8 character), decoded
 * with one call, by far the cheapest way, and cut into lines by `split`. The rest is carried to the front of the next chunk.
 */
import { isAscii } from "node:buffer";
import { codecOf } from "../compression/codec.ts";
import { filesystemErrors } from "../errors.ts";
import type { FileSplit } from "../split/compute-splits.ts";
import type { SyncFileSystem } from "../system/file-system.ts";
import { type ByteSource, openSource } from "./byte-source.ts";

const LF = 10;
const CR = 13;
const CHUNK_BYTES = 1024 * 1024;
// Past the end of a split only the rest of one line is wanted.
const TAIL_BYTES = 64 * 1024;
const LINE_BYTES_MAX = 256 * 1024 * 1024;
const BATCH_LINES_MAX = 8192;

/** How {@link readLines} reads. */
export interface ReadLinesOptions {
  /** Bytes read at once; 1 MiB when left out. */
  readonly chunkBytes?: number;
  /** The longest line; 256 MiB when left out. Checked when the window grows, so that somewhat longer ones pass. */
  readonly lineBytesMax?: number;
}

/**
 * Batches of the split's lines without their ends, none empty, at most 8192 lines each; decoded as UTF-8 with U+FFFD for what is invalid and without
 * a byte order mark at the start of the file. Compressed files are read as a whole whatever the split. The file is closed when the iterator ends or returns.
 * @throws PATH_NOT_FOUND, PATH_NOT_READABLE, COMPRESSED_FILE_CORRUPT, LINE_TOO_LONG above 256 MiB
 */
export function* readLines(files: SyncFileSystem, split: FileSplit, options: ReadLinesOptions = {}): Generator<string[], undefined> {
  using source = openSource(files, split.path);
  const compressed = codecOf(split.path) !== undefined;
  const start = compressed ? 0 : split.start;
  const end = compressed ? Number.MAX_SAFE_INTEGER : split.start + split.bytes;
  const limits: Limits = { path: split.path, end, lineBytesMax: options.lineBytesMax ?? LINE_BYTES_MAX };
  for (const lines of chunksOfLines(source, start, limits, options.chunkBytes ?? CHUNK_BYTES)) {
    if (lines.length <= BATCH_LINES_MAX) yield lines;
    else for (let at = 0; at < lines.length; at += BATCH_LINES_MAX) yield lines.slice(at, at + BATCH_LINES_MAX);
  }
  return undefined;
}

interface Limits {
  readonly path: string;
  /** The end of the split in the file. */
  readonly end: number;
  readonly lineBytesMax: number;
}

/** The state of a reader between two reads. `buffer[0]` lies at `base` in the file. */
interface Window {
  buffer: Buffer;
  base: number;
  /** Bytes of the buffer that are filled. */
  filled: number;
  /** The file has nothing behind what is filled. */
  atEnd: boolean;
}

function* chunksOfLines(source: ByteSource, start: number, limits: Limits, chunkBytes: number): Generator<string[], undefined> {
  const { end } = limits;
  if (start >= end) return undefined;
  const window: Window = { buffer: Buffer.allocUnsafe(chunkBytes), base: Math.max(0, start - 1), filled: 0, atEnd: false };
  let from = skipToFirstLine(source, window, start, limits);
  // A byte order mark belongs to the first line, which starts at 0 with it.
  let lineStart = start === 0 ? 0 : window.base + from;
  while (lineStart < end && !(window.atEnd && from >= window.filled)) {
    const stop = stopOf(window, from, end);
    const cut = stop >= 0 ? stop : lastLineEnd(window, from);
    if (cut > from) yield decodeLines(window.buffer, from, cut);
    if (stop >= 0) return undefined;
    shift(window, cut);
    if (cut > from) lineStart = window.base;
    from = 0;
    fill(source, window, limits);
  }
  return undefined;
}

/** Fills the window and gives where the split's first line starts in it; at the end of the file possibly behind all bytes. */
function skipToFirstLine(source: ByteSource, window: Window, start: number, limits: Limits): number {
  fill(source, window, limits);
  if (start === 0) return hasByteOrderMark(window) ? 3 : 0;
  for (;;) {
    const from = lineEnd(window, 0);
    if (from >= 0) return from;
    if (window.atEnd) return window.filled;
    // A CR at the very end may be followed by its LF: it is looked at again.
    shift(window, window.buffer[window.filled - 1] === CR ? window.filled - 1 : window.filled);
    fill(source, window, limits);
  }
}

/** Where the split's last line ends in the window, or -1 when that lies further on. */
function stopOf(window: Window, from: number, end: number): number {
  const lastByte = end - 1 - window.base;
  const stop = lastByte < window.filled ? lineEnd(window, Math.max(from, lastByte)) : -1;
  return stop < 0 && window.atEnd ? window.filled : stop;
}

/** The index behind the first line end from `from` on, or -1 when none is known to be whole. */
function lineEnd(window: Window, from: number): number {
  const { buffer, filled, atEnd } = window;
  const filledPart = buffer.subarray(0, filled);
  const lf = filledPart.indexOf(LF, from);
  const cr = filledPart.subarray(0, lf < 0 ? filled : lf).indexOf(CR, from);
  if (cr < 0) return lf + (lf < 0 ? 0 : 1);
  if (cr + 1 === filled) return atEnd ? filled : -1;
  return buffer[cr + 1] === LF ? cr + 2 : cr + 1;
}

/** The index behind the last line end that is known to be whole, or `from`. */
function lastLineEnd(window: Window, from: number): number {
  const { buffer, filled } = window;
  const lf = buffer.subarray(from, filled).lastIndexOf(LF);
  const cr = buffer.subarray(lf < 0 ? from : from + lf, Math.max(from, filled - 1)).lastIndexOf(CR);
  if (cr >= 0) return (lf < 0 ? from : from + lf) + cr + 1;
  return lf < 0 ? from : from + lf + 1;
}

/** Drops the bytes before `cut`. */
function shift(window: Window, cut: number): void {
  window.buffer.copyWithin(0, cut, window.filled);
  window.base += cut;
  window.filled -= cut;
}

/** Reads on behind what is filled; a window that is full of one line grows. */
function fill(source: ByteSource, window: Window, limits: Limits): void {
  if (window.atEnd) return;
  if (window.filled === window.buffer.length) {
    if (window.filled >= limits.lineBytesMax) {
      throw filesystemErrors.create("LINE_TOO_LONG", { path: limits.path, position: window.base, bytesMax: limits.lineBytesMax });
    }
    const grown = Buffer.allocUnsafe(window.buffer.length * 2);
    window.buffer.copy(grown, 0, 0, window.filled);
    window.buffer = grown;
  }
  const position = window.base + window.filled;
  const wanted = Math.min(window.buffer.length - window.filled, Math.max(limits.end - position, 0) + TAIL_BYTES);
  const bytes = source.read(position, window.buffer.subarray(window.filled, window.filled + wanted));
  window.filled += bytes;
  window.atEnd = bytes < wanted;
}

/** The lines of bytes that begin and end with whole lines. */
function decodeLines(buffer: Buffer, from: number, to: number): string[] {
  let stop = to;
  if (buffer[stop - 1] === LF) stop--;
  if (stop > from && buffer[stop - 1] === CR && (stop < to || buffer[to - 1] === CR)) stop--;
  const bytes = buffer.subarray(from, stop);
  const text = isAscii(bytes) ? bytes.toString("latin1") : bytes.toString("utf8");
  return (bytes.includes(CR) ? text.replaceAll("\r\n", "\n").replaceAll("\r", "\n") : text).split("\n");
}

function hasByteOrderMark(window: Window): boolean {
  const { buffer } = window;
  return window.filled >= 3 && buffer[0] === 0xef && buffer[1] === 0xbb && buffer[2] === 0xbf;
}
