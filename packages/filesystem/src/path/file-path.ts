/**
 * Paths as text with `/` between names. A path has a scheme (`hdfs://host/a`, `s3a://bucket/a`, `file:/a`) or none (local).
 */

/** The scheme in lower case without the colon, `file` when there is none. One letter is a Windows drive, not a scheme. */
export function schemeOf(path: string): string {
  const match = /^([a-z][a-z0-9+.-]+):/i.exec(path);
  return match?.[1]?.toLowerCase() ?? "file";
}

/** Names joined below a folder with single slashes. */
export function joinPath(folder: string, ...names: readonly string[]): string {
  return names.reduce((path, name) => (path.endsWith("/") ? path + name : `${path}/${name}`), folder);
}

/** What stands after the last slash; slashes at the end do not count. */
export function nameOf(path: string): string {
  const trimmed = trimSlashes(path);
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** The folder of a path, or undefined at the root. */
export function parentOf(path: string): string | undefined {
  const trimmed = trimSlashes(path);
  const slash = trimmed.lastIndexOf("/");
  if (slash < 0 || trimmed === rootOf(trimmed)) return undefined;
  const root = rootOf(path);
  return slash < root.length ? root : trimmed.slice(0, slash);
}

/** The part of an absolute path that names no file: `/`, `file:/`, `hdfs://host:8020/`, `C:/`; empty for a relative one. */
export function rootOf(path: string): string {
  return /^(?:[a-z][a-z0-9+.-]*:)?(?:\/\/[^/]*)?\/?/i.exec(path)?.[0] ?? "";
}

/** True for names that begin with `_` or `.`, which readers of a folder skip, as in Hadoop. */
export function isHidden(path: string): boolean {
  const name = nameOf(path);
  return name.startsWith("_") || name.startsWith(".");
}

/** Order of paths by UTF-16 code unit, the same on every machine. */
export function comparePaths(a: { readonly path: string }, b: { readonly path: string }): number {
  return a.path < b.path ? -1 : a.path > b.path ? 1 : 0;
}

function trimSlashes(path: string): string {
  return path.length > rootOf(path).length ? path.replace(/\/+$/, "") : path;
}
