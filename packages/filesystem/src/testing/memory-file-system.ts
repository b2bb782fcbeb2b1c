import { filesystemErrors } from "../errors.ts";
import { comparePaths, joinPath, parentOf } from "../path/file-path.ts";
import type { FileStatus, FileSystem, FileWriter, SyncFileSystem } from "../system/file-system.ts";

const BLOCK_BYTES = 32 * 1024 * 1024;

interface Entry {
  /** Undefined for a folder. */
  readonly content: Uint8Array | undefined;
  readonly modifiedMs: number;
}

/** A filesystem in memory for tests, with the synchronous part; nothing is shared between two of them. */
export class MemoryFileSystem implements FileSystem {
  readonly scheme: string;
  readonly blockBytes: number = BLOCK_BYTES;
  readonly sync: SyncFileSystem;
  readonly #entries = new Map<string, Entry>();
  readonly #handles = new Map<number, string>();
  #handlesMade = 0;
  /** Counts changes, so that later files have later times. */
  #changes = 0;

  constructor(scheme = "memory") {
    this.scheme = scheme;
    this.sync = this.#createSync();
  }

  /** Writes a whole file of text. */
  writeText(path: string, text: string): void {
    this.#put(this.qualify(path), Buffer.from(text, "utf8"));
  }

  /** The text of a file. @throws PATH_NOT_FOUND */
  readText(path: string): string {
    return Buffer.from(this.#content(this.qualify(path))).toString("utf8");
  }

  /** The paths of all files, sorted. */
  paths(): string[] {
    return [...this.#entries]
      .filter(([, entry]) => entry.content !== undefined)
      .map(([path]) => path)
      .sort();
  }

  qualify(path: string): string {
    const bare = path.startsWith(`${this.scheme}:`) ? path.slice(this.scheme.length + 1) : path;
    const names = bare.split("/").filter((name) => name !== "" && name !== ".");
    return `${this.scheme}:/${names.join("/")}`;
  }

  async stat(path: string): Promise<FileStatus | undefined> {
    return this.sync.statSync(path);
  }

  async list(path: string): Promise<readonly FileStatus[]> {
    return this.sync.listSync(path);
  }

  async exists(path: string): Promise<boolean> {
    return this.sync.statSync(path) !== undefined;
  }

  async readRange(path: string, position: number, bytes: number): Promise<Uint8Array> {
    return this.#content(this.qualify(path)).slice(position, position + bytes);
  }

  async create(path: string): Promise<FileWriter> {
    const parts: Uint8Array[] = [];
    return {
      write: async (bytes) => void parts.push(new Uint8Array(bytes)),
      close: async () => this.#put(this.qualify(path), Buffer.concat(parts)),
      abort: async () => void (parts.length = 0),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    this.sync.renameSync(from, to);
  }

  async delete(path: string, recursive: boolean): Promise<void> {
    this.sync.deleteSync(path, recursive);
  }

  async mkdirs(path: string): Promise<void> {
    this.sync.mkdirsSync(path);
  }

  #createSync(): SyncFileSystem {
    return {
      statSync: (path) => this.#status(this.qualify(path)),
      listSync: (path) => this.#list(this.qualify(path)),
      openSync: (path) => {
        this.#content(this.qualify(path));
        return this.#newHandle(this.qualify(path));
      },
      sizeSync: (handle) => this.#content(this.#pathOf(handle)).byteLength,
      readSync: (handle, position, into) => {
        const part = this.#content(this.#pathOf(handle)).subarray(position, position + into.byteLength);
        into.set(part);
        return part.byteLength;
      },
      createSync: (path) => {
        this.#put(this.qualify(path), new Uint8Array(0));
        return this.#newHandle(this.qualify(path));
      },
      writeSync: (handle, bytes) => this.#put(this.#pathOf(handle), Buffer.concat([this.#content(this.#pathOf(handle)), bytes])),
      closeSync: (handle) => void this.#handles.delete(handle),
      renameSync: (from, to) => this.#rename(this.qualify(from), this.qualify(to)),
      deleteSync: (path, recursive) => this.#delete(this.qualify(path), recursive),
      mkdirsSync: (path) => this.#makeFolders(this.qualify(path)),
    };
  }

  #newHandle(path: string): number {
    const handle = this.#handlesMade++;
    this.#handles.set(handle, path);
    return handle;
  }

  #pathOf(handle: number): string {
    const path = this.#handles.get(handle);
    if (path === undefined) throw filesystemErrors.create("PATH_NOT_READABLE", { path: `handle ${handle}`, problem: "it is closed" });
    return path;
  }

  #status(path: string): FileStatus | undefined {
    const entry = this.#entries.get(path);
    if (entry === undefined) return path === this.qualify("") ? { path, isDirectory: true, bytes: 0, modifiedMs: 0 } : undefined;
    return { path, isDirectory: entry.content === undefined, bytes: entry.content?.byteLength ?? 0, modifiedMs: entry.modifiedMs };
  }

  #list(folder: string): FileStatus[] {
    if (this.#status(folder)?.isDirectory !== true) throw filesystemErrors.create("PATH_NOT_FOUND", { path: folder });
    const children = [...this.#entries.keys()].filter((path) => parentOf(path) === folder);
    return children
      .map((path) => this.#status(path))
      .filter((status) => status !== undefined)
      .sort(comparePaths);
  }

  #content(path: string): Uint8Array {
    const content = this.#entries.get(path)?.content;
    if (content === undefined) throw filesystemErrors.create("PATH_NOT_FOUND", { path });
    return content;
  }

  #put(path: string, content: Uint8Array): void {
    const parent = parentOf(path);
    if (parent !== undefined) this.#makeFolders(parent);
    this.#entries.set(path, { content, modifiedMs: this.#changes++ });
  }

  #makeFolders(path: string): void {
    for (let folder: string | undefined = path; folder !== undefined && folder !== this.qualify(""); folder = parentOf(folder)) {
      if (!this.#entries.has(folder)) this.#entries.set(folder, { content: undefined, modifiedMs: this.#changes++ });
    }
  }

  #rename(from: string, to: string): void {
    const moved = [...this.#entries].filter(([path]) => path === from || path.startsWith(`${from}/`));
    if (moved.length === 0) throw filesystemErrors.create("PATH_NOT_FOUND", { path: from });
    const parent = parentOf(to);
    if (parent !== undefined) this.#makeFolders(parent);
    for (const [path, entry] of moved) {
      this.#entries.delete(path);
      this.#entries.set(path === from ? to : joinPath(to, path.slice(from.length + 1)), entry);
    }
  }

  #delete(path: string, recursive: boolean): void {
    const below = [...this.#entries.keys()].filter((other) => other.startsWith(`${path}/`));
    if (below.length > 0 && !recursive) throw filesystemErrors.create("PATH_NOT_WRITABLE", { path, problem: "the folder is not empty" });
    for (const each of [...below, path]) this.#entries.delete(each);
  }
}
