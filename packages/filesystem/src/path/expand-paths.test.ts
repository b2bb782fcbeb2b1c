import { describe, expect, test } from "vitest";
import { FileSystems, syncFilesOf } from "../system/file-systems.ts";
import { createFaultyFileSystem } from "../testing/faulty-file-system.ts";
import { MemoryFileSystem } from "../testing/memory-file-system.ts";
import { expandPaths } from "./expand-paths.ts";
import { expandBraces, globToRegExp, splitPathList } from "./glob.ts";

const memory = new MemoryFileSystem();
for (const path of ["/d/b.txt", "/d/a.txt", "/d/_SUCCESS", "/d/.a.crc", "/e/x1", "/e/x2", "/e/y1", "/e/sub/z", "/f,g", "/h*"])
  memory.writeText(path, "");
memory.sync.mkdirsSync("/empty");
const systems = new FileSystems(async () => undefined);
systems.add(memory);

async function names(paths: string, recursive = false): Promise<string[]> {
  return (await expandPaths(systems, paths, { recursive })).map((file) => file.path.slice("memory:".length));
}

describe("paths", () => {
  test.each([
    ["memory:/d", ["/d/a.txt", "/d/b.txt"]],
    ["memory:/d/", ["/d/a.txt", "/d/b.txt"]],
    ["memory:/e/x?", ["/e/x1", "/e/x2"]],
    ["memory:/e/[x-y]1", ["/e/x1", "/e/y1"]],
    ["memory:/e/[^x]1", ["/e/y1"]],
    ["memory:/{e/x,d/b}*", ["/d/b.txt", "/e/x1", "/e/x2"]],
    ["memory:/e/{y1,x1},memory:/d/*.txt", ["/e/x1", "/e/y1", "/d/a.txt", "/d/b.txt"]],
    ["memory:/*/x1,memory:/e/x1", ["/e/x1", "/e/x1"]],
    ["memory:/f\\,g", ["/f,g"]],
    ["memory:/h\\*", ["/h*"]],
    ["memory:/empty", []],
  ])("%s", async (paths, expected) => {
    expect(await names(paths)).toEqual(expected);
  });

  test("folders of folders are refused or walked", async () => {
    await expect(names("memory:/e")).rejects.toThrowError(expect.objectContaining({ code: "PATH_IS_DIRECTORY" }));
    expect(await names("memory:/e", true)).toEqual(["/e/sub/z", "/e/x1", "/e/x2", "/e/y1"]);
  });

  test.each(["memory:/none", "memory:/d/*.csv", "memory:/none/*", "memory:/d/_SUCCESS", ""])("'%s' is not found", async (path) => {
    await expect(names(path)).rejects.toThrowError(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
  });

  test("an unknown scheme names the package to install", async () => {
    await expect(names("s3a://bucket/x")).rejects.toThrowError(
      expect.objectContaining({ code: "FILESYSTEM_NOT_FOUND", message: expect.stringContaining("npm install @vonk/connector-s3") }),
    );
  });

  test("task threads refuse a filesystem without a synchronous part", () => {
    const remote = createFaultyFileSystem(memory, () => undefined);
    expect(() => syncFilesOf(remote, "memory:/d")).toThrowError(expect.objectContaining({ code: "FILESYSTEM_NOT_SYNCHRONOUS" }));
    expect(syncFilesOf(memory, "memory:/d")).toBe(memory.sync);
  });

  test("a connector that cannot be resolved from the application is named", async () => {
    await expect(new FileSystems("/").get("gopher://x")).rejects.toThrowError(
      expect.objectContaining({ code: "FILESYSTEM_NOT_FOUND", message: expect.stringContaining("npm install @vonk/connector-gopher") }),
    );
  });

  test("a connector is asked once for its filesystem", async () => {
    let loads = 0;
    const withConnector = new FileSystems(async () => ({ createFileSystem: (scheme: string) => (loads++, new MemoryFileSystem(scheme)) }));
    expect((await withConnector.get("hdfs://a/b")).scheme).toBe("hdfs");
    await withConnector.get("hdfs://c");
    expect(loads).toBe(1);
  });
});

test("braces nest and lists are cut outside of them", () => {
  expect(expandBraces("a{b,c{d,e}}f{,g}")).toEqual(["abf", "abfg", "acdf", "acdfg", "acef", "acefg"]);
  expect(expandBraces("a{b")).toEqual(["a{b"]);
  expect(splitPathList("a{b,c},d\\,e,,f")).toEqual(["a{b,c}", "d\\,e", "f"]);
});

test("names match as Hadoop's patterns", () => {
  const cases: [string, string, boolean][] = [
    ["*.txt", "a.txt", true],
    ["*.txt", "atxt", false],
    ["a+(b)", "a+(b)", true],
    ["[a-c]x", "bx", true],
    ["[a-c]x", "dx", false],
    ["[!a]x", "bx", true],
    ["[]]", "]", true],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["?", "😀", true],
  ];
  for (const [pattern, name, matches] of cases) expect(globToRegExp(pattern).test(name), `${pattern} ${name}`).toBe(matches);
});
