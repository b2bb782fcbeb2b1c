import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "tsup";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cases, refused } from "./app/cases.ts";
import type { Outcome } from "./app/runner.ts";
import { COMPILED_ACCOUNTS } from "./compiled-accounts.gen.ts";
import { app, env, failures, flags, parse, runNode, runScript, source } from "./case-process.ts";

const repository = join(import.meta.dirname, "..", "..", "..", "..");
const require = createRequire(import.meta.url);
let scratch = "";

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(join(tmpdir(), "vonk-environments-")));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

function compiler(): string {
  return join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");
}

const COMPILER_OPTIONS = [
  ["--module", "commonjs"],
  ["--moduleResolution", "bundler"],
  ["--target", "es2023"],
  ["--types", "node"],
  ["--typeRoots", join(repository, "node_modules", "@types")],
  ["--rewriteRelativeImportExtensions"],
  ["--esModuleInterop"],
  ["--skipLibCheck"],
  ["--strict"],
];

describe("compiled programs: every case travels or is refused with its code", () => {
  test("CommonJS by tsc", async () => {
    const root = join(scratch, "tsc");
    mkdirSync(root);
    for (const name of ["cases.ts", "lookup.ts"]) cpSync(join(app, name), join(root, name));
    writeFileSync(join(root, "package.json"), '{ "type": "commonjs" }');
    await runNode([compiler(), ...COMPILER_OPTIONS.flat(), "--outDir", join(root, "dist"), join(root, "cases.ts")], root);
    const found = await runScript([join(root, "dist", "cases.js"), "--run"]);
    expect(found.length).toBe(cases.length + refused.length);
    expect(failures(found)).toEqual([]);
  });

  test.each(["esm", "cjs"] as const)("bundled by tsup: %s", async (format) => {
    const root = join(scratch, `tsup-${format}`);
    await build({
      config: false,
      entry: [join(app, "cases.ts")],
      outDir: root,
      format,
      platform: "node",
      target: "node24",
      outExtension: () => ({ js: format === "esm" ? ".mjs" : ".cjs" }),
      silent: true,
    });
    const found = await runScript([join(root, `cases.${format === "esm" ? "mjs" : "cjs"}`), "--run"]);
    expect(found.length).toBe(cases.length + refused.length);
    expect(failures(found)).toEqual([]);
  });
});

describe("a bundle for ES2015", () => {
  let found: Outcome[] = [];
  beforeAll(async () => {
    const esbuild: { build(options: object): Promise<unknown> } = require("esbuild");
    const outfile = join(scratch, "es2015.cjs");
    const entry = { entryPoints: [join(app, "cases.ts")], bundle: true, platform: "node", format: "cjs", outfile };
    // BigInt cannot be expressed in ES2015: its literals and `**`, which esbuild would turn into Math.pow, stay as they are.
    const supported = { bigint: true, "exponent-operator": true };
    await esbuild.build({ ...entry, target: "es2015", supported, logLevel: "silent" });
    found = await runScript([outfile, "--run"]);
  });

  test("what does not travel is refused by name, never wrong", () => {
    expect(found.length).toBe(cases.length + refused.length);
    expect(failures(found).filter((line) => !/: EngineError: \[CLOSURE_[A-Z_]+\] Cannot send/.test(line))).toEqual([]);
  });
  test("only private names make a difference: the WeakMap or WeakSet in their place is named", () => {
    const named = found
      .filter((outcome) => !outcome.ok)
      .map(({ name, detail }) => `${name}: ${/\[(\w+)\]/.exec(detail)?.[1]}, ${/'\w+' is a Weak\w+/.exec(detail)?.[0]}`);
    expect(named).toEqual([
      "class with private fields, made there: CLOSURE_UNSENDABLE_VALUE, '_value' is a WeakMap",
      "static private method: CLOSURE_UNSENDABLE_VALUE, '_Guarded_static' is a WeakSet",
      "private method alone: CLOSURE_UNSENDABLE_VALUE, '_value' is a WeakMap",
    ]);
  });
});

