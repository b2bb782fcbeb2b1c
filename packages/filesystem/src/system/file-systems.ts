import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesystemErrors } from "../errors.ts";
import { schemeOf } from "../path/file-path.ts";
import type { FileSystem, SyncFileSystem } from "./file-system.ts";
import { createLocalFileSystem } from "./local-file-system.ts";

// Schemes that share a connector; all others name theirs.
const connectorOfScheme: Readonly<Record<string, string>> = { abfs: "azure", abfss: "azure", s3a: "s3", s3n: "s3", webhdfs: "hdfs" };

/** Loads the module of a connector package, or gives undefined when it is not installed. */
export type ConnectorLoader = (packageName: string) => Promise<unknown>;

/** Finds filesystems by the scheme of a path and keeps one of each. */
export class FileSystems {
  readonly #load: ConnectorLoader;
  readonly #known = new Map<string, Promise<FileSystem>>();

  /** Connectors are resolved from the application's root folder, or by a loader of the caller's. */
  constructor(applicationRoot: string | ConnectorLoader) {
    this.#load = typeof applicationRoot === "string" ? loaderFrom(applicationRoot) : applicationRoot;
    this.add(createLocalFileSystem());
  }

  /** Serves a scheme with the given filesystem from now on. */
  add(fileSystem: FileSystem): void {
    this.#known.set(fileSystem.scheme, Promise.resolve(fileSystem));
  }

  /** The filesystem of a path. @throws FILESYSTEM_NOT_FOUND naming the package to install */
  get(path: string): Promise<FileSystem> {
    const scheme = schemeOf(path);
    const known = this.#known.get(scheme);
    if (known !== undefined) return known;
    const found = this.#connect(scheme, path);
    this.#known.set(scheme, found);
    // A failure is not remembered: the package may be installed meanwhile.
    found.catch(() => this.#known.delete(scheme));
    return found;
  }

  async #connect(scheme: string, path: string): Promise<FileSystem> {
    const packageName = `@vonk/connector-${connectorOfScheme[scheme] ?? scheme}`;
    const connector = await this.#load(packageName);
    const create: unknown = typeof connector === "object" && connector !== null ? Reflect.get(connector, "createFileSystem") : undefined;
    if (!isFactory(create)) throw filesystemErrors.create("FILESYSTEM_NOT_FOUND", { scheme, path, package: packageName });
    return create(scheme);
  }
}

/** The synchronous part of a filesystem. @throws FILESYSTEM_NOT_SYNCHRONOUS when its files are not local; `path` is named then */
export function syncFilesOf(fileSystem: FileSystem, path: string): SyncFileSystem {
  if (fileSystem.sync === undefined) throw filesystemErrors.create("FILESYSTEM_NOT_SYNCHRONOUS", { scheme: fileSystem.scheme, path });
  return fileSystem.sync;
}

function isFactory(value: unknown): value is (scheme: string) => FileSystem | Promise<FileSystem> {
  return typeof value === "function";
}

function loaderFrom(applicationRoot: string): ConnectorLoader {
  const require = createRequire(join(applicationRoot, "package.json"));
  return async (packageName) => {
    const file = resolveOrUndefined(require, packageName);
    return file === undefined ? undefined : import(pathToFileURL(file).href);
  };
}

function resolveOrUndefined(require: NodeJS.Require, packageName: string): string | undefined {
  try {
    return require.resolve(packageName);
  } catch {
    return undefined;
  }
}
