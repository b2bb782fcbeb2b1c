import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { MemoryFileSystem } from "../testing/memory-file-system.ts";
import type { FileStatus } from "../system/file-system.ts";
import { fetchText } from "./fetch-text.ts";
import { TextOutput } from "./text-output.ts";

function written(codec: "gzip" | "zstd" | undefined, texts: readonly string[]): Buffer {
  const parts: Uint8Array[] = [];
  const output = new TextOutput((bytes) => parts.push(bytes), codec);
  for (const text of texts) output.write(text);
  output.close();
  return Buffer.concat(parts);
}

test("text, plain and compressed, in one part or more", () => {
  expect(written(undefined, ["é", "\n"]).toString()).toBe("é\n");
  expect(zstdDecompressSync(written("zstd", ["a", "b"])).toString()).toBe("ab");
  const long = "x".repeat(700_000);
  expect(gunzipSync(written("gzip", [long, long, "y"])).toString()).toBe(`${long}${long}y`);
  expect(written("gzip", []).byteLength).toBe(0);
});

test("the text of a file, or its begin", async () => {
  const files = new MemoryFileSystem();
  const put = async (name: string, bytes: Uint8Array): Promise<FileStatus> => {
    const file = await files.create(`memory:/${name}`);
    await file.write(bytes);
    await file.close();
    return { path: `memory:/${name}`, bytes: bytes.byteLength, isDirectory: false, modifiedMs: 0 };
  };
  expect(await fetchText(files, await put("a.txt", Buffer.from("\uFEFFabc")))).toBe("abc");
  expect(await fetchText(files, await put("b.txt", Buffer.from("abc")), 2)).toBe("ab");
  expect(await fetchText(files, await put("c.txt.gz", written("gzip", ["abc"])), 2)).toBe("abc");
});
