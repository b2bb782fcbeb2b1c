import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("a program on Node's command line runs, with the files that its settings name", async () => {
  const folder = mkdtempSync(join(tmpdir(), "vonk-eval-"));
  writeFileSync(join(folder, "table.txt"), "hello");
  const program = `
    import { readFileSync } from "node:fs";
    import { SparkContext, SparkFiles } from "@vonk/core";
    const sc = new SparkContext({ master: "local[2]", conf: { "spark.files": ${JSON.stringify(join(folder, "table.txt"))} } });
    console.log(await sc.range(1).map(() => SparkFiles.get("table.txt").endsWith("table.txt")).collect());
    await sc.stop();`;
  const flags = ["--disable-warning=ExperimentalWarning", "--conditions=@vonk/source", "--input-type=module", "-e", program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname });
  expect(stdout).toBe("[ true ]\n");
  rmSync(folder, { recursive: true });
});
