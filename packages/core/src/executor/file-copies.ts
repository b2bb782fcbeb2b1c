import { chmodSync, mkdirSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ServiceClient } from "@vonk/bus/internal";
import type { AddedFile } from "../driver/served-files.ts";
import type { SchedulerMessages } from "../message/services.ts";
import { ModuleCopies } from "./module-copies.ts";

/** An executor's copies of the files that the program added, where `SparkFiles` finds them, and of the application's modules. */
export class FileCopies {
  readonly #folder: string;
  readonly #driver: ServiceClient<SchedulerMessages>;
  readonly #modules: ModuleCopies;
  #version = 0;
  #copying: Promise<void> = Promise.resolve();

  /** @param localDir the executor's own folder */
  constructor(localDir: string, driver: ServiceClient<SchedulerMessages>) {
    this.#folder = join(localDir, "files");
    this.#driver = driver;
    this.#modules = new ModuleCopies(localDir, ({ path, bytes }) => this.#fetch(path, bytes, true));
  }

  /** Undefined when the files of a version are here, else what resolves when they are. */
  missing(version: number): Promise<void> | undefined {
    if (version <= this.#version) return undefined;
    const copied = this.#copying.then(() => this.#copyAll(version));
    this.#copying = copied.catch(() => undefined);
    return copied;
  }

  async #copyAll(version: number): Promise<void> {
    if (version <= this.#version) return;
    const listed = await this.#driver.call("addedFiles", {});
    await this.#modules.take(listed.modules);
    for (const file of listed.files) await this.#copy(file);
    this.#version = listed.version;
  }

  async #copy({ path, bytes, mode }: AddedFile): Promise<void> {
    const target = join(this.#folder, path);
    if (statSync(target, { throwIfNoEntry: false })?.size === bytes) return;
    const whole = await this.#fetch(path, bytes, false);
    mkdirSync(dirname(target), { recursive: true });
    // A task sees the whole file or none.
    writeFileSync(`${target}.part`, whole);
    chmodSync(`${target}.part`, mode);
    renameSync(`${target}.part`, target);
  }

  async #fetch(path: string, bytes: number, isModule: boolean): Promise<Uint8Array> {
    const whole = new Uint8Array(bytes);
    for (let offset = 0; offset < bytes;) {
      const part = await this.#driver.call("addedFilePart", { path, offset, isModule });
      whole.set(part.subarray(0, bytes - offset), offset);
      offset += part.byteLength;
    }
    return whole;
  }
}