describe("an instance of a library's class whose private names were compiled away", () => {
  const library = "export class Account { #balance = 1; #check() {} spend() { this.#check(); return --this.#balance; } }";
  const capture = `import { Account } from "./library.mjs"; import { captureClosure } from ${JSON.stringify(join(source, "capture-closure.ts"))};
const account = new Account();
try { captureClosure(() => account.spend(), { call: "rdd.map()" }); console.log("captured"); } catch (error) { console.log(error.message); }`;

  test.each(["esbuild", "tsc"])("%s", async (tool) => {
    const root = join(scratch, `library-${tool}`);
    mkdirSync(root);
    writeFileSync(join(root, "library.mts"), library);
    writeFileSync(join(root, "main.mjs"), capture);
    if (tool === "esbuild") {
      const esbuild: { build(options: object): Promise<unknown> } = require("esbuild");
      await esbuild.build({
        entryPoints: [join(root, "library.mts")],
        target: "es2015",
        outfile: join(root, "library.mjs"),
        logLevel: "silent",
      });
    } else {
      await runNode(
        [compiler(), "--ignoreConfig", "--target", "es2015", "--module", "esnext", "--skipLibCheck", join(root, "library.mts")],
        root,
      );
    }
    const output = await runNode([join(root, "main.mjs")], root);
    expect(output).toMatch(/^\[CLOSURE_PRIVATE_STATE\] .*variable 'account' is an Account, whose class has private fields/);
  });
});

interface Instrumenter {
  instrumentSync(code: string, path: string): string;
}

test.each(Object.entries(COMPILED_ACCOUNTS))("an instance whose private names %s compiled away is refused", async (tool, library) => {
  const root = join(scratch, `compiled ${tool}`);
  mkdirSync(root);
  writeFileSync(join(root, "library.mjs"), library);
  const encoder = JSON.stringify(join(source, "capture-closure.ts"));
  writeFileSync(
    join(root, "main.mjs"),
    `import { Account } from "./library.mjs"; import { captureClosure } from ${encoder};
const account = new Account();
try { captureClosure(() => account.spend(), { call: "rdd.map()" }); console.log("captured"); } catch (error) { console.log(error.message); }`,
  );
  const output = await runNode([join(root, "main.mjs")], root);
  expect(output).toMatch(/^\[CLOSURE_PRIVATE_STATE\] .*variable 'account' is an Account, whose class has private fields/);
});

describe("programs that a tool changes on their way: every case travels or is refused with its code", () => {
  test("tsx", async () => {
    const found = await runScript(["--import", pathToFileURL(require.resolve("tsx")).href, join(app, "cases.ts"), "--run"]);
    expect(found.length).toBe(cases.length + refused.length);
    expect(failures(found)).toEqual([]);
  });

  test.each(["mjs", "cjs"])("istanbul's counters, %s", async (extension) => {
    const esbuild: { build(options: object): Promise<unknown> } = require("esbuild");
    const istanbul: { createInstrumenter(options: object): Instrumenter } = require("istanbul-lib-instrument");
    const root = join(scratch, `istanbul-${extension}`);
    mkdirSync(root);
    const isModule = extension === "mjs";
    const outfile = join(root, `cases.${extension}`);
    const options = { bundle: true, platform: "node", target: "node24", format: isModule ? "esm" : "cjs", outfile };
    await esbuild.build({ ...options, entryPoints: [join(app, "cases.ts")], logLevel: "silent" });
    const instrumenter = istanbul.createInstrumenter({ esModules: isModule, compact: false });
    writeFileSync(outfile, instrumenter.instrumentSync(readFileSync(outfile, "utf8"), outfile));
    const found = await runScript([outfile, "--run"]);
    expect(found.length).toBe(cases.length + refused.length);
    expect(failures(found)).toEqual([]);
  });
});

test("captures leave the debugger off: no port is open, and a `debugger` statement does not pause", async () => {
  const main = join(scratch, "debugger-off.mjs");
  writeFileSync(
    main,
    `import inspector from "node:inspector"; import { captureClosure } from ${JSON.stringify(join(source, "capture-closure.ts"))};
const sessions = new Set();
let paused = 0;
const { post } = inspector.Session.prototype;
inspector.Session.prototype.post = function (...args) {
  if (!sessions.has(this)) this.on("Debugger.paused", () => paused++);
  sessions.add(this);
  return post.apply(this, args);
};
const factor = 3;
const fn = (x) => { debugger; return x * factor; };
for (let turn = 0; turn < 100; turn++) captureClosure(fn, { call: "rdd.map()" });
// Its own sessions are asked what only an enabled domain answers without an error.
const answers = [...sessions].map((session) => {
  let answer = "";
  post.call(session, "Debugger.pause", {}, (error) => (answer = error?.message ?? "enabled"));
  return answer;
});
console.log(JSON.stringify({ url: inspector.url() ?? "none", result: fn(2), paused, answers }));`,
  );
  const found: unknown = JSON.parse(await runNode([main]));
  expect(found).toEqual({ url: "none", result: 6, paused: 0, answers: [expect.stringMatching(/not enabled/i)] });
});

