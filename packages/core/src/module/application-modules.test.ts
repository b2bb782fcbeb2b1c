import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ApplicationModules } from "./application-modules.ts";

let scratch = "";
beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "vonk-own-files-")));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const urlOf = (path: string): string => pathToFileURL(join(scratch, path)).href;
const namesOf = (modules: ApplicationModules): string[] =>
  modules.list.map(({ url }) => url.slice(pathToFileURL(scratch).href.length + 1)).toSorted();

test("takes a module with all that it imports of its own, through links, and its package.json, but no packages", () => {
  mkdirSync(join(scratch, "app", "node_modules", "left"), { recursive: true });
  writeFileSync(join(scratch, "app", "package.json"), "{}");
  writeFileSync(join(scratch, "app", "node_modules", "left", "index.js"), "");
  writeFileSync(
    join(scratch, "app", "main.ts"),
    `import left from "left"; import"./a.ts"; export * from './b.mjs'; await import("./a.ts");
     // import "./nowhere.ts"; import fs from "node:fs"; require("node:fs");
     const text = 'see "./a.ts"';`,
  );
  writeFileSync(join(scratch, "app", "a.ts"), 'import type { B } from "./b.mjs"; import data from "./data.json" with { type: "json" };');
  writeFileSync(join(scratch, "app", "b.mjs"), 'import "./main.ts"; import { createRequire } from "module";');
  writeFileSync(join(scratch, "app", "data.json"), "[1]");
  symlinkSync(join(scratch, "app", "main.ts"), join(scratch, "link.ts"));
  const warnings: string[] = [];
  const modules = new ApplicationModules(join(scratch, "copies"), (message) => warnings.push(message));
  expect(modules.add([urlOf("link.ts"), "node:fs", urlOf("app/node_modules/left/index.js")])).toBe(true);
  expect(namesOf(modules)).toEqual(["app/a.ts", "app/b.mjs", "app/data.json", "app/main.ts", "app/package.json"]);
  expect(modules.add([urlOf("app/a.ts")])).toBe(false);
  expect(warnings).toEqual([]);
  const data = modules.list.find(({ path }) => path.endsWith("data.json"));
  expect(readFileSync(join(scratch, "copies", data?.path ?? ""), "utf8")).toBe("[1]");
  expect(data).toMatchObject({ bytes: 3, digest: "080a9ed428559ef602668b4c00f114f1a11c3f6b02a435f0bdc154578e4d7f22" });
});

test("leaves out what has no room, and says so", () => {
  writeFileSync(join(scratch, "large.mjs"), 'import "./small.mjs";\n'.padEnd(3 * 2 ** 20));
  writeFileSync(join(scratch, "small.mjs"), "");
  const warnings: string[] = [];
  const modules = new ApplicationModules(join(scratch, "few"), (message) => warnings.push(message), 2 ** 20);
  expect(modules.add([urlOf("large.mjs"), urlOf("small.mjs"), urlOf("gone.mjs")])).toBe(true);
  expect(namesOf(modules)).toEqual(["small.mjs"]);
  expect(warnings).toEqual([expect.stringMatching(/own files are 3 MiB with .*large\.mjs, expected at most 1:/)]);
});
