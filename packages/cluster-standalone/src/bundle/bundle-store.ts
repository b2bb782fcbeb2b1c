import { gunzipSync, gzipSync } from "node:zlib";
import type { KeyValueStore } from "@vonk/bus/spi";
import { standaloneErrors } from "../errors.ts";

/** A file of a bundle. */
export interface BundledFile {
  /** Relative to the bundle's folder, with slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Begins an entry of `spark.files` or `spark.archives` that came with the driver; the path among the attached files follows. */
export const bundledScheme = "vonk-bundled:";

/** An application's own files, as its submitter has them. */
export interface Bundle {
  /** The folder that they lie in on the submitter's machine. */
  readonly root: string;
  /** Path of the main file among them. */
  readonly main: string;
  readonly files: readonly BundledFile[];
  /** npm packages that they import. */
  readonly packages: readonly string[];
  /** Other files that the driver is given. */
  readonly attached: readonly BundledFile[];
}

interface ListedFile {
  readonly path: string;
  readonly length: number;
}

interface Header extends Omit<Bundle, "files" | "attached"> {
  readonly files: readonly ListedFile[];
  readonly attached: readonly ListedFile[];
}

/** Fits the smallest limit of a message that NATS servers have by default, 1 MiB. */
const chunkBytes = 512 * 1024;

/** Bundles in a store that submitters, workers and masters share: gzip in chunks, `NAME.0`, `NAME.1`, … and their number at `NAME`, written last. */
export class BundleStore {
  readonly #store: KeyValueStore;
  readonly #bytesMax: number;

  constructor(store: KeyValueStore, bytesMax: number = 64 * 2 ** 20) {
    this.#store = store;
    this.#bytesMax = bytesMax;
  }

  /** @throws BUNDLE_TOO_LARGE */
  async put(name: string, bundle: Bundle): Promise<void> {
    const packed = gzipSync(encode(bundle), { level: 1 });
    if (packed.byteLength > this.#bytesMax) {
      const [met, limit] = [packed.byteLength, this.#bytesMax].map((bytes) => Math.ceil(bytes / 2 ** 20));
      throw standaloneErrors.create("BUNDLE_TOO_LARGE", { met: met ?? 0, limit: limit ?? 0 });
    }
    const count = Math.ceil(packed.byteLength / chunkBytes);
    for (let index = 0; index < count; index++) {
      await this.#store.put(`${name}.${index}`, packed.subarray(index * chunkBytes, (index + 1) * chunkBytes));
    }
    await this.#store.put(name, new TextEncoder().encode(String(count)));
  }

  /** @throws BUNDLE_MISSING */
  async get(name: string): Promise<Bundle> {
    const count = Number(new TextDecoder().decode((await this.#get(name, name)).value));
    const chunks: Uint8Array[] = [];
    for (let index = 0; index < count; index++) chunks.push((await this.#get(name, `${name}.${index}`)).value);
    return decode(gunzipSync(Buffer.concat(chunks)));
  }

  /** Also of a part of a bundle, and of none. */
  async delete(name: string): Promise<void> {
    for (const key of await this.#store.keys(name)) if (key === name || key.startsWith(`${name}.`)) await this.#store.delete(key);
  }

  async #get(name: string, key: string): Promise<{ readonly value: Uint8Array }> {
    const entry = await this.#store.get(key);
    if (entry === undefined) throw standaloneErrors.create("BUNDLE_MISSING", { name });
    return entry;
  }
}

/** The header's length in 4 bytes, the header as JSON, the files one after the other. */
function encode({ files, attached, ...rest }: Bundle): Uint8Array {
  const listed = (list: readonly BundledFile[]): ListedFile[] => list.map(({ path, bytes }) => ({ path, length: bytes.byteLength }));
  const header: Header = { ...rest, files: listed(files), attached: listed(attached) };
  const head = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(head.byteLength);
  return Buffer.concat([length, head, ...[...files, ...attached].map(({ bytes }) => bytes)]);
}

function decode(whole: Buffer): Bundle {
  const headEnd = 4 + whole.readUInt32LE(0);
  const { files, attached, ...rest } = JSON.parse(whole.toString("utf8", 4, headEnd)) as Header;
  let at = headEnd;
  const read = ({ path, length }: ListedFile): BundledFile => ({ path, bytes: whole.subarray(at, (at += length)) });
  return { ...rest, files: files.map(read), attached: attached.map(read) };
}
