import { crc32, inflateRawSync } from "node:zlib";
import { type ArchiveEntry, ArchiveProblem } from "./archive-entry.ts";

const endSignature = 0x06054b50;
const directorySignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const commentBytesMax = 0xffff;
const stored = 0;
const deflated = 8;
const linkType = 0o120000;
const typeMask = 0o170000;

/**
 * The entries of a zip archive, as its central directory lists them; their checksums are verified.
 *
 * The end record (22 bytes and a comment, found from behind) holds the number of entries at 10 and the directory's place at 16.
 * Of an entry there: flags 8, method 10, checksum 16, sizes 20 and 24, lengths of name, extra and comment 28, 30, 32, attributes 38,
 * the place of its local header 42, name 46. Contents follow the local header, whose name and extra have lengths of their own, at 26 and 28.
 * @see PKWARE, APPNOTE.TXT 6.3
 */
export function* readZip(bytes: Buffer): IterableIterator<ArchiveEntry> {
  const end = findEnd(bytes);
  const count = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  if (count === 0xffff || at === 0xffffffff) throw new ArchiveProblem("ZIP64 is not read; make a .tar.gz of it");
  for (let entry = 0; entry < count; entry++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== directorySignature) throw new ArchiveProblem("its directory is damaged");
    const nameBytes = bytes.readUInt16LE(at + 28);
    const path = bytes.toString("utf8", at + 46, at + 46 + nameBytes);
    const mode = bytes.readUInt16LE(at + 40);
    const contents = contentsOf(bytes, at, path);
    const isLink = (mode & typeMask) === linkType;
    const kind = path.endsWith("/") ? "folder" : isLink ? "symbolicLink" : "file";
    yield { path, kind, mode: mode & 0o777, bytes: contents, target: isLink ? contents.toString("utf8") : "" };
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

function findEnd(bytes: Buffer): number {
  const from = Math.max(0, bytes.length - endBytes - commentBytesMax);
  for (let at = bytes.length - endBytes; at >= from; at--) if (bytes.readUInt32LE(at) === endSignature) return at;
  throw new ArchiveProblem("it is cut off, or no zip archive");
}

function contentsOf(bytes: Buffer, entry: number, path: string): Buffer {
  if ((bytes.readUInt16LE(entry + 8) & 1) !== 0) throw new ArchiveProblem(`'${path}' is encrypted`);
  const local = bytes.readUInt32LE(entry + 42);
  if (local + 30 > bytes.length || bytes.readUInt32LE(local) !== localSignature) throw new ArchiveProblem(`'${path}' is damaged`);
  const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const packed = bytes.subarray(from, from + bytes.readUInt32LE(entry + 20));
  const contents = unpacked(packed, bytes.readUInt16LE(entry + 10), bytes.readUInt32LE(entry + 24), path);
  if (crc32(contents) !== bytes.readUInt32LE(entry + 16)) throw new ArchiveProblem(`'${path}' is damaged: its checksum differs`);
  return contents;
}

function unpacked(packed: Buffer, method: number, size: number, path: string): Buffer {
  if (method === stored) return packed;
  if (method !== deflated) throw new ArchiveProblem(`'${path}' is compressed by method ${method}, only deflate is read`);
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, size) });
  } catch (cause) {
    throw new ArchiveProblem(`'${path}' is damaged: ${(cause as Error).message}`);
  }
}
