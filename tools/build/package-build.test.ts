import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { packageEntries } from "./package-entries.ts";
import { workerURLs } from "./worker-urls.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vonk-entries-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): string {
  const file = join(folder, path);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** What the plug-in makes of a source file. */
function load(path: string, entries: Record<string, string>): string | undefined {
  let contents: string | undefined;
  workerURLs(entries).setup({ onLoad: (_, read) => (contents = read({ path })?.contents) });
  return contents;
}

test("doors, *.worker.ts files, listed workers and commands are entries, side by side", () => {
  write(
    "package.json",
    JSON.stringify({
      name: "@vonk/core",
      exports: {
        ".": { "@vonk/source": "./src/index.ts" },
        "./spi": { "@vonk/source": "./src/spi.ts" },
        "./package.json": "./package.json",
      },
      vonk: { workers: ["src/executor/task-thread.ts"] },
    }),
  );
  write("src/pool/data.worker.ts", "");
  write("src/pool/data.worker.test.ts", "");
  write("src/bin/vonk.ts", "");
  expect(packageEntries(folder)).toEqual({
    index: "src/index.ts",
    spi: "src/spi.ts",
    vonk: "src/bin/vonk.ts",
    "data.worker": "src/pool/data.worker.ts",
    "task-thread": "src/executor/task-thread.ts",
  });
});

test("two entries of one name are refused", () => {
  write("package.json", JSON.stringify({ name: "@vonk/core", exports: {}, vonk: { workers: ["src/a/thread.ts", "src/b/thread.ts"] } }));
  expect(() => packageEntries(folder)).toThrow("@vonk/core: src/a/thread.ts and src/b/thread.ts would both be built to dist/thread.js");
});

test("the URL of a worker's source becomes the URL of its bundle", () => {
  const source =
    'new Worker(\n  new URL("../executor/task-thread.ts", import.meta.url),\n  { name: "a" },\n);\nnew URL("./page.html", import.meta.url);\n';
  const path = write("src/driver/start.ts", source);
  expect(load(path, { "task-thread": "src/executor/task-thread.ts" })).toBe(
    source.replace("../executor/task-thread.ts", "./task-thread.js"),
  );
});

test("the URL of a file that is no entry fails the build", () => {
  const path = write("src/driver/start.ts", 'new URL("./lost.ts", import.meta.url)');
  expect(() => load(path, {})).toThrow("./lost.ts is not an entry of its package");
});
