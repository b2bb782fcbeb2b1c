import type { Repository, TrackedFile } from "./repository.ts";

/** Whether a file is TypeScript written by hand. */
export function isSource(path: string): boolean {
  return path.endsWith(".ts") && !/\.gen\.ts$|\.d\.ts$/.test(path);
}

/** Whether a file is only run by tests: test files, kits behind ./testing, benchmarks. */
export function isTest(path: string): boolean {
  return /\.(test|test-d|property\.test)\.ts$/.test(path) || /^packages\/[^/]+\/(test|bench)\//.test(path) || path.startsWith("e2e/");
}

/** Whether a file is a kit of a package's ./testing door. */
export function isTestKit(path: string): boolean {
  return /^packages\/[^/]+\/src\/(.*\/)?testing(\.ts$|\/)/.test(path);
}

/** Whether a file ships: the source of a package, tests aside. */
export function isShipped(path: string): boolean {
  return /^packages\/[^/]+\/src\//.test(path) && isSource(path) && !isTest(path);
}

/** Folder name of the package a path lies in. */
export function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

/** The files for which `wanted` holds. */
export function select(repository: Repository, wanted: (path: string) => boolean): TrackedFile[] {
  return [...repository.files.values()].filter((file) => wanted(file.path));
}

/** The part of a package.json that rules read. */
export interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly type?: string;
  readonly description?: string;
  readonly sideEffects?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
  readonly files?: readonly string[];
  readonly exports?: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  readonly vonk?: { readonly workers?: readonly string[] };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Manifests by package folder name. */
export function manifests(repository: Repository): Map<string, Manifest> {
  const found = new Map<string, Manifest>();
  for (const file of repository.files.values()) {
    const name = /^packages\/([^/]+)\/package\.json$/.exec(file.path)?.[1];
    if (name !== undefined) found.set(name, JSON.parse(file.text) as Manifest);
  }
  return found;
}
