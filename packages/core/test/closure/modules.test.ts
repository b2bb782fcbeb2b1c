import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const runFile = promisify(execFile);
const source = join(import.meta.dirname, "..", "..", "src", "closure");
const flags = ["--conditions=@vonk/source", "--no-warnings"];
const env = { ...process.env, NODE_OPTIONS: "" };
let scratch = "";

const FILES: Readonly<Record<string, string>> = {
  "package.json": '{ "name": "app", "version": "1.0.0" }',
  "node_modules/dual/package.json":
    '{ "name": "dual", "version": "1.0.0", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
  "node_modules/dual/index.mjs":
    'export const build = "esm"; export function which() { return build; } export class Box { constructor(v) { this.v = v; } twice() { return this.v * 2; } }',
  "node_modules/dual/index.cjs": 'exports.build = "cjs"; exports.which = () => "cjs";',
  "node_modules/outer/package.json":
    '{ "name": "outer", "version": "1.0.0", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
  "node_modules/outer/index.mjs":
    'import { inner } from "dual"; export { inner, Inner } from "dual"; export const outer = () => "outer esm " + inner();',
  "node_modules/outer/index.cjs": 'const { inner } = require("dual"); exports.inner = inner; exports.outer = () => "outer cjs " + inner();',
  "node_modules/outer/node_modules/dual/package.json":
    '{ "name": "dual", "version": "2.0.0", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
  "node_modules/outer/node_modules/dual/index.mjs":
    'export function inner() { return "nested esm"; } export const which = inner; export class Inner { constructor(v) { this.v = v; } thrice() { return this.v * 3; } }',
  "node_modules/outer/node_modules/dual/index.cjs": 'exports.inner = () => "nested cjs"; exports.which = exports.inner;',
  "lib/node_modules/dual/package.json":
    '{ "name": "dual", "version": "3.0.0", "exports": { "import": "./index.mjs", "require": "./index.cjs" } }',
  "lib/node_modules/dual/index.mjs": 'export const which = () => "library esm";',
  "lib/node_modules/dual/index.cjs": 'exports.which = () => "library cjs";',
  "lib/nested.mjs": 'import { which } from "dual"; export const fn = () => which(); export const both = [() => which(), which];',
  "lib/nested.cjs": 'const { which } = require("dual"); exports.fn = () => which(); exports.made = () => () => which();',
  "node_modules/plain/package.json": '{ "name": "plain", "version": "1.0.0", "main": "main.js" }',
  "node_modules/plain/main.js":
    "function plain(x) { return plain.chunk(x, 1).length; } plain.chunk = (x, n) => x.slice(n); plain.big = 'x'.repeat(10000); module.exports = plain; module.exports.chunk = plain.chunk;",
  "lib/tools.cjs":
    '"use strict"; const inner = { add: 5 }; exports.add = (x) => x + inner.add; exports.where = () => __dirname; exports.other = () => require("./other.cjs").value;',
  "lib/other.cjs": "exports.value = 11;",
  "lib/esm.mjs":
    'import { which } from "dual"; export const state = new Map([["k", 1]]); export function read(k) { return state.get(k) + which(); } export const here = () => import.meta.filename;',
  "data/numbers.json": "[1, 2, 3]",
  "job.mjs": `import { which, Box } from "dual";
import * as dual from "dual";
import plain, { chunk } from "plain";
import tools from "./lib/tools.cjs";
import { add } from "./lib/tools.cjs";
import numbers from "./data/numbers.json" with { type: "json" };
import { here, read, state } from "./lib/esm.mjs";
import { readFileSync } from "node:fs";
import { inner, Inner, outer } from "outer";
import { both, fn } from "./lib/nested.mjs";
const nested = new Inner(2);
const box = new Box(4);
export const cases = {
  "dual package": () => which(),
  "nested dual package": () => [outer(), inner(), which()],
  "nested dual package, function itself": inner,
  "nested dual package, instance": () => [nested.thrice(), nested instanceof Inner],
  "nested dual package below a directory": () => [fn(), both[0](), both[1]()],
  "nested dual package, closure of a module": both[0],
  "nested dual package, imported by a module": both[1],
  "dual package, namespace": () => dual.which() + Object.keys(dual).length,
  "instance of a package's class": () => [box.twice(), box instanceof Box],
  "CommonJS package": () => plain([1, 2, 3]) + chunk([1, 2], 1).length,
  "user's CommonJS module": () => tools.add(1) + add(2),
  "JSON module": () => numbers.length,
  "user's ES module": () => [read("k"), state.get("k")],
  "import.meta": () => import.meta.url.endsWith("job.mjs") && here().endsWith("esm.mjs"),
  "import.meta of the application": () => import.meta.dirname,
  "__dirname": tools.where,
  "require": tools.other,
  "dynamic import": async () => (await import("./lib/esm.mjs")).read("k"),
  "file beside the script": () => readFileSync(new URL("./data/numbers.json", import.meta.url), "utf8"),
};`,
  "job.cjs": `const { add } = require("./lib/tools.cjs"); const plain = require("plain"); const { join } = require("node:path"); const fs = require("fs");
const { inner, outer } = require("outer"); const { which } = require("dual"); const nested = require("./lib/nested.cjs"); const made = nested.made();
const local = 2; function helper(x) { return add(x) * local; }
module.exports = { cases: {
  "CJS: helper": () => helper(3),
  "CJS: nested dual package": () => [outer(), inner(), which(), nested.fn()],
  "CJS: nested dual package, function itself": inner,
  "CJS: nested dual package, closure of a module": made,
  "CJS: package": () => plain([1, 2, 3]),
  "CJS: node function": () => join("a", "b"),
  "CJS: node module": () => fs.existsSync(__filename),
  "CJS: __dirname": () => __dirname,
  "CJS: require": () => require("./lib/other.cjs").value,
  "CJS: require of a package": () => require("dual").which(),
  "CJS: sloppy this": function () { return typeof this; },
  "CJS: constructor function": (() => { function Old(v) { this.v = v; } Old.prototype.twice = function () { return this.v * 2; }; function Derived(v) { Old.call(this, v); } Derived.prototype = Object.create(Old.prototype); Derived.prototype.constructor = Derived; Derived.prototype.thrice = function () { return this.v * 3; }; const made = new Derived(2); return () => [made.twice(), new Derived(5).thrice(), made instanceof Old]; })(),
} };`,
  "capture.mjs": `import { captureClosure } from "SOURCE/capture-closure.ts";
import { cases as esm } from "./job.mjs";
import job from "./job.cjs";
const sent = {};
for (const [name, fn] of Object.entries({ ...esm, ...job.cases })) {
  const { bytes } = captureClosure(fn, { call: "rdd.map()", appRoot: import.meta.dirname });
  sent[name] = { bytes: Buffer.from(bytes).toString("base64"), expected: await fn() };
}
console.log("SENT " + JSON.stringify(sent));`,
  "rebuild.mjs": `import { ClosureDecoder } from "SOURCE/closure-decoder.ts";
let input = ""; for await (const chunk of process.stdin) input += chunk;
const decoder = new ClosureDecoder({ appRoot: process.argv[2] }); const found = {};
for (const [name, text] of Object.entries(JSON.parse(input))) {
  try { const bytes = Buffer.from(text, "base64"); await decoder.prepare(bytes); found[name] = await decoder.decode(bytes)(); } catch (error) { found[name] = String(error); }
}
console.log("FOUND " + JSON.stringify(found));`,
};

