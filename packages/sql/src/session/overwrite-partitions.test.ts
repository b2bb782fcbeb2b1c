import { createFaultyFileSystem, MemoryFileSystem } from "@vonk/filesystem/testing";
import { expect, test } from "vitest";
import { overwritePartitions } from "./overwrite-partitions.ts";

function folders(): MemoryFileSystem {
  const files = new MemoryFileSystem();
  files.writeText("memory:/out/a=1/b=1/old", "1");
  files.writeText("memory:/out/a=1/b=2/old", "2");
  files.writeText("memory:/out/a=2/b=1/old", "3");
  files.writeText("memory:/new/a=1/b=2/fresh", "4");
  files.writeText("memory:/new/a=3/b=1/fresh", "5");
  files.writeText("memory:/new/_SUCCESS", "");
  return files;
}

test("folders of the same values change places, others stay", async () => {
  const files = folders();
  await overwritePartitions(files, "memory:/out", "memory:/new", 2);
  expect(files.paths().filter((path) => path.includes("/out/") || path.includes("/new/"))).toEqual([
    "memory:/out/a=1/b=1/old",
    "memory:/out/a=1/b=2/fresh",
    "memory:/out/a=2/b=1/old",
    "memory:/out/a=3/b=1/fresh",
  ]);
});

test("when one cannot be moved, all is as it was", async () => {
  for (const failing of ["memory:/new/a=1/b=2", "memory:/new/a=3/b=1", "memory:/out/a=1/b=2"]) {
    const files = folders();
    const before = files.paths();
    let isBroken = true;
    const faulty = createFaultyFileSystem(files, (operation, path) => {
      if (!isBroken || operation !== "rename" || path !== failing) return undefined;
      isBroken = false;
      return new Error("the disk is gone");
    });
    await expect(overwritePartitions(faulty, "memory:/out", "memory:/new", 2)).rejects.toThrow("the disk is gone");
    expect(files.paths().filter((path) => path.includes("/new/"))).toEqual([]);
    expect(files.paths().filter((path) => path.includes("/out/"))).toEqual(before.filter((path) => path.includes("/out/")));
  }
});
