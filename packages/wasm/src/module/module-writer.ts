import { assert } from "@vonk/common/internal";
import { type AnyExpression, constant, Global } from "../instruction/expression.ts";
import { typeCode, type ValueType } from "../instruction/value-type.ts";
import { ByteWriter } from "./byte-writer.ts";
import { type FunctionBody, FunctionWriter } from "./function-writer.ts";
import { writeNameSection } from "./name-section.ts";
import type { DataSegment, Table } from "./segment.ts";
import type { BodyResult, FunctionReference, ParameterLocals, Parameters, Results, Signature, SignatureReference } from "./signature.ts";
import { writeExpression } from "./write-expression.ts";

/** How a module is written. */
export interface ModuleOptions {
  /** Addresses are i64 and the memory may be larger than 4 GiB. Default false. */
  readonly memory64?: boolean;
  /** Whether names of functions and locals go into the bytes, for profiles and `printModule`. Default false: equal code has equal bytes. */
  readonly names?: boolean;
}

/** Size of a memory in pages of 64 KiB. A shared memory has a maximum. */
export interface MemoryLimits {
  readonly initial: number;
  readonly maximum?: number;
  readonly shared?: boolean;
}

type ImportEntry = { readonly from: string; readonly name: string } & (
  | { readonly kind: 0; readonly typeIndex: number }
  | { readonly kind: 2; readonly limits: MemoryLimits }
  | { readonly kind: 3; readonly type: ValueType; readonly mutable: boolean }
);

interface GlobalEntry {
  readonly type: ValueType;
  readonly mutable: boolean;
  readonly initial: AnyExpression;
}

/** A name for something in the index space of its kind. */
interface ExportEntry {
  readonly name: string;
  readonly kind: number;
  readonly index: number;
}

interface FunctionEntry {
  readonly name: string;
  readonly typeIndex: number;
  body: FunctionBody | undefined;
}

const header = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
const kinds = { function: 0, table: 1, memory: 2, global: 3 } as const;

/**
 * Writes one WebAssembly module. Imports come before functions; a function may be defined while another is being written, so that what is
 * shared is made when it is first needed.
 */
export class ModuleWriter {
  readonly memory64: boolean;
  readonly #names: boolean;
  readonly #types: { readonly params: readonly ValueType[]; readonly results: Results }[] = [];
  readonly #typeIndexes = new Map<string, number>();
  readonly #imports: ImportEntry[] = [];
  readonly #importedNames: string[] = [];
  readonly #functions: FunctionEntry[] = [];
  readonly #bodies = new ByteWriter();
  readonly #exports: ExportEntry[] = [];
  readonly #globals: GlobalEntry[] = [];
  #importedGlobals = 0;
  readonly #tables: (readonly number[])[] = [];
  readonly #data: { readonly bytes: Uint8Array; readonly at: number | undefined }[] = [];
  #memory: MemoryLimits | "imported" | undefined;
  #bytes: Uint8Array | undefined;

  constructor(options: ModuleOptions = {}) {
    this.memory64 = options.memory64 ?? false;
    this.#names = options.names ?? false;
  }

