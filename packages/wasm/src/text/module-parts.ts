import { ByteReader } from "./byte-reader.ts";

/** Types of a function as they are printed. */
export interface FunctionType {
  readonly params: readonly string[];
  readonly results: readonly string[];
}

/** A function of the index space, imported or defined. */
export interface FunctionPart {
  readonly type: FunctionType;
  readonly imported: boolean;
}

/** Where the body of a defined function lies, variables first. */
export interface BodyPart {
  readonly start: number;
  readonly end: number;
}

/** What the printer needs of a module. */
export interface ModuleParts {
  readonly bytes: Uint8Array;
  readonly types: FunctionType[];
  /** What is imported, in order; a function by its index as well. */
  readonly imports: { readonly name: string; readonly what: string; readonly index?: number }[];
  readonly functions: FunctionPart[];
  readonly tables: string[];
  readonly memories: string[];
  readonly globals: { readonly type: string; readonly start: number; readonly end: number }[];
  readonly exports: { readonly name: string; readonly kind: number; readonly index: number }[];
  readonly elements: { readonly table: number; readonly functions: readonly number[] }[];
  readonly bodies: BodyPart[];
  readonly data: { readonly at: string | undefined; readonly bytes: Uint8Array }[];
  readonly functionNames: Map<number, string>;
  readonly localNames: Map<number, Map<number, string>>;
}

/**
 * Takes a module of `ModuleWriter` apart.
 * @throws INTERNAL_ASSERTION when the bytes end early
 */
export function readModule(bytes: Uint8Array): ModuleParts {
  const parts: ModuleParts = {
    bytes,
    types: [],
    imports: [],
    functions: [],
    tables: [],
    memories: [],
    globals: [],
    exports: [],
    elements: [],
    bodies: [],
    data: [],
    functionNames: new Map(),
    localNames: new Map(),
  };
  const reader = new ByteReader(bytes, 8);
  while (!reader.done) {
    const id = reader.byte();
    readSection(parts, id, reader.part(reader.unsigned()));
  }
  return parts;
}

function readSection(parts: ModuleParts, id: number, reader: ByteReader): void {
  switch (id) {
    case 0:
      if (reader.text() === "name") readNames(parts, reader);
      return;
    case 1:
      parts.types.push(...reader.list(() => readType(reader)));
      return;
    case 2:
      reader.list(() => readImport(parts, reader));
      return;
    case 3:
      parts.functions.push(...reader.list(() => ({ type: typeAt(parts, reader.unsigned()), imported: false })));
      return;
    case 4:
      parts.tables.push(...reader.list(() => (reader.byte(), readLimits(reader))));
      return;
    case 5:
      parts.memories.push(...reader.list(() => readLimits(reader)));
      return;
    case 6:
      parts.globals.push(...reader.list(() => readGlobal(reader)));
      return;
    case 7:
      parts.exports.push(...reader.list(() => ({ name: reader.text(), kind: reader.byte(), index: reader.unsigned() })));
      return;
    case 9:
      parts.elements.push(...reader.list(() => readElements(reader)));
      return;
    case 10:
      parts.bodies.push(...reader.list(() => readBodyRange(reader)));
      return;
    case 11:
      parts.data.push(...reader.list(() => readData(reader)));
      return;
    default:
  }
}

function readType(reader: ByteReader): FunctionType {
  reader.byte();
  return { params: reader.list(() => typeName(reader.byte())), results: reader.list(() => typeName(reader.byte())) };
}

function typeAt(parts: ModuleParts, index: number): FunctionType {
  return parts.types[index] ?? { params: [], results: [] };
}

function readImport(parts: ModuleParts, reader: ByteReader): void {
  const name = `${JSON.stringify(reader.text())} ${JSON.stringify(reader.text())}`;
  const kind = reader.byte();
  if (kind === 0) {
    const type = typeAt(parts, reader.unsigned());
    parts.imports.push({ name, what: signatureText(type), index: parts.functions.length });
    parts.functions.push({ type, imported: true });
  } else if (kind === 2) {
    parts.imports.push({ name, what: `memory ${readLimits(reader)}` });
  } else {
    const type = typeName(reader.byte());
    parts.imports.push({ name, what: `global ${reader.byte() === 1 ? `(mut ${type})` : type}` });
  }
}

/** ` (param i32) (result i64)`. */
export function signatureText({ params, results }: FunctionType): string {
  const param = params.length === 0 ? "" : ` (param ${params.join(" ")})`;
  return results.length === 0 ? param : `${param} (result ${results.join(" ")})`;
}

function readLimits(reader: ByteReader): string {
  const flags = reader.byte();
  const initial = reader.unsigned();
  const maximum = (flags & 1) === 0 ? "" : ` ${reader.unsigned()}`;
  return `${(flags & 4) === 0 ? "" : "i64 "}${initial}${maximum}${(flags & 2) === 0 ? "" : " shared"}`;
}

function readGlobal(reader: ByteReader): ModuleParts["globals"][number] {
  const type = typeName(reader.byte());
  const mutable = reader.byte() === 1;
  const start = reader.at;
  skipConstant(reader);
  return { type: mutable ? `(mut ${type})` : type, start, end: reader.at };
}

/** Behind a constant expression; gives its value as text. */
function skipConstant(reader: ByteReader): string {
  const opcode = reader.byte();
  const value = opcode === 0x43 ? reader.take(4) : opcode === 0x44 ? reader.take(8) : reader.signed();
  reader.byte();
  return String(value);
}

function readElements(reader: ByteReader): ModuleParts["elements"][number] {
  reader.byte();
  const table = reader.unsigned();
  skipConstant(reader);
  reader.byte();
  return { table, functions: reader.list(() => reader.unsigned()) };
}

function readBodyRange(reader: ByteReader): BodyPart {
  const { at, end } = reader.part(reader.unsigned());
  return { start: at, end };
}

function readData(reader: ByteReader): ModuleParts["data"][number] {
  const at = reader.byte() === 0 ? skipConstant(reader) : undefined;
  return { at, bytes: reader.take(reader.unsigned()) };
}

function readNames(parts: ModuleParts, reader: ByteReader): void {
  while (!reader.done) {
    const id = reader.byte();
    const part = reader.part(reader.unsigned());
    if (id === 1) for (const [index, name] of readNameMap(part)) parts.functionNames.set(index, name);
    if (id === 2) part.list(() => parts.localNames.set(part.unsigned(), new Map(readNameMap(part))));
  }
}

function readNameMap(reader: ByteReader): [number, string][] {
  return reader.list(() => [reader.unsigned(), reader.text()]);
}

/** Name of a value type's code. */
export function typeName(code: number): string {
  return { 0x7f: "i32", 0x7e: "i64", 0x7d: "f32", 0x7c: "f64", 0x7b: "v128" }[code] ?? `type-0x${code.toString(16)}`;
}
