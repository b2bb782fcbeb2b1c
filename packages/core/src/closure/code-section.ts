import { sha256 } from "../module/sha256.ts";
import type { ByteReader } from "./byte-reader.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { FunctionFactory } from "./function-factory.ts";
import { DIGEST_BYTES, type CodeBlock } from "./wire-format.ts";

/** A module that a payload refers to. */
export interface ModulePlace {
  /** Portable URL: `node:fs`, `app:src/lookup.ts`, `file:///…`. */
  readonly url: string;
  /** The import that led to it and the file that contains it; empty when unknown. */
  readonly specifier: string;
  readonly importer: string;
}

/** The contents of a code section. */
export interface CodeSection {
  readonly modules: readonly ModulePlace[];
  readonly blocks: readonly CodeBlock[];
}

/** A code section with its factories, compiled when first used. */
export interface CompiledSection extends CodeSection {
  readonly factories: (FunctionFactory | undefined)[];
}

/** The modules and code blocks of one payload, each once. */
export class CodeTable {
  readonly #indexes = new Map<string, number>();
  readonly #blocks: CodeBlock[] = [];

  readonly #moduleIndexes = new Map<string, number>();
  readonly #modules: ModulePlace[] = [];

  get modules(): readonly ModulePlace[] {
    return this.#modules;
  }

  /** The index of a module, which is added when it is new. */
  addModule(place: ModulePlace): number {
    const key = `${place.url}\0${place.specifier}\0${place.importer}`;
    let index = this.#moduleIndexes.get(key);
    if (index === undefined) {
      index = this.#modules.length;
      this.#moduleIndexes.set(key, index);
      this.#modules.push(place);
    }
    return index;
  }

  /** The index of a block, which is added when it is new. */
  add(block: CodeBlock): number {
    const key = `${block.text}\0${block.url}\0${block.line}\0${block.column}\0${block.name}\0${block.flags}\0${block.names.join()}`;
    let index = this.#indexes.get(key);
    if (index === undefined) {
      index = this.#blocks.length;
      this.#indexes.set(key, index);
      this.#blocks.push(block);
    }
    return index;
  }

  finish(): Uint8Array {
    const writer = new ByteWriter();
    writer.varint(this.#modules.length);
    for (const place of this.#modules) {
      writer.string(place.url);
      writer.string(place.specifier);
      writer.string(place.importer);
    }
    writer.varint(this.#blocks.length);
    for (const block of this.#blocks) {
      writer.string(block.text);
      writer.string(block.url);
      writer.integer(block.line);
      writer.integer(block.column);
      writer.string(block.name);
      writer.varint(block.flags);
      writer.string(block.hidden);
      writer.varint(block.names.length);
      for (const name of block.names) writer.string(name);
    }
    return writer.finish();
  }
}

/** Reads a code section back; nothing is compiled yet. */
export function readCodeSection(reader: ByteReader): CompiledSection {
  const modules: ModulePlace[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    modules.push({ url: reader.string(), specifier: reader.string(), importer: reader.string() });
  }
  const blocks: CodeBlock[] = [];
  for (let count = reader.varint(); count > 0; count--) {
    // One object literal: spreads of several cost 2 µs of a closure's first decode.
    blocks.push({
      text: reader.string(),
      url: reader.string(),
      line: reader.integer(),
      column: reader.integer(),
      name: reader.string(),
      flags: reader.varint(),
      hidden: reader.string(),
      names: readStrings(reader),
    });
  }
  return { modules, blocks, factories: [] };
}

function readStrings(reader: ByteReader): string[] {
  const strings: string[] = [];
  for (let left = reader.varint(); left > 0; left--) strings.push(reader.string());
  return strings;
}

/** SHA-256 of bytes, cut to the 128 bits that identify code sections and classes. */
export function digestOf(bytes: Uint8Array): Uint8Array {
  return Buffer.from(digestText(bytes), "latin1");
}

/** The digest of bytes with a character a byte. */
export function digestText(bytes: Uint8Array): string {
  return sha256(bytes, "binary").slice(0, DIGEST_BYTES);
}
