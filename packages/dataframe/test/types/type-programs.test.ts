import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";

/*
 * Programs over typed DataFrames: those in `wrong` must not compile, each with the message in the golden file beside it; those in `right` must.
 * One run of the compiler sees them all. `npx vitest run -u` writes the golden files.
 */

const folder = import.meta.dirname;
const compiler = join(folder, "../../../../node_modules/typescript/bin/tsc");
const programsOf = (kind: string): string[] => readdirSync(join(folder, kind)).filter((name) => name.endsWith(".ts"));
const messages = new Map<string, string>();

beforeAll(() => {
  const { stdout } = spawnSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], { encoding: "utf8", cwd: folder });
  let file = "";
  for (const line of stdout.trimEnd().split("\n")) {
    const match = /^(\S+\.ts)(\(.*)$/.exec(line);
    file = match?.[1] ?? file;
    messages.set(file, `${messages.get(file) ?? ""}${match?.[2] ?? line}\n`);
  }
}, 60_000);

describe("programs that must not compile", () => {
  test.each(programsOf("wrong"))("%s", async (name) => {
    const message = messages.get(`wrong/${name}`);
    expect(message, "the compiler accepts it").toBeDefined();
    await expect(message).toMatchFileSnapshot(join(folder, "wrong", name.replace(/\.ts$/, ".txt")));
  });
});

test("programs that must compile do", () => {
  expect(programsOf("right").length).toBeGreaterThanOrEqual(100);
  expect([...messages.keys()].filter((file) => !file.startsWith("wrong/"))).toEqual([]);
});

test("fifty steps in a row compile; how long that takes is a row of the bench", () => {
  const project = join(folder, "pipeline.tsconfig.json");
  const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", project, "--pretty", "false"], { encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
}, 60_000);