interface Sent {
  readonly bytes: string;
  readonly expected: unknown;
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text.replaceAll("SOURCE", source));
  }
}

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "vonk-modules-")));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe("modules, on an executor that unpacked the application elsewhere", () => {
  test("every case gives what it gave at the driver, with paths of the executor", async () => {
    const [home, away] = [join(scratch, "home"), join(scratch, "away")];
    write(home, FILES);
    const { stdout } = await runFile(process.execPath, [...flags, join(home, "capture.mjs")], { env, cwd: scratch });
    const sent: Record<string, Sent> = JSON.parse(/SENT (.*)/.exec(stdout)?.[1] ?? "{}");
    cpSync(home, away, { recursive: true });
    rmSync(home, { recursive: true });
    const running = runFile(process.execPath, [...flags, join(away, "rebuild.mjs"), away], { env, cwd: tmpdir() });
    running.child.stdin?.end(JSON.stringify(Object.fromEntries(Object.entries(sent).map(([name, { bytes }]) => [name, bytes]))));
    const found: Record<string, unknown> = JSON.parse(/FOUND (.*)/.exec((await running).stdout)?.[1] ?? "{}");
    const expected = Object.fromEntries(Object.entries(sent).map(([name, one]) => [name, one.expected]));
    expect(found).toEqual(JSON.parse(JSON.stringify(expected).replaceAll(home, away)));
    for (const [name, { bytes }] of Object.entries(sent)) expect(`${name} ${bytes.length < 4_000}`).toBe(`${name} true`);
  });

  test("a module that is not there is named", async () => {
    const root = join(scratch, "missing");
    write(root, {
      "gone.mjs": "export function gone() { return 1; }",
      "main.mjs": `import { gone } from "./gone.mjs"; import { captureClosure } from "SOURCE/capture-closure.ts"; import { ClosureDecoder } from "SOURCE/closure-decoder.ts";
        const { bytes } = captureClosure(() => gone(), { call: "rdd.map()", appRoot: import.meta.dirname });
        try { new ClosureDecoder({ appRoot: "/nowhere" }).decode(bytes); } catch (error) { console.log(error.message); }`,
    });
    const { stdout } = await runFile(process.execPath, [...flags, join(root, "main.mjs")], { env });
    expect(stdout).toContain("[CLOSURE_MODULE_NOT_FOUND] Cannot rebuild a closure: module './gone.mjs' is not at /nowhere/gone.mjs.");
  });
});

describe("bundles with a source map", () => {
  test("locations in messages are those of the source", async () => {
    const root = join(scratch, "mapped");
    write(root, {
      "src/job.ts": `// a comment\nimport { captureClosure } from "SOURCE/capture-closure.ts";\n\nconst wait: Promise<number> = Promise.resolve(1);\n  export const fn = () => wait;\ntry { captureClosure(fn, { call: "rdd.map()" }); } catch (error) { console.log((error as Error).message); }\n`,
    });
    const esbuild: { build(options: object): Promise<unknown> } = createRequire(import.meta.url)("esbuild");
    const outfile = join(root, "dist", "job.mjs");
    await esbuild.build({
      entryPoints: [join(root, "src", "job.ts")],
      bundle: true,
      platform: "node",
      format: "esm",
      minify: true,
      sourcemap: true,
      external: [`${source}/*`],
      outfile,
    });
    const { stdout } = await runFile(process.execPath, [...flags, outfile], { env, cwd: root });
    expect(stdout).toContain("(src/job.ts:5:21)");
  });
});
