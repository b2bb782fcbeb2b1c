import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases, refused } from "./app/cases.ts";
import { outcomes } from "./app/runner.ts";
import { app, env, failures, flags, parse, runNode, runScript, source } from "./case-process.ts";

let scratch = "";

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "vonk-closure-"));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

interface Bundling {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly suffix: string;
}

const BUNDLES: readonly Bundling[] = [
  { name: "ESM", options: { format: "esm" }, suffix: "mjs" },
  { name: "CJS", options: { format: "cjs" }, suffix: "cjs" },
  { name: "minified", options: { format: "esm", minify: true }, suffix: "mjs" },
  { name: "keepNames", options: { format: "esm", keepNames: true }, suffix: "mjs" },
  { name: "keepNames, minified CJS", options: { format: "cjs", keepNames: true, minify: true }, suffix: "cjs" },
];

async function bundle(one: Bundling, index: number): Promise<string> {
  const esbuild: { build(options: object): Promise<unknown> } = createRequire(import.meta.url)("esbuild");
  const outfile = join(scratch, `bundle-${index}.${one.suffix}`);
  await esbuild.build({
    entryPoints: [join(app, "cases.ts")],
    bundle: true,
    platform: "node",
    target: "node24",
    outfile,
    ...one.options,
    logLevel: "silent",
  });
  return outfile;
}

describe("every case travels or is refused with its code", () => {
  test("TypeScript run directly, in the entry script", async () => {
    const found = await runScript([join(app, "cases.ts"), "--run"]);
    expect(found.length).toBe(cases.length + refused.length);
    expect(failures(found)).toEqual([]);
  });

  test("TypeScript run directly, in a module that the entry imports", async () => {
    const main = join(scratch, "main.mjs");
    const imports = ["runner", "cases"].map((name) => `import * as ${name} from ${JSON.stringify(join(app, `${name}.ts`))};`);
    writeFileSync(main, `${imports.join("\n")}\nawait runner.run(cases.cases, cases.refused);`);
    expect(failures(await runScript([main]))).toEqual([]);
  });

  test("TypeScript run directly, in a worker thread", async () => {
    const main = join(scratch, "threads.mjs");
    const argument = JSON.stringify(join(app, "cases.ts"));
    writeFileSync(main, `import { Worker } from "node:worker_threads";\nnew Worker(${argument}, { argv: ["--run"] });`);
    expect(failures(await runScript([main]))).toEqual([]);
  });

  test("a test runner's transformed modules", async () => {
    expect(failures(await outcomes(cases, refused))).toEqual([]);
  });

  test.each(BUNDLES.map((one, index) => ({ ...one, index })))("bundled by esbuild: $name", async ({ index, ...one }) => {
    expect(failures(await runScript([await bundle(one, index), "--run"]))).toEqual([]);
  });
});

const SNIPPET = `
var factor = 3; const data = { list: [1, 2] }; let count = 1;
function helper(x) { return x * factor + count; }
class Pair { constructor(a) { this.a = a; } sum() { return this.a + data.list.length; } }
const os = process.getBuiltinModule("node:os");
`;
const SNIPPET_CASES = `[
  { name: "arrow", fn: (x) => x * factor, args: [2] }, { name: "function", fn: (x) => helper(x), args: [2] },
  { name: "class", fn: () => new Pair(4).sum() }, { name: "data", fn: () => data.list.map((x) => x + count) },
  { name: "module", fn: () => os.EOL }, { name: "intrinsics", fn: () => [Math.max(1, 2), new Map([[1, 2]]).size] },
]`;
const RUN = `import(process.env.VONK_CASE_RUNNER).then((loaded) => loaded.run(${SNIPPET_CASES}, []))`;

function feed(args: readonly string[], input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, ...args], { env, stdio: ["pipe", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += String(chunk);
      if (/OUTCOMES .*\n/.test(output)) child.stdin.end();
    });
    child.on("error", reject);
    child.on("exit", () => resolve(output));
    if (args.includes("-i")) child.stdin.write(input);
    else child.stdin.end(input);
  });
}

describe("programs without a file", () => {
  test("node -e", async () => {
    expect(failures(await runScript(["-e", SNIPPET + RUN]))).toEqual([]);
  });
  test("standard input", async () => {
    expect(failures(parse(await feed(["-"], SNIPPET + RUN)))).toEqual([]);
  });
  test("REPL", async () => {
    const oneLine = (SNIPPET + RUN).replaceAll(/\n\s*/g, " ");
    expect(failures(parse(await feed(["-i"], `${oneLine}\n`)))).toEqual([]);
  });
  test("REPL with a context of its own", async () => {
    const oneLine = (SNIPPET + RUN).replaceAll(/\n\s*/g, " ");
    const start = `const { start } = require("node:repl"); start({ prompt: "", useGlobal: false });`;
    expect(failures(parse(await feed(["-e", start, "-i-context"].slice(0, 2), `${oneLine}\n`)))).toEqual([]);
  });
});