describe("a test runner's pools: every case travels or is refused with its code", () => {
  test.each(["threads", "vmThreads", "vmForks"])("%s", async (pool) => {
    const config = join(scratch, `${pool}.config.mjs`);
    const conditions = ["@vonk/source", "module", "node", "development|production"];
    const settings = {
      root: repository,
      cacheDir: join(scratch, "cache"),
      resolve: { conditions },
      ssr: { resolve: { conditions, externalConditions: ["@vonk/source"] } },
      test: { pool, include: ["packages/core/test/closure/app/pool-fixture.ts"], execArgv: ["--conditions=@vonk/source"], maxWorkers: 1 },
    };
    writeFileSync(config, `export default ${JSON.stringify(settings)};`);
    const runner = join(dirname(require.resolve("vitest/package.json")), "vitest.mjs");
    const output = await runNode([runner, "run", "--config", config, "--configLoader", "native", "--reporter", "tap"], repository).catch(
      (error: unknown) => String(Reflect.get(Object(error), "stdout")),
    );
    expect(output).not.toContain("not ok");
    expect(output).toContain("ok 1");
  });
});

/** A debugger's front end: attaches, enables its domains, lets the program go on and counts pauses. */
async function attach(url: string): Promise<{ ask(method: string): Promise<object>; pauses(): number; close(): void }> {
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const waiting = new Map<number, (reply: object) => void>();
  let sent = 0;
  let pauses = 0;
  socket.addEventListener("message", (event) => {
    const message: { id?: number; method?: string } = JSON.parse(String(event.data));
    if (message.method === "Debugger.paused") pauses++;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  });
  const ask = (method: string): Promise<object> =>
    new Promise((resolve) => {
      waiting.set(++sent, resolve);
      socket.send(JSON.stringify({ id: sent, method }));
    });
  await ask("Runtime.enable");
  await ask("Debugger.enable");
  await ask("Runtime.runIfWaitingForDebugger");
  return { ask, pauses: () => pauses, close: () => socket.close() };
}

test("an attached debugger: every case travels, nothing pauses, and the debugger stays enabled", async () => {
  const args = [...flags, "--inspect-wait=127.0.0.1:0", join(app, "cases.ts"), "--run"];
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "pipe"], timeout: 50_000 });
  const exited = new Promise((resolve) => child.on("exit", resolve));
  try {
    let [output, log] = ["", ""];
    const url = await new Promise<string>((resolve) => {
      child.stderr.on("data", (chunk: Buffer) => {
        log += String(chunk);
        const found = /ws:\/\/127\.0\.0\.1:\d+\/\S+/.exec(log)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    const printed = new Promise<void>((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        output += String(chunk);
        if (/OUTCOMES .*\n/.test(output)) resolve();
      });
    });
    const front = await attach(url);
    await printed;
    expect(failures(parse(output))).toEqual([]);
    expect(front.pauses()).toBe(0);
    // Answered with an error when the Debugger domain is off.
    expect(await front.ask("Debugger.pause")).not.toHaveProperty("error");
    front.close();
    await exited;
  } finally {
    child.kill();
  }
});

test.skipIf(process.env["VONK_SLOW_TESTS"] !== "1")(
  "100 000 captures leave the heap as it was",
  async () => {
    const main = join(scratch, "heap.ts");
    writeFileSync(
      main,
      `import { captureClosure } from ${JSON.stringify(join(source, "capture-closure.ts"))};
const factor = 3;
const capture = (count: number): number => {
  for (let turn = 0; turn < count; turn++) {
    const state = { turn, list: [turn] };
    captureClosure((x: number) => x * factor + state.turn, { call: "rdd.map()" });
  }
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
};
const before = capture(10_000);
console.log("GROWN " + (capture(100_000) - before));`,
    );
    const grown = Number(/GROWN (.*)/.exec(await runNode(["--expose-gc", main]))?.[1]);
    expect(grown).toBeLessThan(2 ** 20);
  },
  300_000,
);
