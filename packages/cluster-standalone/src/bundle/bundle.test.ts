import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MemoryKeyValueStore } from "@vonk/bus/testing";
import { randomSeed, seededRandom } from "@vonk/common/internal";
import { afterAll, expect, it } from "vitest";
import { type Bundle, bundledScheme, BundleStore } from "./bundle-store.ts";
import { missingBelow, unpackBundle } from "./unpack-bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "vonk-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

const text = new TextEncoder();
function bundle(extras: Partial<Bundle> = {}): Bundle {
  return {
    root: "/nowhere",
    main: "a/main.ts",
    files: [{ path: "a/main.ts", bytes: text.encode("main") }],
    packages: ["@vonk/core"],
    attached: [],
    ...extras,
  };
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
  const { mainFile, workingDir } = unpackBundle(bundle(), join(folder, "one"), "/nowhere/a");
  expect(readFileSync(mainFile, "utf8")).toBe("main");
  expect(workingDir).toBe(join(folder, "one", "files", "a"));
  expect(existsSync(join(folder, "one", "files", "node_modules", "@vonk", "core"))).toBe(true);
  expect(() => unpackBundle(bundle({ packages: ["@vonk/core", "no-such-package"] }), join(folder, "two"), "/")).toThrow(
    expect.objectContaining({ code: "BUNDLE_PACKAGE_MISSING", message: expect.stringContaining("no-such-package") }) as Error,
  );
  expect(() => unpackBundle(bundle({ files: [{ path: "../x", bytes: text.encode("x") }] }), join(folder, "three"), "/")).toThrow(
    expect.objectContaining({ code: "BUNDLE_PATH_OUTSIDE" }) as Error,
  );
  expect(missingBelow(join(folder, "four"), ["@vonk/core", "no-such-package"])).toEqual(["no-such-package"]);
});

it("is left alone where the submitter's files lie at the same path, but not for the same path with other contents", () => {
  const root = join(folder, "home");
  const packages: string[] = [];
  mkdirSync(join(root, "a"), { recursive: true });
  writeFileSync(join(root, "a", "main.ts"), "main");
  const same = unpackBundle(bundle({ root, packages }), join(folder, "same"), root);
  expect([same.mainFile, same.workingDir]).toEqual([join(root, "a", "main.ts"), root]);
  expect(existsSync(join(folder, "same"))).toBe(false);
  writeFileSync(join(root, "a", "main.ts"), "mine");
  const other = unpackBundle(bundle({ root, packages }), join(folder, "other"), tmpdir());
  expect(readFileSync(other.mainFile, "utf8")).toBe("main");
  expect(other.workingDir).toBe(join(folder, "other", "files"));
});

it("brings files that settings name", () => {
  const attached = [
    { path: "0/t.txt", bytes: text.encode("one") },
    { path: "1/t.txt", bytes: text.encode("two") },
  ];
  const { pathsIn } = unpackBundle(bundle({ attached }), join(folder, "attached"), "/");
  const [first = "", second = "", third] = pathsIn(`${bundledScheme}0/t.txt,${bundledScheme}1/t.txt,local:/x`).split(",");
  expect([readFileSync(first, "utf8"), readFileSync(second, "utf8"), third]).toEqual(["one", "two", "local:/x"]);
});
