import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import scoreboard from "../../docs/scoreboard.json" with { type: "json" };

const shared = join(import.meta.dirname, "../../../shared/spark-golden");
const isThere = existsSync(shared);
const given = process.env["CI"] === "true" || isThere;
/** Statements that show the time or draw lots may be right on one day and wrong on another. */
const chance = 6;
const hangLimitMs = 600_000;

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "golden-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

test.skipIf(!given)(
  `no fewer statements of Spark's golden files are right than docs/scoreboard.json says${isThere ? "" : " [needs shared]"}`,
  { timeout: hangLimitMs },
  () => {
    const report = join(scratch, "golden.json");
    const run = spawnSync(process.execPath, [join(import.meta.dirname, "main.ts"), "--json", report], { encoding: "utf8", timeout: hangLimitMs });
    expect(run.status, run.stderr).toBe(0);
    const { total }: { total: Record<"statements" | "l1" | "l2" | "l3" | "l4", number> } = JSON.parse(readFileSync(report, "utf8"));
    expect(total.statements).toBe(scoreboard.golden.statements);
    for (const level of ["l1", "l2", "l3", "l4"] as const) expect(total[level], level).toBeGreaterThanOrEqual(scoreboard.golden[level] - chance);
  },
);
