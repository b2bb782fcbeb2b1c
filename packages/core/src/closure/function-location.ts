import { readFileSync } from "node:fs";
import { findSourceMap, SourceMap } from "node:module";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { readFunction, type ScriptPosition } from "./scope-reader.ts";
import { scriptUrl } from "./script-table.ts";

/**
 * The place in the user's source where a function was written, as `src/job.ts:42:12` (relative to `root`, by default the working
 * directory). Bundled code is mapped through its source map. `(unknown)` when the engine or the inspector does not tell.
 */
export function functionLocation(fn: Function, root: string = process.cwd()): string {
  const position = readFunction(fn)?.position;
  return position === undefined ? "(unknown)" : positionText(position, root);
}

/** The text of {@link functionLocation} for a position that has been read already. */
export function positionText(position: ScriptPosition, root: string = process.cwd()): string {
  const url = scriptUrl(position.scriptId);
  const place = original(url, position.line, position.column);
  return `${shortPath(place.file, root)}:${place.line + 1}:${place.column + 1}`;
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** File URLs and paths as a path below the root when possible. */
function shortPath(url: string, root: string): string {
  if (url === "") return "(eval)";
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  if (!path.startsWith("/") && !/^[A-Za-z]:[\\/]/.test(path)) return path;
  const short = relative(root, path);
  return short.startsWith("..") ? path : short.replaceAll("\\", "/");
}

function original(url: string, line: number, column: number): Place {
  const generated: Place = { file: url, line, column };
  if (url === "" || url.startsWith("node:")) return generated;
  const map = sourceMapOf(url);
  const entry = map?.findEntry(line, column);
  if (entry === undefined || !("originalSource" in entry) || entry.originalSource === undefined) return generated;
  const path = url.startsWith("file:") ? fileURLToPath(url) : url;
  const source = entry.originalSource;
  return {
    file: source.startsWith("file:") ? source : resolve(dirname(path), source),
    line: entry.originalLine,
    column: entry.originalColumn,
  };
}

const maps = new Map<string, SourceMap | undefined>();

function sourceMapOf(url: string): SourceMap | undefined {
  if (!maps.has(url)) maps.set(url, loadSourceMap(url));
  return maps.get(url);
}

/** The map that Node loaded itself (--enable-source-maps, tsx), else the one that the file's last line names. */
function loadSourceMap(url: string): SourceMap | undefined {
  const loaded = findSourceMap(url);
  if (loaded !== undefined) return loaded;
  try {
    const path = url.startsWith("file:") ? fileURLToPath(url) : url;
    const text = readFileSync(path, "utf8");
    const link = /(?:^|\n)\/\/# sourceMappingURL=(\S+)\s*$/.exec(text.slice(-100_000))?.[1];
    if (link === undefined) return undefined;
    const json = link.startsWith("data:")
      ? Buffer.from(link.slice(link.indexOf(",") + 1), "base64").toString()
      : readFileSync(resolve(dirname(path), link), "utf8");
    return new SourceMap(JSON.parse(json));
  } catch {
    return undefined;
  }
}
