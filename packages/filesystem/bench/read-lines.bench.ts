/**
 * Megabytes a second of reading lines, one thread, file in the page cache.
 * Run: node --conditions=@vonk/source packages/filesystem/bench/read-lines.bench.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalFileSystem, readLines } from "../src/internal.ts";

const BYTES = 200_000_000;
const folder = mkdtempSync(join(tmpdir(), "vonk-lines-"));
const files = createLocalFileSystem().sync;

function measure(name: string, line: (at: number) => string, end: string): void {
  const path = join(folder, "lines");
  const block = Array.from({ length: 10_000 }, (_, at) => line(at) + end).join("");
  writeFileSync(path, block.repeat(Math.ceil(BYTES / Buffer.byteLength(block))));
  if (files === undefined) return;
  for (let round = 0; round < 3; round++) {
    const handle = files.openSync(path);
    const bytes = files.sizeSync(handle);
    files.closeSync(handle);
    const start = performance.now();
    let lines = 0;
    let characters = 0;
    for (const batch of readLines(files, { path, start: 0, bytes })) {
      lines += batch.length;
      for (const each of batch) characters += each.length;
    }
    const seconds = (performance.now() - start) / 1000;
    console.log(
      `${name.padEnd(28)} ${(bytes / 1e6 / seconds).toFixed(0).padStart(6)} MB/s, ${((seconds * 1e9) / lines).toFixed(0)} ns a line, ${characters} characters`,
    );
  }
}

measure("ASCII, 80 bytes, LF", (at) => `${at} `.padEnd(79, "lorem ipsum dolor "), "\n");
measure("ASCII, 80 bytes, CRLF", (at) => `${at} `.padEnd(78, "lorem ipsum dolor "), "\r\n");
measure("ASCII, 8 bytes, LF", (at) => `${at}`.padStart(7, "0"), "\n");
measure("UTF-8, 80 characters, LF", (at) => `${at} `.padEnd(79, "löremé ipsüm "), "\n");
rmSync(folder, { recursive: true });
