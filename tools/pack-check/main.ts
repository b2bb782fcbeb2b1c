// `npm run pack-check [-- NAME…]`: every package packed, checked by publint and attw, installed alone with its declared
// dependencies into an empty folder, and used from ESM, CommonJS and TypeScript. Needs built packages (npm run build).
import { existsSync, globSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../command/root.ts";
import { run, runTool, type Outcome } from "../command/run.ts";
import { useDoors } from "./consumer.ts";
import { closureOf, workspacePackages, type WorkspacePackage } from "./packages.ts";

/** What may be installed with a package that must stay small. */
const limits: Readonly<Record<string, { readonly bytes: number; readonly packages: number }>> = {
  "@vonk/core": { bytes: 5_000_000, packages: 8 },
};

let failures = 0;

function report(what: string, problem: string | undefined, detail = ""): void {
  if (problem !== undefined) failures++;
  process.stdout.write(`${problem === undefined ? "ok    " : "FAILED"} ${what}${detail === "" ? "" : ` (${detail})`}\n`);
  if (problem !== undefined) process.stdout.write(`${problem.trim().replaceAll(/^/gm, "       ")}\n`);
}

function problemOf({ code, stdout, stderr }: Outcome): string | undefined {
  return code === 0 ? undefined : `${stdout}${stderr}`.trim() || `exit code ${code}`;
}

async function npm(args: readonly string[], cwd: string): Promise<Outcome> {
  return await run("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd, capture: true });
}

/** Packs the packages that are built; one that is not is reported. Tarballs by package name. */
async function pack(packages: readonly WorkspacePackage[], destination: string): Promise<Map<string, string>> {
  const tarballs = new Map<string, string>();
  mkdirSync(destination, { recursive: true });
  for (const { name, folder } of packages) {
    if (!existsSync(join(folder, "dist", "index.js"))) {
      report(`${name} pack`, "dist/index.js is missing: run npm run build");
      continue;
    }
    const outcome = await npm(["pack", "--json", "--pack-destination", destination], folder);
    const file = join(destination, `${name.slice(1).replace("/", "-")}-${versionOf(folder)}.tgz`);
    report(`${name} pack`, problemOf(outcome) ?? (existsSync(file) ? machinePath(folder) : `npm wrote no ${file}`));
    if (existsSync(file)) tarballs.set(name, file);
  }
  return tarballs;
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string }).version;
}

/** The first built file that holds a path of this machine. */
function machinePath(folder: string): string | undefined {
  const files = globSync("dist/**/*.{js,d.ts,json,map}", { cwd: folder });
  const found = files.find((file) => readFileSync(join(folder, file), "utf8").includes(root));
  return found === undefined ? undefined : `${found} holds the path of this checkout`;
}

/** Bytes and packages under a node_modules folder. */
function installed(folder: string): { bytes: number; packages: number } {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size;
  }
  const packages = globSync(["*/package.json", "@*/*/package.json"], { cwd: folder }).length;
  return { bytes, packages };
}

async function checkAlone(target: WorkspacePackage, tarballs: readonly string[], folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const outcome = await npm(["install", "--prefer-offline", "--omit=dev", ...tarballs], folder);
  report(`${target.name} install`, problemOf(outcome));
  if (outcome.code !== 0) return;
  const size = installed(join(folder, "node_modules"));
  const limit = limits[target.name];
  const over = limit !== undefined && (size.bytes > limit.bytes || size.packages > limit.packages);
  const sizes = `${(size.bytes / 1e6).toFixed(2)} MB, ${size.packages} packages`;
  report(`${target.name} size`, over ? `expected at most ${limit.bytes / 1e6} MB and ${limit.packages} packages` : undefined, sizes);
  for (const use of await useDoors(folder, target.doors)) report(`${target.name} ${use.name}`, problemOf(use.outcome));
}

async function main(): Promise<void> {
  const all = workspacePackages();
  const wanted = process.argv.slice(2).map((name) => (name.startsWith("@vonk/") ? name : `@vonk/${name}`));
  const unknown = wanted.filter((name) => !all.has(name));
  if (unknown.length > 0) {
    process.stderr.write(`pack-check: ${unknown.join(", ")} is no package; there are ${[...all.keys()].join(", ")}\n`);
    process.exitCode = 2;
    return;
  }
  const targets = wanted.length === 0 ? [...all.keys()] : wanted;
  const needed = new Set(targets.flatMap((name) => closureOf(name, all)));
  const work = mkdtempSync(join(tmpdir(), "vonk-pack-"));
  try {
    const tarballs = await pack(
      [...all.values()].filter(({ name }) => needed.has(name)),
      join(work, "tarballs"),
    );
    for (const target of all.values()) {
      const own = tarballs.get(target.name);
      if (own === undefined || !targets.includes(target.name)) continue;
      const capture = { capture: true };
      report(`${target.name} publint`, problemOf(await runTool("publint/src/cli.js", ["run", own, "--strict"], capture)));
      report(
        `${target.name} attw`,
        problemOf(await runTool("@arethetypeswrong/cli/dist/index.js", [own, "--profile", "esm-only", "--no-emoji"], capture)),
      );
      const closure = closureOf(target.name, all).map((name) => tarballs.get(name) ?? name);
      await checkAlone(target, closure, join(work, target.name.slice(6)));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  process.stdout.write(`pack-check: ${failures === 0 ? "every package works alone" : `${failures} failures`}\n`);
  process.exitCode = failures === 0 ? 0 : 1;
}

await main();
