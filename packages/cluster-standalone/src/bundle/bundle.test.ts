import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryKeyValueStore } from "@vonk/bus/testing";
import { randomSeed, seededRandom } from "@vonk/common/internal";
import { afterAll, expect, it } from "vitest";
import { type Bundle, BundleStore } from "./bundle-store.ts";
import { unpackBundle } from "./unpack-bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "vonk-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = new TextEncoder();
function bundle(extras: Partial<Bundle> = {}): Bundle {
  return { main: "a/main.ts", files: [{ path: "a/main.ts", bytes: text.encode("main") }], packages: ["@vonk/core"], ...extras };
}

it("keeps a bundle in chunks until it is deleted", async () => {
  const store = new MemoryKeyValueStore();
  const bundles = new BundleStore(store);
  const random = seededRandom(randomSeed());
  const bytes = Uint8Array.from({ length: 1_500_000 }, () => random.nextInt(256));
  const files = [...bundle().files, { path: "b.bin", bytes }];
  await bundles.put("driver-1", bundle({ files }));
  await bundles.put("driver-10", bundle());
  expect((await store.keys("driver-1.")).length).toBe(3);
  const read = await bundles.get("driver-1");
  expect(read.files.map(({ path }) => path)).toEqual(["a/main.ts", "b.bin"]);
  expect(Buffer.compare(read.files[1]?.bytes ?? new Uint8Array(), bytes)).toBe(0);
  await bundles.delete("driver-1");
  await expect(bundles.get("driver-1")).rejects.toMatchObject({ code: "BUNDLE_MISSING" });
  expect((await bundles.get("driver-10")).main).toBe("a/main.ts");
  await expect(new BundleStore(store, 2 ** 20).put("x", bundle({ files }))).rejects.toMatchObject({
    code: "BUNDLE_TOO_LARGE",
    message: expect.stringContaining("2 MiB packed, expected at most 1"),
  });
});

it("is unpacked where it finds its packages, and says which are missing", () => {
  const main = unpackBundle(bundle(), join(folder, "one"));
  expect(readFileSync(main, "utf8")).toBe("main");
  expect(existsSync(join(folder, "one", "node_modules", "@vonk", "core"))).toBe(true);
  expect(() => unpackBundle(bundle({ packages: ["@vonk/core", "no-such-package"] }), join(folder, "two"))).toThrow(
    expect.objectContaining({ code: "BUNDLE_PACKAGE_MISSING", message: expect.stringContaining("no-such-package") }) as Error,
  );
  expect(() => unpackBundle(bundle({ files: [{ path: "../x", bytes: text.encode("x") }] }), join(folder, "three"))).toThrow(
    expect.objectContaining({ code: "BUNDLE_PATH_OUTSIDE" }) as Error,
  );
});
