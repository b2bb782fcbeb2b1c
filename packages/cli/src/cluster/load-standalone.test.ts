import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { loadStandalone } from "./load-standalone.ts";

it("finds the package, and says what to install where it is not", async () => {
  expect((await loadStandalone()).runMaster).toBeTypeOf("function");
  await expect(loadStandalone([join(tmpdir(), "noop.js")])).rejects.toMatchObject({
    code: "CLUSTER_PACKAGE_MISSING",
    message: expect.stringContaining("npm install @vonk/cluster-standalone"),
  });
});
