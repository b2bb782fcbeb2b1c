// `npm test`: everything that CI runs. `npm run test:quick` (--quick): unit and property tests alone.
// Other arguments go to vitest (`npm run test:quick -- packages/bus`). Ends with one line: N passed, N failed, N skipped.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";
import { run, runTool } from "../command/run.ts";
import { countReport, type Count } from "./vitest-report.ts";

/** One step: a tool that passes or fails as a whole, or vitest, which counts its own tests. */
interface Step {
  readonly name: string;
  run(): Promise<Count>;
}

const ci = !["", "0", "false"].includes(process.env["CI"] ?? "");
const quick = process.argv.includes("--quick");
const vitestArgs = process.argv.slice(2).filter((arg) => arg !== "--quick");

/** A step that counts as one test. */
function whole(name: string, file: string, args: readonly string[] = []): Step {
  return {
    name,
    run: async () => {
      if (!existsSync(join(root, file))) return { passed: 0, failed: 0, skipped: 1 };
      const { code } = await run(process.execPath, [file, ...args]);
      return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
    },
  };
}

function vitest(args: readonly string[], name = "vitest"): Step {
  return {
    name,
    run: async () => {
      const report = join(root, ".vonk", "test", "vitest.json");
      mkdirSync(join(root, ".vonk", "test"), { recursive: true });
      rmSync(report, { force: true });
      const { code } = await runTool("vitest/vitest.mjs", [
        "run",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${report}`,
        ...args,
      ]);
      return countReport(report, code, ci, (line) => process.stdout.write(`${line}\n`));
    },
  };
}

const steps: readonly Step[] = quick
  ? [vitest(vitestArgs)]
  : [
      whole("lint", "tools/lint/main.ts"),
      whole("types", "tools/types/main.ts"),
      whole("tidy", "tools/tidy/main.ts"),
      whole("nats-server", "tools/nats-server/main.ts"),
      vitest(vitestArgs),
      whole("build", "tools/build/main.ts"),
      whole("pack-check", "tools/pack-check/main.ts"),
      whole("sim", "tools/sim/main.ts", ["--seeds", "200"]),
      whole("demo", "tools/demo/main.ts"),
      vitest(["--config", "e2e/vitest.config.ts"], "e2e"),
    ];

const total = { passed: 0, failed: 0, skipped: 0 };
const lines: string[] = [];
for (const step of steps) {
  process.stdout.write(`\n── ${step.name} ${"─".repeat(70 - step.name.length)}\n`);
  const start = Date.now();
  const count = await step.run();
  total.passed += count.passed;
  total.failed += count.failed;
  total.skipped += count.skipped;
  const state = count.failed > 0 ? "FAILED" : count.passed > 0 ? "passed" : "skipped";
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  lines.push(
    `  ${step.name.padEnd(12)} ${state.padEnd(8)} ${`${seconds} s`.padStart(8)}   ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`,
  );
}
process.stdout.write(`\n── summary ${"─".repeat(63)}\n${lines.join("\n")}\n\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