test("stack traces of rebuilt functions show the user's file, line and column", async () => {
  const main = join(scratch, "stack.ts");
  writeFileSync(
    main,
    `import { captureClosure } from ${JSON.stringify(join(source, "capture-closure.ts"))};
import { ClosureDecoder } from ${JSON.stringify(join(source, "closure-decoder.ts"))};
const limit: number = 3;
class Base { constructor() { throw new Error("base"); } }
const fns: Function[] = [
  (x: number) => { if (x < limit) throw new Error("arrow"); },
  function named(this: unknown, x: number) { if (x < limit) throw new Error("function"); },
  { method(x: number) {
      if (x < limit) throw new Error("method");
  } }.method,
  () => new Base(),
];
const decoder = new ClosureDecoder({ appRoot: import.meta.dirname });
const place = (fn: Function): string => { try { fn(1); } catch (error) { return String(/stack\\.ts:\\d+:\\d+/.exec((error as Error).stack ?? "")); } return ""; };
const sent = (fn: Function): Function => decoder.decode(captureClosure(fn, { call: "rdd.map()", appRoot: import.meta.dirname }).bytes);
console.log("PLACES " + JSON.stringify(fns.map((fn) => [place(fn), place(sent(fn))])));`,
  );
  const stdout = await runNode([main]);
  const places: string[][] = JSON.parse(/PLACES (.*)/.exec(stdout)?.[1] ?? "[]");
  expect(places).toHaveLength(4);
  for (const [local, rebuilt] of places) expect(rebuilt).toBe(local);
});

test("the rebuilt function runs as fast as the original", async () => {
  const main = join(scratch, "speed.ts");
  writeFileSync(
    main,
    `import { captureClosure } from ${JSON.stringify(join(source, "capture-closure.ts"))};
import { ClosureDecoder } from ${JSON.stringify(join(source, "closure-decoder.ts"))};
const factor = 3;
const fn = (x: number) => x * factor + 1;
const sent = new ClosureDecoder({ appRoot: "/" }).decode(captureClosure(fn, { call: "rdd.map()" }).bytes);
const rows = Float64Array.from({ length: 1e6 }, (_, index) => index % 97);
const best = (f: Function): number => {
  const loop = new Function("rows", "f", "let s = 0; for (let i = 0; i < rows.length; i++) s += f(rows[i]); return s;");
  let least = Infinity;
  for (let turn = 0; turn < 30; turn++) { const start = performance.now(); loop(rows, f); least = Math.min(least, performance.now() - start); }
  return least;
};
console.log("SPEED " + JSON.stringify([best(fn), best(sent)]));`,
  );
  const stdout = await runNode([main]);
  const [original = 0, rebuilt = Infinity]: number[] = JSON.parse(/SPEED (.*)/.exec(stdout)?.[1] ?? "[]");
  console.log(`hot loop of 1e6 calls: original ${original.toFixed(2)} ms, rebuilt ${rebuilt.toFixed(2)} ms`);
  expect(rebuilt).toBeLessThan(original * 2 + 1);
});

describe("restricted processes", () => {
  test("--disallow-code-generation-from-strings", async () => {
    const main = join(scratch, "strings.cjs");
    writeFileSync(main, SNIPPET + RUN);
    expect(failures(await runScript(["--disallow-code-generation-from-strings", main]))).toEqual([]);
  });

  test("--permission: explicit variables and functions without captures travel, others are refused by name", async () => {
    const main = join(scratch, "permission.mjs");
    writeFileSync(
      main,
      `import { captureClosure } from ${JSON.stringify(join(source, "capture-closure.ts"))};
       import { ClosureDecoder } from ${JSON.stringify(join(source, "closure-decoder.ts"))};
       const decoder = new ClosureDecoder({ appRoot: ${JSON.stringify(scratch)} });
       const factor = 3;
       const again = (fn, env) => decoder.decode(captureClosure(fn, { call: "rdd.map()", ...(env ? { env } : {}) }).bytes);
       const found = [];
       found.push(again((x) => x * 2)(4), again((x) => x * factor, { factor })(4), again(function (x) { return Math.max(x, 1); })(4));
       try { again((x) => x * factor); } catch (error) { found.push(error.code, error.message.includes("variable 'factor'")); }
       console.log("FOUND " + JSON.stringify(found));`,
    );
    const stdout = await runNode(["--permission", "--allow-fs-read=*", main]);
    expect(JSON.parse(/FOUND (.*)/.exec(stdout)?.[1] ?? "[]")).toEqual([8, 12, 4, "CLOSURE_NO_INSPECTOR", true]);
  });

  test("--permission --allow-inspector", async () => {
    const args = ["--permission", "--allow-fs-read=*", "--allow-worker", "--allow-inspector", join(app, "cases.ts"), "--run"];
    expect(failures(await runScript(args))).toEqual([]);
  });
});
