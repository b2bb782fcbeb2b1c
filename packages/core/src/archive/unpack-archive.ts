import { chmodSync, linkSync, mkdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { gunzipSync } from "node:zlib";
import { coreErrors } from "../errors.ts";
import { type ArchiveEntry, ArchiveProblem } from "./archive-entry.ts";
import { readTar } from "./read-tar.ts";
import { readZip } from "./read-zip.ts";

/**
 * Unpacks a `.zip`, `.jar`, `.tar`, `.tar.gz` or `.tgz` into a folder, which is emptied first. The archive is held in memory meanwhile.
 * Nothing is written outside of the folder: what would be is refused, and so are links that lead out of it.
 * @throws ARCHIVE_UNREADABLE
 */
export function unpackArchive(path: string, folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  try {
    // A link goes in when all files are there, so that no file can be written through it.
    const links: ArchiveEntry[] = [];
    for (const entry of entriesOf(path)) {
      if (entry.kind === "file" || entry.kind === "folder") writeEntry(folder, entry);
      else links.push(entry);
    }
    for (const link of links) writeLink(folder, link);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!(error instanceof Error)) throw error;
    throw coreErrors.create("ARCHIVE_UNREADABLE", { path, problem: error.message }, { cause: error });
  }
}

function entriesOf(path: string): Iterable<ArchiveEntry> {
  const name = path.toLowerCase();
  const bytes = readFileSync(path);
  if (name.endsWith(".zip") || name.endsWith(".jar")) return readZip(bytes);
  if (name.endsWith(".tar")) return readTar(bytes);
  if (name.endsWith(".tar.gz") || name.endsWith(".tgz")) return readTar(gunzipSync(bytes));
  throw new ArchiveProblem("its name ends in none of .zip, .jar, .tar, .tar.gz, .tgz");
}

function writeEntry(folder: string, { path, kind, mode, bytes }: ArchiveEntry): void {
  const target = placeIn(folder, path);
  mkdirSync(kind === "folder" ? target : dirname(target), { recursive: true });
  if (kind === "folder") return;
  writeFileSync(target, bytes);
  // Of the permissions those to run matter; what is unpacked has to stay readable and removable.
  if (mode !== 0) chmodSync(target, mode | 0o600);
}

function writeLink(folder: string, { path, kind, target }: ArchiveEntry): void {
  const place = placeIn(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  rmSync(place, { force: true });
  if (kind === "hardLink") return linkSync(placeIn(folder, target), place);
  const leadsTo = resolve(dirname(place), target);
  // Behind another link, or with steps back in its middle, a target is not where its text says.
  const isPlain = realpathSync(dirname(place)) === join(realpathSync(folder), relative(folder, dirname(place)));
  const stepsBack = /[^./\\][^/\\]*[/\\]+\.\.([/\\]|$)/.test(target);
  if (!isPlain || stepsBack || isAbsolute(target) || !isWithin(folder, leadsTo))
    throw new ArchiveProblem(`the link '${path}' leads out of it, to '${target}'`);
  symlinkSync(target, place);
}

function placeIn(folder: string, path: string): string {
  const place = join(folder, path);
  if (isAbsolute(path) || !isWithin(folder, place)) throw new ArchiveProblem(`'${path}' lies outside of it`);
  return place;
}

function isWithin(folder: string, place: string): boolean {
  const way = relative(folder, place);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
