import { type ArchiveEntry, ArchiveProblem } from "./archive-entry.ts";

/** Bytes of a header, and what contents are padded to. */
const block = 512;
const kinds: Readonly<Record<string, ArchiveEntry["kind"]>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  "1": "hardLink",
  "2": "symbolicLink",
  "5": "folder",
};

/**
 * The entries of a tar archive: ustar, with the long names of pax and GNU tar. Devices and pipes are left out.
 *
 * A header of 512 bytes: name 0, mode 100, size 124, checksum 148, type 156, link's target 157, "ustar" 257, name's beginning 345;
 * numbers in octal text, or for sizes from 8 GiB on big-endian with the first bit set. Contents follow, padded; two empty headers end it.
 * @see POSIX.1-2024, pax
 */
export function* readTar(bytes: Buffer): IterableIterator<ArchiveEntry> {
  let long: { path?: string; linkpath?: string; size?: string } = {};
  for (let at = 0; at + block <= bytes.length;) {
    const header = bytes.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) return;
    checkHeader(header);
    const type = header.toString("latin1", 156, 157);
    const size = long.size === undefined ? number(header, 124, 12) : Number(long.size);
    const contents = bytes.subarray(at + block, at + block + size);
    if (contents.length < size) throw new ArchiveProblem("it ends within a file");
    at += block + Math.ceil(size / block) * block;
    if (type === "x") {
      long = { ...long, ...paxRecords(contents) };
    } else if (type === "L" || type === "K") {
      long = { ...long, [type === "L" ? "path" : "linkpath"]: text(contents, 0, size) };
    } else if (type !== "g") {
      const kind = kinds[type];
      const path = long.path ?? nameOf(header);
      const target = long.linkpath ?? text(header, 157, 100);
      long = {};
      if (kind !== undefined) yield { path, kind, mode: number(header, 100, 8) & 0o777, bytes: contents, target };
    }
  }
}

function nameOf(header: Buffer): string {
  const name = text(header, 0, 100);
  const prefix = header.toString("latin1", 257, 262) === "ustar" && header[263] !== 0x20 ? text(header, 345, 155) : "";
  return prefix === "" ? name : `${prefix}/${name}`;
}

function checkHeader(header: Buffer): void {
  let sum = 0;
  // The checksum counts its own eight bytes as spaces.
  header.forEach((byte, at) => (sum += at >= 148 && at < 156 ? 0x20 : byte));
  if (sum !== number(header, 148, 8)) throw new ArchiveProblem("it is damaged, or no tar archive");
}

function number(bytes: Buffer, from: number, length: number): number {
  if (((bytes[from] ?? 0) & 0x80) === 0) return Number.parseInt(text(bytes, from, length).trim() || "0", 8);
  return bytes.readUIntBE(from + length - 6, 6);
}

function text(bytes: Buffer, from: number, length: number): string {
  const end = bytes.subarray(from, from + length).indexOf(0);
  return bytes.toString("utf8", from, end < 0 ? from + length : from + end);
}

/** Lines of the form `LENGTH KEY=VALUE\n`, where the length is that of the whole line. */
function paxRecords(bytes: Buffer): Readonly<Record<string, string>> {
  const records: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const length = Number.parseInt(bytes.toString("latin1", at, at + 20), 10);
    if (!(length > 0)) throw new ArchiveProblem("a pax header is damaged");
    const line = bytes.toString("utf8", bytes.indexOf(0x20, at) + 1, at + length - 1);
    const equals = line.indexOf("=");
    records[line.slice(0, equals)] = line.slice(equals + 1);
    at += length;
  }
  return records;
}
