import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SQLRow, StructType } from "@vonk/columnar/internal";
import type { FileSystemLookup } from "@vonk/filesystem/internal";
import { sqlErrors } from "../errors.ts";
import type { Table } from "./table.ts";

/** A file format: what the package of its name exports as `fileFormat` from its `./spi` door. */
export interface FileFormat {
  /** @throws EngineError when there are no such files, or they cannot be read */
  open(files: FileSystemLookup, paths: readonly string[], options: Readonly<Record<string, string>>): Promise<Table>;
  /** How rows of a schema are written; absent when the format is only read. @throws EngineError for types and options that it does not have */
  writer?(schema: StructType, options: Readonly<Record<string, string>>): FileWriterPlan;
}

/** A format's way to write files: the module of the task's side, whose export is called with `args` and gives a {@link FileWriterMaker}. */
export interface FileWriterPlan {
  readonly module: string;
  readonly export: string;
  readonly args: unknown;
  /** Of its files, with its point: `.snappy.parquet`. */
  readonly extension: string;
}

/** Begins a file, whose bytes go to `write` in their order; arrays may be used again after it returns. */
export type FileWriterMaker = (write: (bytes: Uint8Array) => void) => FileRowWriter;

/** A file being written. */
export interface FileRowWriter {
  write(row: SQLRow): void;
  /** Ends the file. */
  close(): void;
}

const loaded = new Map<string, Promise<FileFormat>>();

/**
 * The format of a name, from the package `@vonk/format-NAME`, as the application's root finds it.
 * @throws FORMAT_NOT_INSTALLED
 */
export function findFormat(name: string): Promise<FileFormat> {
  let format = loaded.get(name);
  if (format === undefined) loaded.set(name, (format = load(name)));
  return format;
}

async function load(name: string): Promise<FileFormat> {
  const specifier = `@vonk/format-${name}/spi`;
  const path = rootsOfApplication()
    .map((root) => resolveFrom(root, specifier))
    .find((found) => found !== undefined);
  if (path === undefined) throw sqlErrors.create("FORMAT_NOT_INSTALLED", { format: name, package: `@vonk/format-${name}` });
  const module: unknown = await import(pathToFileURL(path).href);
  if (typeof module === "object" && module !== null && "fileFormat" in module && isFormat(module.fileFormat)) return module.fileFormat;
  throw sqlErrors.create("FORMAT_NOT_INSTALLED", { format: name, package: `@vonk/format-${name}` });
}

/** Where an application's packages are: above its program, else above the working folder. */
function rootsOfApplication(): string[] {
  const [, program] = process.argv;
  return [...(program === undefined ? [] : [dirname(program)]), process.cwd()];
}

function resolveFrom(folder: string, specifier: string): string | undefined {
  try {
    return createRequire(join(folder, "noop.js")).resolve(specifier);
  } catch {
    // Not here.
    return undefined;
  }
}

function isFormat(value: unknown): value is FileFormat {
  return typeof value === "object" && value !== null && "open" in value && typeof value.open === "function";
}
