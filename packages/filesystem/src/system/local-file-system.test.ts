import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { expandPaths } from "../path/expand-paths.ts";
import { MemoryFileSystem } from "../testing/memory-file-system.ts";
import { readLines } from "../text/read-lines.ts";
import type { FileSystem } from "./file-system.ts";
import { FileSystems, syncFilesOf } from "./file-systems.ts";
import { createLocalFileSystem } from "./local-file-system.ts";

const folder = mkdtempSync(join(tmpdir(), "vonk-filesystem-"));
afterAll(() => rmSync(folder, { recursive: true }));

const systems: [string, FileSystem, string][] = [
  ["local", createLocalFileSystem(), folder],
  ["memory", new MemoryFileSystem(), "/"],
];

describe.each(systems)("the %s filesystem", (_, files, root) => {
  const at = (path: string): string => files.qualify(`${root}/${path}`);

  test("writes, reads, lists, moves and deletes", async () => {
    const writer = await files.create(at("a/b/file"));
    await writer.write(Buffer.from("hello "));
    await writer.write(Buffer.from("world"));
    await writer.close();
    expect(Buffer.from(await files.readRange(at("a/b/file"), 6, 100)).toString()).toBe("world");
    expect(await files.stat(at("a/b/file"))).toMatchObject({ path: at("a/b/file"), isDirectory: false, bytes: 11 });
    expect(await files.stat(at("a/b"))).toMatchObject({ isDirectory: true, bytes: 0 });
    expect(await files.stat(at("none"))).toBeUndefined();
    await files.mkdirs(at("a/B"));
    expect((await files.list(at("a"))).map((entry) => entry.path)).toEqual([at("a/B"), at("a/b")]);
    await files.rename(at("a/b"), at("c/d"));
    expect(await files.exists(at("a/b/file"))).toBe(false);
    expect(await files.exists(at("c/d/file"))).toBe(true);
    await expect(files.delete(at("c"), false)).rejects.toThrowError(expect.objectContaining({ code: "PATH_NOT_WRITABLE" }));
    await files.delete(at("c"), true);
    await files.delete(at("c"), true);
    expect(await files.exists(at("c"))).toBe(false);
    await expect(files.list(at("none"))).rejects.toThrowError(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
    await expect(files.readRange(at("none"), 0, 1)).rejects.toThrowError(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
    const given = await files.create(at("given-up"));
    await given.abort();
    expect(await files.exists(at("given-up"))).toBe(false);
  });

  test("does the same synchronously", () => {
    const sync = files.sync;
    if (sync === undefined) return;
    const out = sync.createSync(at("s/f"));
    sync.writeSync(out, Buffer.from("abcdef"));
    sync.closeSync(out);
    const handle = sync.openSync(at("s/f"));
    const into = new Uint8Array(4);
    expect([sync.sizeSync(handle), sync.readSync(handle, 1, into), Buffer.from(into).toString()]).toEqual([6, 4, "bcde"]);
    expect(sync.readSync(handle, 4, into)).toBe(2);
    sync.closeSync(handle);
    expect(() => sync.openSync(at("none"))).toThrowError(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
  });
});

test("local paths may be URLs", () => {
  const local = createLocalFileSystem();
  expect(["file:///a/b", "file:/a/b", "file://localhost/a/b", "/a//b/", "/a/c/../b"].map((path) => local.qualify(path))).toEqual(
    Array(5).fill("/a/b"),
  );
  expect(local.qualify("file:///a%20b")).toBe("/a b");
});

test("local patterns match with and without a scheme", async () => {
  const systems = new FileSystems(folder);
  const local = syncFilesOf(createLocalFileSystem(), folder);
  for (const name of ["a.txt", "b.txt", "_hidden.txt", "c.csv"]) local.closeSync(local.createSync(`${folder}/glob/${name}`));
  const expected = [`${folder}/glob/a.txt`, `${folder}/glob/b.txt`];
  for (const pattern of [
    `${folder}/gl?b/*.txt`,
    `file:${folder}/glob/[ab].txt`,
    `file://${folder}/{glob}/{a,b}.txt`,
    `${relative(process.cwd(), folder)}/glob/*.txt`,
  ]) {
    expect((await expandPaths(systems, pattern)).map((file) => file.path)).toEqual(expected);
  }
});

test("what cannot be read or written says so", async () => {
  const local = createLocalFileSystem();
  await expect(local.list("/dev/null")).rejects.toThrowError(expect.objectContaining({ code: "PATH_NOT_READABLE" }));
  expect(() => [...readLines(syncFilesOf(local, folder), { path: folder, start: 0, bytes: 10 })]).toThrowError(
    expect.objectContaining({ code: "PATH_NOT_READABLE", params: { path: folder, problem: "EISDIR" } }),
  );
  await expect(local.create("/dev/null/x")).rejects.toThrowError(expect.objectContaining({ code: "PATH_NOT_WRITABLE" }));
});
