import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runApp } from "./run-app.ts";

let scratch = "";
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "local-test-"));
});
afterAll(() => rmSync(scratch, { recursive: true }));

function local(name: string): Record<string, string> {
  const folder = join(scratch, name);
  mkdirSync(folder);
  return { VONK_CONF_spark_local_dir: folder };
}

describe("a program", () => {
  test("that forgets stop() ends by itself and leaves no folder", async () => {
    const { code, stdout, stderr } = await runApp("forgets-stop.ts", [], local("forgets"));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "100000 5\n", stderr: "" });
    expect(readdirSync(join(scratch, "forgets"))).toEqual([]);
  });

  test("that stops while a job is being submitted goes on after stop()", async () => {
    const { code, stdout, stderr } = await runApp("stops-at-once.ts", [], local("stops"));
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "stopped CONTEXT_STOPPED\n", stderr: "" });
    expect(readdirSync(join(scratch, "stops"))).toEqual([]);
  });

  test("that fails at its top level ends with Node's code and leaves no folder", async () => {
    const { code, stderr } = await runApp("fails-at-top-level.ts", [], local("fails"));
    expect(code).toBe(1);
    expect(stderr).toContain("the program's own error");
    expect(readdirSync(join(scratch, "fails"))).toEqual([]);
  });

  test("sweeps the folders of dead processes, not those of others", async () => {
    const environment = local("sweeps");
    const folder = join(scratch, "sweeps");
    for (const [name, pid] of [
      ["vonk-local-dead", 2 ** 22 - 1],
      ["vonk-local-alive", process.pid],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "owner.pid"), String(pid));
      writeFileSync(join(folder, name, "shuffle_0.data"), "bytes");
    }
    mkdirSync(join(folder, "vonk-of-somebody"));
    expect((await runApp("forgets-stop.ts", [], environment)).code).toBe(0);
    expect(readdirSync(folder)).toEqual(["vonk-local-alive", "vonk-of-somebody"]);
  });

  test("that spins in the driver does not stall its job", async () => {
    const { stdout, stderr } = await runApp("spins-in-the-driver.ts", [scratch], local("spins"));
    expect(stderr).toBe("");
    const { startMs, endMs, count } = JSON.parse(stdout) as { startMs: number; endMs: number; count: number };
    expect(count).toBe(40);
    const log = readdirSync(scratch).find((name) => name.startsWith("local-")) ?? "";
    const events = readFileSync(join(scratch, log), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const ends = events.filter((event) => event["Event"] === "SparkListenerJobEnd").map((event) => event["Completion Time"] as number);
    expect(ends.length).toBe(2);
    // 40 tasks of 20 ms on two threads take 400 ms, well within the two seconds.
    expect(ends[1]).toBeGreaterThan(startMs);
    expect(ends[1]).toBeLessThan(endMs - 500);
  });
});
