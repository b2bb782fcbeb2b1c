import { existsSync, readFileSync } from "node:fs";

/** What a step of `npm test` counts. */
export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of vitest's json report that is read. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** A test that needs something from outside says so in its title: "[needs shared]", "[needs nats-server]". */
const need = /\[needs [^\]]+\]/;

/**
 * Counts vitest's json report at `path`. A file that could not be loaded, an unhandled error and a missing report count as
 * one failure each. With `strict`, a skipped test that needs something from outside is a failure: named on `complain`.
 */
export function countReport(path: string, exitCode: number, strict: boolean, complain: (line: string) => void): Count {
  if (!existsSync(path)) {
    complain("vitest wrote no report");
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const report = JSON.parse(readFileSync(path, "utf8")) as Report;
  let failed = report.numFailedTests;
  let skipped = report.numPendingTests + report.numTodoTests;
  for (const file of report.testResults) {
    if (file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed")) {
      complain(`${file.name} could not be run`);
      failed++;
    }
    if (!strict) continue;
    for (const test of file.assertionResults) {
      if (test.status === "passed" || test.status === "failed" || !need.test(test.fullName)) continue;
      complain(`skipped, which CI does not allow: ${test.fullName}`);
      failed++;
      skipped--;
    }
  }
  if (exitCode !== 0 && failed === 0) {
    complain(`vitest ended with exit code ${exitCode} although no test failed: an unhandled error, see above`);
    failed = 1;
  }
  return { passed: report.numPassedTests, failed, skipped };
}