  /** The memory, from outside. A module has one. */
  importMemory(from: string, name: string, limits: MemoryLimits): void {
    assert(this.#memory === undefined, "a module has one memory");
    this.#memory = "imported";
    this.#imports.push({ from, name, kind: kinds.memory, limits });
  }

  /** The memory, made with each instance. A module has one. */
  defineMemory(limits: MemoryLimits): void {
    assert(this.#memory === undefined, "a module has one memory");
    this.#memory = limits;
  }

  importFunction<const P extends Parameters, const R extends Results>(
    from: string,
    name: string,
    signature: Signature<P, R>,
  ): FunctionReference<P, R> {
    assert(this.#functions.length === 0, "functions are imported before the first is declared");
    this.#imports.push({ from, name, kind: kinds.function, typeIndex: this.#typeIndex(signature) });
    return { ...signature, name, index: this.#importedNames.push(name) - 1 };
  }

  importGlobal<T extends ValueType>(from: string, name: string, type: T, mutable = false): Global<T> {
    assert(this.#globals.length === 0, "globals are imported before the first is defined");
    this.#imports.push({ from, name, kind: kinds.global, type, mutable });
    return new Global(type, this.#importedGlobals++, mutable);
  }

  /** A variable, or a constant, of each instance. */
  defineGlobal<T extends "i32" | "i64" | "f32" | "f64" | "address">(type: T, initial: number | bigint, mutable = true): Global<T> {
    this.#globals.push({ type, mutable, initial: constant(type, initial) });
    return new Global(type, this.#importedGlobals + this.#globals.length - 1, mutable);
  }

  /** A function by its signature, to be called before it is defined. */
  declare<const P extends Parameters, const R extends Results>(name: string, signature: Signature<P, R>): FunctionReference<P, R> {
    const entry = { name, typeIndex: this.#typeIndex(signature), body: undefined };
    return { ...signature, name, index: this.#importedNames.length + this.#functions.push(entry) - 1 };
  }

  /** Writes the body of a declared function; what `body` returns is the function's result. */
  define<P extends Parameters, R extends Results>(
    reference: FunctionReference<P, R>,
    body: (f: FunctionWriter<R>, params: ParameterLocals<P>) => BodyResult<R>,
  ): void {
    assert(this.#bytes === undefined, "a module is complete once its bytes were asked for");
    const entry = this.#functions[reference.index - this.#importedNames.length];
    assert(entry !== undefined && entry.body === undefined, "a function is declared by this module and defined once");
    const writer = new FunctionWriter(reference.results, { memory64: this.memory64, names: this.#names });
    const result = body(writer, writer.parameters(reference.params));
    entry.body = writer.finish(result, this.#bodies);
  }

  /** Declares and defines a function. */
  function<const P extends Parameters, const R extends Results>(
    name: string,
    signature: Signature<P, R>,
    body: (f: FunctionWriter<R>, params: ParameterLocals<P>) => BodyResult<R>,
  ): FunctionReference<P, R> {
    const reference = this.declare(name, signature);
    this.define(reference, body);
    return reference;
  }

  /** A type of functions, for indirect calls. */
  signature<const P extends Parameters, const R extends Results>(signature: Signature<P, R>): SignatureReference<P, R> {
    return { ...signature, typeIndex: this.#typeIndex(signature) };
  }

  /** A table that holds these functions from 0 on. */
  table(functions: readonly { readonly index: number }[]): Table {
    return { tableIndex: this.#tables.push(functions.map((each) => each.index)) - 1 };
  }

  /** Bytes to be copied by `memoryInit`. */
  data(bytes: Uint8Array): DataSegment {
    return { dataIndex: this.#data.push({ bytes, at: undefined }) - 1 };
  }

  /** Bytes that each new instance writes into the memory, shared or not. */
  dataAt(at: number, bytes: Uint8Array): void {
    this.#data.push({ bytes, at });
  }

  exportFunction(reference: { readonly index: number; readonly name: string }, name: string = reference.name): void {
    this.#exports.push({ name, kind: kinds.function, index: reference.index });
  }

  exportMemory(name: string): void {
    this.#exports.push({ name, kind: kinds.memory, index: 0 });
  }

  exportGlobal(global: Global<ValueType>, name: string): void {
    this.#exports.push({ name, kind: kinds.global, index: global.x });
  }

  exportTable(table: Table, name: string): void {
    this.#exports.push({ name, kind: kinds.table, index: table.tableIndex });
  }

  /**
   * The module in the binary format. It is complete then: nothing can be defined any more.
   * @throws INTERNAL_ASSERTION when a declared function was not defined
   */
  toBytes(): Uint8Array {
    if (this.#bytes !== undefined) return this.#bytes;
    const out = new ByteWriter();
    out.append(header);
    section(out, 1, this.#types.length, (to) => this.#writeTypes(to));
    section(out, 2, this.#imports.length, (to) => this.#writeImports(to));
    section(out, 3, this.#functions.length, (to) => {
      for (const { typeIndex } of this.#functions) to.unsigned(typeIndex);
    });
    section(out, 4, this.#tables.length, (to) => {
      for (const { length } of this.#tables) writeTableLimits(to, length);
    });
    const memory = this.#memory;
    if (typeof memory === "object") section(out, 5, 1, (to) => this.#writeLimits(to, memory));
    section(out, 6, this.#globals.length, (to) => this.#writeGlobals(to));
    section(out, 7, this.#exports.length, (to) => {
      for (const { name, kind, index } of this.#exports) {
        to.text(name);
        to.byte(kind);
        to.unsigned(index);
      }
    });
    section(out, 9, this.#tables.length, (to) => this.#writeElements(to));
    section(out, 12, this.#data.length, () => {});
    section(out, 10, this.#functions.length, (to) => this.#writeBodies(to));
    section(out, 11, this.#data.length, (to) => this.#writeData(to));
    if (this.#names) writeNameSection(out, this.#importedNames, this.#functions);
    this.#bytes = out.written().slice();
    out.release();
    this.#bodies.release();
    return this.#bytes;
  }

  #typeIndex({ params, results }: Signature<Parameters, Results>): number {
    const types = Object.values(params);
    const key = `${types.join()}:${results.join()}`;
    let index = this.#typeIndexes.get(key);
    if (index === undefined) {
      index = this.#types.push({ params: types, results }) - 1;
      this.#typeIndexes.set(key, index);
    }
    return index;
  }

  #writeTypes(to: ByteWriter): void {
    for (const { params, results } of this.#types) {
      to.byte(0x60);
      for (const list of [params, results]) {
        to.unsigned(list.length);
        for (const type of list) to.byte(typeCode(type, this.memory64));
      }
    }
  }

  #writeImports(to: ByteWriter): void {
    for (const entry of this.#imports) {
      to.text(entry.from);
      to.text(entry.name);
      to.byte(entry.kind);
      if (entry.kind === kinds.memory) this.#writeLimits(to, entry.limits);
      else if (entry.kind === kinds.function) to.unsigned(entry.typeIndex);
      else this.#writeGlobalType(to, entry);
    }
  }

  #writeGlobals(to: ByteWriter): void {
    for (const entry of this.#globals) {
      this.#writeGlobalType(to, entry);
      writeExpression({ code: to, memory64: this.memory64, owner: -1 }, entry.initial);
      to.byte(0x0b);
    }
  }

  #writeGlobalType(to: ByteWriter, { type, mutable }: { readonly type: ValueType; readonly mutable: boolean }): void {
    to.byte(typeCode(type, this.memory64));
    to.byte(mutable ? 1 : 0);
  }

  #writeLimits(to: ByteWriter, { initial, maximum, shared = false }: MemoryLimits): void {
    assert(!shared || maximum !== undefined, "a shared memory has a maximum");
    to.byte((maximum === undefined ? 0 : 1) | (shared ? 2 : 0) | (this.memory64 ? 4 : 0));
    to.unsigned(initial);
    if (maximum !== undefined) to.unsigned(maximum);
  }

  #writeElements(to: ByteWriter): void {
    this.#tables.forEach((functions, table) => {
      to.byte(2); // active, in a table of its own, by function index
      to.unsigned(table);
      to.append(new Uint8Array([0x41, 0, 0x0b, 0]));
      to.unsigned(functions.length);
      for (const index of functions) to.unsigned(index);
    });
  }

  #writeBodies(to: ByteWriter): void {
    for (const { body } of this.#functions) {
      assert(body !== undefined, "a declared function is defined");
      to.append(this.#bodies.bytes.subarray(body.start, body.end));
    }
  }

  #writeData(to: ByteWriter): void {
    for (const { bytes, at } of this.#data) {
      to.byte(at === undefined ? 1 : 0);
      if (at !== undefined) {
        writeExpression({ code: to, memory64: this.memory64, owner: -1 }, constant("address", at));
        to.byte(0x0b);
      }
      to.sized(bytes);
    }
  }
}

/** A table of functions that keeps its size. */
function writeTableLimits(to: ByteWriter, length: number): void {
  to.byte(0x70);
  to.byte(1);
  to.unsigned(length);
  to.unsigned(length);
}

/** A section of `count` entries, unless there are none. */
function section(out: ByteWriter, id: number, count: number, write: (to: ByteWriter) => void): void {
  if (count === 0) return;
  const content = new ByteWriter();
  content.unsigned(count);
  write(content);
  out.byte(id);
  out.sized(content.written());
  content.release();
}
