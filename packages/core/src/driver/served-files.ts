import { closeSync, existsSync, openSync, readSync, globSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { filesystemErrors } from "@vonk/filesystem";
import { blockWindowBytes } from "../executor/peer-blocks.ts";

/** A file that was added to the application, as executors see it. */
export interface AddedFile {
  /** Below the folder of added files, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Permissions, as chmod takes them. */
  readonly mode: number;
}

/** A file that the application's code consists of, as the driver met it. */
export interface AddedModule {
  /** Where the driver has it. */
  readonly url: string;
  /** Below the folder of modules, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** SHA-256 in hex. */
  readonly digest: string;
}

/** Files below a folder, as those that the program added, for executors in other processes. */
export class ServedFiles {
  readonly #folder: string;
  /** Rises with every addition; 0 while there is none. */
  version = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** All regular files; links are followed. */
  list(): AddedFile[] {
    if (!existsSync(this.#folder)) return [];
    return globSync("**/*", { cwd: this.#folder }).flatMap((path): AddedFile[] => {
      const found = statSync(join(this.#folder, path));
      return found.isFile() ? [{ path: path.replaceAll(sep, "/"), bytes: found.size, mode: found.mode & 0o777 }] : [];
    });
  }

  /** A part of a file from `offset` on. @throws PATH_NOT_FOUND for what was not added */
  read(path: string, offset: number): Uint8Array {
    if (!this.list().some((file) => file.path === path)) throw filesystemErrors.create("PATH_NOT_FOUND", { path });
    const file = openSync(join(this.#folder, path), "r");
    try {
      const bytes = new Uint8Array(blockWindowBytes);
      return bytes.subarray(0, readSync(file, bytes, 0, bytes.byteLength, offset));
    } finally {
      closeSync(file);
    }
  }
}
