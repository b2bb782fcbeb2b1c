import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findNatsServer, requireNatsServer } from "./find-server.ts";

// A fake is a shell script; Windows runs none.
describe.skipIf(process.platform === "win32")("the search order", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "vonk-nats-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A program that prints `output` and ends with `code`. */
  function fake(place: string, output: string, code = 0): string {
    mkdirSync(join(folder, place), { recursive: true });
    const path = join(folder, place, "nats-server");
    writeFileSync(path, `#!/bin/sh\necho "${output}"\nexit ${code}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  const search = (environment: Record<string, string> = {}, version: "newest" | "oldest" = "newest") =>
    requireNatsServer({
      version,
      environment: { PATH: [join(folder, "a"), join(folder, "b")].join(delimiter), ...environment },
      keptFolder: join(folder, "kept"),
      otherFolders: [join(folder, "sbin")],
    });

  test("the variable, then PATH in its order, then folders of servers, then the newest kept copy", async () => {
    await expect(search()).rejects.toMatchObject({ code: "NATS_SERVER_NOT_FOUND" });
    await expect(search()).rejects.toThrow(/apt-get install nats-server.*go install .*@v2\.15\.2.*VONK_NATS_SERVER/);
    const older = fake("kept/2.9.10", "nats-server: v2.9.10");
    expect(await search()).toEqual({ path: older, version: "2.9.10" });
    const newer = fake("kept/2.15.2", "nats-server: v2.15.2");
    expect(await search()).toEqual({ path: newer, version: "2.15.2" });
    const server = fake("sbin", "nats-server: v2.10.27");
    expect(await search()).toEqual({ path: server, version: "2.10.27" });
    const second = fake("b", "nats-server: v2.11.1");
    expect(await search()).toEqual({ path: second, version: "2.11.1" });
    const first = fake("a", "nats-server: v2.12.0-RC.1");
    expect(await search()).toEqual({ path: first, version: "2.12.0-RC.1" });
    const named = fake("named", "nats-server: v2.14.0");
    expect(await search({ VONK_NATS_SERVER: named })).toEqual({ path: named, version: "2.14.0" });
  });

  test("what does not run, prints no version or is too old is passed over", async () => {
    fake("a", "nats-server: v2.9.9");
    fake("b", "nats-server: v2.15.2", 1);
    fake("sbin", "something else 3.0.0");
    const kept = fake("kept/2.15.2", "nats-server: v2.15.2");
    expect(await search()).toEqual({ path: kept, version: "2.15.2" });
  });

  test("a variable that names no usable server is an error, not a search", async () => {
    fake("a", "nats-server: v2.15.2");
    const old = fake("old", "nats-server: v2.8.4");
    const silent = fake("silent", "");
    await expect(search({ VONK_NATS_SERVER: old })).rejects.toThrow(/is version 2\.8\.4\. Expected .* 2\.9\.10 or later/);
    await expect(search({ VONK_NATS_SERVER: silent })).rejects.toThrow(/prints no version/);
    await expect(search({ VONK_NATS_SERVER: join(folder, "gone") })).rejects.toMatchObject({ code: "NATS_SERVER_UNUSABLE" });
  });

  test("the oldest supported line has a variable of its own and takes no newer server", async () => {
    fake("a", "nats-server: v2.15.2");
    await expect(search({}, "oldest")).rejects.toMatchObject({ code: "NATS_SERVER_NOT_FOUND" });
    const kept = fake("kept/2.9.10", "nats-server: v2.9.10");
    expect(await search({}, "oldest")).toEqual({ path: kept, version: "2.9.10" });
    expect(await search({ VONK_NATS_SERVER_OLDEST: kept }, "oldest")).toEqual({ path: kept, version: "2.9.10" });
    expect(await findNatsServer({ environment: { PATH: "" }, keptFolder: join(folder, "none"), otherFolders: [] })).toBeUndefined();
  });
});
