// node_modules as package-lock.json says: installed when it is not, never touched when it is.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stderr } from "node:process";
import { npm, SetupError } from "./node.mjs";

/** Runs `npm ci --ignore-scripts` with `node` unless node_modules already agrees with the lockfile. */
export function ensureDependencies(root, node) {
  const lock = readFileSync(join(root, "package-lock.json"));
  const stamp = join(root, "node_modules", ".vonk-stamp");
  const hash = createHash("sha256").update(lock).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === hash) return;
  if (!agrees(root, JSON.parse(lock.toString("utf8")))) {
    stderr.write("vonk: installing dependencies from package-lock.json (once)\n");
    const done = npm(node, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root });
    if (!done) throw new SetupError("npm ci failed; see its message above");
  }
  writeFileSync(stamp, hash);
}

/** True when npm's record of what it installed has every package of the lockfile at its integrity; optional ones may be absent. */
function agrees(root, lock) {
  const record = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(record)) return false;
  const installed = JSON.parse(readFileSync(record, "utf8")).packages;
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (!path.includes("node_modules/")) continue;
    const met = installed[path];
    if (met === undefined ? !wanted.optional && !wanted.peer : met.integrity !== wanted.integrity || met.version !== wanted.version)
      return false;
  }
  return existsSync(join(root, "node_modules", "typescript"));
}
