// Runs one of Vonk's tools on the pinned Node, after whatever set-up is still missing. Must itself run on Node 18.
//   node tools/bootstrap/run.mjs NAME [args]      (what every npm script of the root calls)
// Two steps, because npm silently leaves out optional platform packages whose `engines` miss the Node it runs on:
//   1. the pinned Node alone, from the small lockfile in tools/bootstrap/node (integrity checked by npm);
//   2. `npm ci` run with that Node, skipped while node_modules agrees with package-lock.json.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv, env, exit, stderr } from "node:process";
import { fileURLToPath } from "node:url";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureNode, SetupError } from "./node.mjs";
import { withLock } from "./lock.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Where each tool lies, relative to the root. */
const entries = {
  bench: "tools/bench/main.ts",
  "bench:data": "tools/bench/data.ts",
  "bench:peers": "tools/bench/install-peers.ts",
  build: "tools/build/main.ts",
  demo: "tools/demo/main.ts",
  format: "tools/format/main.ts",
  golden: "tools/golden/main.ts",
  interop: "tools/interop/main.ts",
  knip: "tools/knip/main.ts",
  lint: "tools/lint/main.ts",
  "test:faults": "tools/faults/main.ts",
  "nats-server": "tools/nats-server/main.ts",
  oracle: "tools/oracle/main.ts",
  "pack-check": "tools/pack-check/main.ts",
  setup: "tools/setup/main.ts",
  sim: "tools/sim/main.ts",
  test: "tools/test/main.ts",
  tidy: "tools/tidy/main.ts",
  types: "tools/types/main.ts",
};

/** Starts the tool with the pinned Node first on PATH and ends as it ends. */
function exec(node, file, args) {
  const bin = join(root, "node_modules", ".bin");
  const separator = process.platform === "win32" ? ";" : ":";
  const child = spawn(node, ["--disable-warning=ExperimentalWarning", file, ...args], {
    stdio: "inherit",
    env: {
      ...env,
      PATH: [dirname(node), bin, env.PATH ?? ""].join(separator),
      NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(root, ".vonk", "compile-cache"),
      NX_DAEMON: env.NX_DAEMON ?? "false",
      VONK_ROOT: root,
    },
  });
  // Ctrl-C reaches the child through the terminal; other signals are passed on. This process outlives the child.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`${node} could not be started: ${error.message}`));
  child.on("exit", (code, signal) => {
    if (signal === null) return exit(code ?? 1);
    const number = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGKILL: 137 }[signal] ?? 1;
    exit(number);
  });
}

function fail(message) {
  stderr.write(`vonk: ${message}\n`);
  exit(1);
}

async function main() {
  const [name, ...args] = argv.slice(2);
  const entry = name === undefined ? undefined : entries[name];
  if (entry === undefined) return fail(`${name ?? "(nothing)"} is not a tool; there are ${Object.keys(entries).join(", ")}`);
  const file = join(root, entry);
  if (!existsSync(file)) return fail(`${name} comes with a later part of the project: ${entry} is not there yet`);
  try {
    const node = await withLock(root, () => {
      const path = ensureNode(root);
      ensureDependencies(root, path);
      return path;
    });
    exec(node, file, args);
  } catch (error) {
    if (error instanceof SetupError) return fail(error.message);
    throw error;
  }
}

await main();
