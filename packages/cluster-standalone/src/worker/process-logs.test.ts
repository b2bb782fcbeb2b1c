import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ProcessLogs } from "./process-logs.ts";
import { claimWorkFolder } from "./work-folder.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "vonk-logs-"));
  const files: Readonly<Record<string, string>> = {
    "own/app-1/10/stdout": "ten",
    "own/app-1/10/stderr": "",
    "own/app-1/2/stdout": "two",
    "own/app-1/2/stderr": "oh",
    "own/app-1/shuffle/data": "no log",
    "own/driver-1/stdout": "é".repeat(400_000),
    "own/driver-1/stderr": "",
    "other/app-1/3/stdout": "of a worker that runs",
    "ended/app-1/4/stdout": "of one before",
    "ended/owner.json": JSON.stringify({ pid: process.pid, startedAt: "another" }),
    "nobody/app-1/5/stdout": "of no worker",
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  claimWorkFolder(join(root, "other"));
  claimWorkFolder(join(root, "own"));
});
afterAll(() => rmSync(root, { recursive: true }));

it("lists what its own processes and those of ended workers beside it have printed", () => {
  const logs = new ProcessLogs(join(root, "own"));
  expect(logs.list("app-1")).toEqual([
    { folder: "own", ownerId: "app-1", executorId: "2", bytes: { stdout: 3, stderr: 2 } },
    { folder: "own", ownerId: "app-1", executorId: "10", bytes: { stdout: 3, stderr: 0 } },
    { folder: "ended", ownerId: "app-1", executorId: "4", bytes: { stdout: 13, stderr: 0 } },
  ]);
  expect(logs.list(undefined).map(({ ownerId }) => ownerId)).toEqual(["app-1", "app-1", "driver-1", "app-1"]);
  expect(logs.list("app-2")).toEqual([]);
});

it("reads a log piece by piece, and nothing that is no log", () => {
  const logs = new ProcessLogs(join(root, "own"));
  const driver = { folder: "own", ownerId: "driver-1", stream: "stdout" } as const;
  expect([0, 524_288, 800_000, 900_000].map((offset) => logs.read(driver, offset).byteLength)).toEqual([524_288, 275_712, 0, 0]);
  const text = (piece: Uint8Array): string => new TextDecoder().decode(piece);
  expect(text(logs.read({ folder: "ended", ownerId: "app-1", executorId: "4", stream: "stdout" }, 3))).toBe("one before");
  expect(logs.read({ folder: "ended", ownerId: "app-1", executorId: "4", stream: "stderr" }, 0)).toHaveLength(0);
  for (const wrong of [{ folder: "other" }, { folder: ".." }, { executorId: "../../other/app-1/3" }, { executorId: "shuffle" }]) {
    const place = { folder: "own", ownerId: "app-1", executorId: "3", stream: "stdout", ...wrong } as const;
    expect(() => logs.read(place, 0)).toThrow(expect.objectContaining({ code: "LOGS_UNKNOWN" }) as Error);
  }
});
