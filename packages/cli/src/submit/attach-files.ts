import { readFileSync, statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { BundledFile } from "@vonk/cluster-standalone/internal";
import { cliErrors } from "../errors.ts";

/** Settings whose value is a list of files. */
const fileSettings = ["spark.files", "spark.archives"];

/** Files of `--files` and `--archives` that go with a driver, and the settings that name them where it runs. */
export interface AttachedFiles {
  readonly attached: readonly BundledFile[];
  readonly settings: ReadonlyMap<string, string>;
}

/**
 * Reads the files of `spark.files` and `spark.archives`, as they are now: the driver may run on another host. What begins with a scheme
 * other than `file:` stays as it is, as `local:/path` for a file that every worker has.
 * @param scheme begins the setting of a file that goes along
 * @throws ATTACHED_FILE_MISSING
 */
export function attachFiles(properties: ReadonlyMap<string, string>, scheme: string): AttachedFiles {
  const attached: BundledFile[] = [];
  const settings = new Map(properties);
  const take = (setting: string, given: string): string => {
    const { path, name } = placeOf(given);
    if (path === undefined) return given;
    if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw cliErrors.create("ATTACHED_FILE_MISSING", { setting, path });
    // A folder each: two may have the same name.
    const place = `${attached.length}/${basename(path)}`;
    attached.push({ path: place, bytes: readFileSync(path) });
    return `${scheme}${place}${name}`;
  };
  for (const setting of fileSettings) {
    const entries = (properties.get(setting) ?? "").split(",").flatMap((entry) => entry.trim() || []);
    if (entries.length > 0) settings.set(setting, entries.map((entry) => take(setting, entry)).join(","));
  }
  return { attached, settings };
}

/** The path of a file of this machine, and the `#name` behind an archive's. */
function placeOf(given: string): { readonly path: string | undefined; readonly name: string } {
  const isURL = given.startsWith("file:");
  if (!isURL && /^[A-Za-z][\w+.-]+:/.test(given)) return { path: undefined, name: "" };
  const whole = isURL ? fileURLToPath(given.replaceAll("#", "%23")) : resolve(given);
  const hash = statSync(whole, { throwIfNoEntry: false }) === undefined ? whole.lastIndexOf("#") : -1;
  return hash < 0 ? { path: whole, name: "" } : { path: whole.slice(0, hash), name: whole.slice(hash) };
}
