import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { claimWorkFolder, sweepWorkFolders } from "./work-folder.ts";

it("sweeps the data of unknown applications from folders of ended workers, and whole folders when they are old", () => {
  const root = mkdtempSync(join(tmpdir(), "vonk-sweep-"));
  const make = (worker: string, owner: "lives" | "ended" | "none"): void => {
    for (const appId of ["known", "unknown"]) {
      mkdirSync(join(root, worker, appId, "0", "local"), { recursive: true });
      mkdirSync(join(root, worker, appId, "shuffle"), { recursive: true });
      writeFileSync(join(root, worker, appId, "0", "stdout"), "said");
    }
    if (owner === "lives") claimWorkFolder(join(root, worker));
    if (owner === "ended") writeFileSync(join(root, worker, "owner.json"), JSON.stringify({ pid: process.pid, startedAt: "another" }));
  };
  make("lives", "lives");
  make("ended", "ended");
  make("foreign", "none");
  expect(sweepWorkFolders(root, new Set(["known"]), 0)).toEqual([join("ended", "unknown")]);
  expect(existsSync(join(root, "ended", "unknown", "shuffle"))).toBe(false);
  expect(existsSync(join(root, "ended", "unknown", "0", "stdout"))).toBe(true);
  expect(existsSync(join(root, "ended", "known", "0", "local"))).toBe(true);
  const future = Date.now() + 60_000;
  expect(sweepWorkFolders(root, new Set(["known"]), future)).toEqual([]);
  expect(sweepWorkFolders(root, new Set(), future)).toEqual([join("ended", "known"), "ended"]);
  expect(existsSync(join(root, "foreign", "unknown", "shuffle"))).toBe(true);
  expect(existsSync(join(root, "lives", "unknown", "shuffle"))).toBe(true);
  rmSync(root, { recursive: true });
});
