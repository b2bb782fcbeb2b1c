import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";

/** A package of the workspace as its package.json describes it. */
export interface WorkspacePackage {
  readonly name: string;
  readonly folder: string;
  /** Specifiers that a user may import. */
  readonly doors: readonly string[];
  /** Packages of the workspace that it needs. */
  readonly siblings: readonly string[];
}

/** Every package under packages/, by name. */
export function workspacePackages(): Map<string, WorkspacePackage> {
  const found = new Map<string, WorkspacePackage>();
  for (const entry of readdirSync(join(root, "packages")).sort()) {
    const folder = join(root, "packages", entry);
    if (!existsSync(join(folder, "package.json"))) continue;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      name: string;
      exports: Record<string, unknown>;
      dependencies?: Record<string, string>;
    };
    const doors = Object.keys(manifest.exports).filter((door) => door !== "./package.json");
    found.set(manifest.name, {
      name: manifest.name,
      folder,
      doors: doors.map((door) => manifest.name + door.slice(1)),
      siblings: Object.keys(manifest.dependencies ?? {}).filter((name) => name.startsWith("@vonk/")),
    });
  }
  return found;
}

/** A package and every package of the workspace that it needs, itself first. */
export function closureOf(name: string, all: ReadonlyMap<string, WorkspacePackage>): string[] {
  const seen = new Set<string>();
  const open = [name];
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...(all.get(next)?.siblings ?? []));
  }
  return [...seen];
}
