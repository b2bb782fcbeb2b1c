import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { countReport } from "./vitest-report.ts";

let folder: string;
const complaints: string[] = [];
const complain = (line: string): void => void complaints.push(line);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "vonk-report-"));
  complaints.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

function report(tests: readonly { status: string; fullName: string }[], status = "passed"): string {
  const path = join(folder, "report.json");
  const count = (wanted: string): number => tests.filter((test) => test.status === wanted).length;
  const counts = {
    numPassedTests: count("passed"),
    numFailedTests: count("failed"),
    numPendingTests: count("skipped"),
    numTodoTests: count("todo"),
  };
  writeFileSync(path, JSON.stringify({ ...counts, testResults: [{ name: "a.test.ts", status, assertionResults: tests }] }));
  return path;
}

test("counts passed, failed, skipped and todo", () => {
  const tests = ["passed", "passed", "failed", "skipped", "todo"].map((status) => ({ status, fullName: status }));
  expect(countReport(report(tests), 1, false, complain)).toEqual({ passed: 2, failed: 1, skipped: 2 });
});

test("a file that could not be loaded is one failure", () => {
  expect(countReport(report([], "failed"), 1, false, complain)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test("an unhandled error fails although every test passed", () => {
  expect(countReport(report([{ status: "passed", fullName: "a" }]), 1, false, complain)).toEqual({ passed: 1, failed: 1, skipped: 0 });
});

test("in CI a skipped test that needs something from outside fails, another skipped test does not", () => {
  const path = report([
    { status: "skipped", fullName: "golden files [needs shared] abs" },
    { status: "skipped", fullName: "on Windows" },
  ]);
  expect(countReport(path, 0, true, complain)).toEqual({ passed: 0, failed: 1, skipped: 1 });
  expect(countReport(path, 0, false, complain)).toEqual({ passed: 0, failed: 0, skipped: 2 });
  expect(complaints).toEqual(["skipped, which CI does not allow: golden files [needs shared] abs"]);
});

test("no report is a failure", () => {
  expect(countReport(join(folder, "none.json"), 0, false, complain)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
