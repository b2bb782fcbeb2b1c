import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { unpackArchive } from "./unpack-archive.ts";

const scratch = mkdtempSync(join(tmpdir(), "archive-test-"));
afterAll(() => rmSync(scratch, { recursive: true }));

let count = 0;
const fresh = (extension: string): string => join(scratch, `a${count++}${extension}`);

interface Part {
  readonly path: string;
  readonly text?: string;
  readonly type?: string;
  readonly target?: string;
  readonly mode?: number;
}

function tarOf(parts: readonly Part[]): Buffer {
  const blocks = parts.flatMap(({ path, text = "", type = "0", target = "", mode = 0o644 }) => {
    const header = Buffer.alloc(512);
    const bytes = Buffer.from(text);
    const octal = (value: number, at: number, length: number): number => header.write(value.toString(8).padStart(length - 1, "0"), at);
    header.write(path, 0);
    octal(mode, 100, 8);
    octal(bytes.length, 124, 12);
    header.write(type, 156);
    header.write(target, 157);
    header.write("ustar\0" + "00", 257);
    header.fill(" ", 148, 156);
    octal(
      header.reduce((sum, byte) => sum + byte, 0),
      148,
      7,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function zipOf(parts: readonly Part[], method = 8, flags = 0): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { path, text = "", mode = 0o100644 } of parts) {
    const raw = Buffer.from(text);
    const packed = method === 8 ? deflateRawSync(raw) : raw;
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(method, 4);
    fields.writeUInt32LE(crc32(raw), 10);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(raw.length, 18);
    fields.writeUInt16LE(Buffer.byteLength(path), 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(path), packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt16LE(mode, 8);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x00\x00", "latin1"), fields, rest, Buffer.from(path));
    locals.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06");
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

function unpacked(extension: string, bytes: Buffer): string {
  const archive = fresh(extension);
  const folder = fresh("");
  writeFileSync(archive, bytes);
  unpackArchive(archive, folder);
  return folder;
}

const problemOf = (extension: string, bytes: Buffer): unknown => {
  try {
    unpacked(extension, bytes);
    return "none";
  } catch (error) {
    return (error as { params?: { problem?: string } }).params?.problem ?? error;
  }
};

const plain: readonly Part[] = [
  { path: "a.txt", text: "one" },
  { path: "bin/run", text: "#!/bin/sh\n", mode: 0o100755 },
];

test.each([
  [".tar", tarOf(plain)],
  [".tgz", gzipSync(tarOf(plain))],
  [".TAR.GZ", gzipSync(tarOf(plain))],
  [".zip", zipOf(plain)],
  [".jar", zipOf(plain, 0)],
])("files, folders and permissions of a %s", (extension, bytes) => {
  const folder = unpacked(extension, bytes);
  expect(new Set(readdirSync(folder, { recursive: true, encoding: "utf8" }))).toEqual(new Set(["a.txt", "bin", join("bin", "run")]));
  expect(readFileSync(join(folder, "a.txt"), "utf8")).toBe("one");
  if (process.platform !== "win32") expect(statSync(join(folder, "bin/run")).mode & 0o777).toBe(0o755);
});

test("links within the archive, and none that lead out of it", () => {
  const links: readonly Part[] = [
    { path: "a/text", text: "one" },
    { path: "b/soft", type: "2", target: "../a/text" },
    { path: "b/hard", type: "1", target: "a/text" },
  ];
  const folder = unpacked(".tar", tarOf(links));
  expect([readFileSync(join(folder, "b/soft"), "utf8"), readFileSync(join(folder, "b/hard"), "utf8")]).toEqual(["one", "one"]);
  expect(problemOf(".tar", tarOf([{ path: "x", type: "2", target: "../out" }]))).toMatch(/leads out of it/);
  expect(problemOf(".tar", tarOf([{ path: "x", type: "2", target: "/etc" }]))).toMatch(/leads out of it/);
  const top: Part = { path: "x/y/top", type: "2", target: "../.." };
  expect(problemOf(".tar", tarOf([top, { path: "x/y/l", type: "2", target: "top/../z" }]))).toMatch(/'x\/y\/l' leads out of it/);
  expect(problemOf(".tar", tarOf([top, { path: "x/y/top/l", type: "2", target: "../.." }]))).toMatch(/'x\/y\/top\/l' leads out of it/);
  expect(problemOf(".tar", tarOf([{ path: "../x", text: "" }]))).toMatch(/'\.\.\/x' lies outside of it/);
  expect(problemOf(".zip", zipOf([{ path: "a/../../x" }]))).toMatch(/lies outside of it/);
});

test("what is damaged or not read is named", () => {
  const tar = tarOf(plain);
  expect(problemOf(".tar", Buffer.from(tar).fill(1, 0, 4))).toBe("it is damaged, or no tar archive");
  expect(problemOf(".tar", tarOf([{ path: "x", text: "y".repeat(2000) }]).subarray(0, 1500))).toBe("it ends within a file");
  expect(problemOf(".tgz", tar)).toMatch(/incorrect header check/);
  expect(problemOf(".zip", tar)).toBe("it is cut off, or no zip archive");
  const zip = zipOf(plain, 0);
  expect(problemOf(".zip", Buffer.from(zip).fill(0x41, 35, 37))).toBe("'a.txt' is damaged: its checksum differs");
  expect(problemOf(".zip", zipOf(plain, 12))).toMatch(/compressed by method 12/);
  expect(problemOf(".zip", zipOf(plain, 8, 1))).toBe("'a.txt' is encrypted");
  expect(problemOf(".rar", tar)).toMatch(/ends in none of/);
  expect(
    readdirSync(scratch)
      .filter((name) => !/\./.test(name))
      .every((name) => readdirSync(join(scratch, name)).length > 0),
  ).toBe(true);
});

// The system's own tar knows pax and GNU headers that the one above does not write.
const hasTar = ((): boolean => {
  try {
    execFileSync("tar", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.skipIf(!hasTar).each(["gnu", "pax", "ustar"])("the system's tar, format %s [needs tar]", (format) => {
  const source = fresh("");
  const deep = format === "ustar" ? "d".repeat(90) : "d".repeat(180);
  mkdirSync(join(source, deep), { recursive: true });
  const file = `${"n".repeat(80)}-ü.txt`;
  writeFileSync(join(source, deep, file), "text");
  chmodSync(join(source, deep, file), 0o750);
  symlinkSync(deep, join(source, "link"));
  const archive = fresh(".tgz");
  execFileSync("tar", ["-czf", archive, `--format=${format}`, "-C", source, "."]);
  const folder = fresh("");
  unpackArchive(archive, folder);
  expect(readFileSync(join(folder, deep, file), "utf8")).toBe("text");
  expect(readlinkSync(join(folder, "link"))).toBe(deep);
});
