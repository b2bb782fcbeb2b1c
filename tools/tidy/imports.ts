import { posix } from "node:path";
import { lineAt, type Repository, type TrackedFile } from "./repository.ts";

/** One import, re-export, dynamic import, or URL of a module beside this one. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Erased by the compiler: no edge at run time. */
  readonly typeOnly: boolean;
  /** Happens when a call runs it, not when the module loads. */
  readonly lazy: boolean;
}

const statement = /\b(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?\s*from\s*)?(["'])(\s*)\2/g;
const call = /\bimport\s*\(\s*(["'])(\s*)\1/g;
const url = /\bnew URL\(\s*(["'])(\s*)\1\s*,\s*import\.meta\.url/g;

/** Every module that a file names, in order of kind. Found in blanked code, so that text in strings and comments does not count. */
export function importsOf(file: TrackedFile): Import[] {
  const found: Import[] = [];
  const add = (match: RegExpMatchArray, content: string, quote: string, rest: { typeOnly: boolean; lazy: boolean }): void => {
    const start = (match.index ?? 0) + match[0].indexOf(quote) + 1;
    const specifier = file.text.slice(start, start + content.length);
    found.push({ specifier, line: lineAt(file.text, match.index ?? 0), ...rest });
  };
  for (const m of file.code.matchAll(statement)) add(m, m[3] ?? "", m[2] ?? "", { typeOnly: m[1] !== undefined, lazy: false });
  for (const m of file.code.matchAll(call)) add(m, m[2] ?? "", m[1] ?? "", { typeOnly: false, lazy: true });
  for (const m of file.code.matchAll(url)) add(m, m[2] ?? "", m[1] ?? "", { typeOnly: false, lazy: true });
  return found;
}

/** Path from the root of a relative specifier. */
export function resolveRelative(file: TrackedFile, specifier: string): string {
  return posix.join(posix.dirname(file.path), specifier);
}

/** Package folder name of a specifier `@vonk/x/...`, if that package is in the repository's naming. */
export function vonkPackage(specifier: string): string | undefined {
  return /^@vonk\/([^/]+)/.exec(specifier)?.[1];
}

/** Name of the npm package of a bare specifier; undefined for relative and built-in modules. */
export function npmPackage(specifier: string): string | undefined {
  if (/^(\.|\/|node:|#)/.test(specifier)) return undefined;
  return /^(@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[1];
}

/** Files reached from `roots` through imports of every kind, roots included. */
export function reachable(repository: Repository, roots: Iterable<string>): Set<string> {
  const seen = new Set<string>();
  const open = [...roots];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const file = repository.files.get(path);
    if (file === undefined || seen.has(path)) continue;
    seen.add(path);
    for (const { specifier } of importsOf(file)) if (specifier.startsWith(".")) open.push(resolveRelative(file, specifier));
  }
  return seen;
}
