import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { blank } from "./blank.ts";

/** A tracked file, read once. */
export interface TrackedFile {
  /** Path from the root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** The text with comments and string contents blanked, offsets kept; made when first asked for. */
  readonly code: string;
}

/** What the rules look at: every tracked file by path. */
export interface Repository {
  readonly files: ReadonlyMap<string, TrackedFile>;
}

/** One breach of a rule. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/** A rule of the style guide as a test. */
export interface Rule {
  readonly name: string;
  check(repository: Repository): Finding[];
}

const binary = /\.(png|jpe?g|gif|ico|gz|zst|parquet|avro|orc|arrow|bin|wasm|tgz|woff2?)$/;

/** Reads every file that git tracks or would track. */
export function readRepository(root: string): Repository {
  const list = execFileSync("git", ["ls-files", "-co", "--exclude-standard", "-z"], { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  const paths = list.split("\0").filter((path) => path !== "" && !binary.test(path) && existsSync(join(root, path)));
  return repositoryOf(paths.map((path) => [path, () => readFileSync(join(root, path), "utf8")]));
}

/** A repository out of paths and their texts; for tests of rules, texts may be plain strings. */
export function repositoryOf(entries: Iterable<readonly [string, string | (() => string)]>): Repository {
  const files = new Map<string, TrackedFile>();
  for (const [path, source] of entries) {
    const text = typeof source === "string" ? source : source();
    let code: string | undefined;
    files.set(path, {
      path,
      text,
      get code() {
        return (code ??= blank(text));
      },
    });
  }
  return { files };
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = text.indexOf("\n"); i !== -1 && i < offset; i = text.indexOf("\n", i + 1)) line++;
  return line;
}

/** A finding for each match of a global `pattern` in the blanked code of a file. */
export function matches(file: TrackedFile, pattern: RegExp, message: (match: RegExpMatchArray) => string): Finding[] {
  return Array.from(file.code.matchAll(pattern), (match) => ({
    path: file.path,
    line: lineAt(file.text, match.index),
    message: message(match),
  }));
}
