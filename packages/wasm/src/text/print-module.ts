import { ByteReader } from "./byte-reader.ts";
import { type BodyContext, foldBody } from "./fold-body.ts";
import { folded, type Folded, printFolded, tall } from "./folded-text.ts";
import { type BodyPart, type ModuleParts, readModule, signatureText, typeName } from "./module-parts.ts";

/** What of a module is printed. */
export interface PrintOptions {
  /** Only the function of this index, imported ones counted. */
  readonly only?: number;
  /** An instruction to point at, by its offset in the bytes, and what to say there. */
  readonly mark?: { readonly offset: number; readonly note: string };
}

/**
 * A module of `ModuleWriter` in WebAssembly's text format, with folded expressions. Functions and locals have their names if the module
 * was written with names. Wrong modules can be printed too.
 */
export function printModule(bytes: Uint8Array, options: PrintOptions = {}): string {
  const parts = readModule(bytes);
  const imported = parts.functions.filter((each) => each.imported).length;
  const functions = parts.bodies.map((body, index) => ({ body, index: imported + index }));
  if (options.only !== undefined) {
    const wanted = functions.filter(({ index }) => index === options.only);
    return wanted.map(({ body, index }) => printFolded(functionPiece(parts, body, index, options))).join("\n");
  }
  const pieces = [...outerPieces(parts), ...functions.map(({ body, index }) => functionPiece(parts, body, index, options))];
  return printFolded(tall("module", pieces));
}

/** Everything but the functions. */
function outerPieces(parts: ModuleParts): Folded[] {
  const names = (indexes: readonly number[]): string => indexes.map((index) => functionName(parts, index)).join(" ");
  const globalContext = contextOf(parts, 0, {});
  return [
    ...parts.imports.map(({ name, what, index }) =>
      folded(`import ${name}`, [folded(index === undefined ? what : `func ${functionName(parts, index)}${what}`)]),
    ),
    ...parts.memories.map((limits) => folded(`memory ${limits}`)),
    ...parts.tables.map((limits) => folded(`table ${limits} funcref`)),
    ...parts.globals.map(({ type, start, end }) =>
      folded(`global ${type}`, foldBody(new ByteReader(parts.bytes, start, end), globalContext)),
    ),
    ...parts.exports
      .filter(({ kind }) => kind !== 0)
      .map(({ name, kind, index }) => folded(`export ${JSON.stringify(name)}`, [folded(`${kindNames[kind] ?? kind} ${index}`)])),
    ...parts.elements.map(({ table, functions }) => folded(`elem (table ${table}) (i32.const 0) func ${names(functions)}`)),
    ...parts.data.map(({ at, bytes }) => folded(`data${at === undefined ? "" : ` (at ${at})`} (; ${bytes.length} bytes ;)`)),
  ];
}

const kindNames: Readonly<Record<number, string>> = { 0: "func", 1: "table", 2: "memory", 3: "global" };

function functionPiece(parts: ModuleParts, { start, end }: BodyPart, index: number, options: PrintOptions): Folded {
  const context = contextOf(parts, index, options);
  const { params, results } = context.functionType(index);
  const exported = parts.exports
    .filter((each) => each.kind === 0 && each.index === index)
    .map(({ name }) => ` (export ${JSON.stringify(name)})`);
  const parameters = params.map((type, at) => ` (param ${context.localName(at)} ${type})`);
  const head = `func ${functionName(parts, index)}${exported.join("")}${parameters.join("")}${signatureText({ params: [], results })}`;
  const reader = new ByteReader(parts.bytes, start, end);
  const variables = reader
    .list(() => ({ count: reader.unsigned(), type: typeName(reader.byte()) }))
    .flatMap(({ count, type }) => Array.from({ length: count }, () => type))
    .map((type, at) => folded(`local ${context.localName(params.length + at)} ${type}`));
  return tall(head, [...variables, ...foldBody(reader, context)]);
}

function contextOf(parts: ModuleParts, index: number, { mark }: PrintOptions): BodyContext {
  const none = { params: [], results: [] };
  return {
    results: parts.functions[index]?.type.results.length ?? 0,
    functionName: (called) => functionName(parts, called),
    localName: (local) => nameText(parts.localNames.get(index)?.get(local)) ?? `$${local}`,
    functionType: (called) => parts.functions[called]?.type ?? none,
    typeAt: (type) => parts.types[type] ?? none,
    mark,
  };
}

function functionName(parts: ModuleParts, index: number): string {
  return nameText(parts.functionNames.get(index)) ?? `$${index}`;
}

/** A name as the text format allows it. */
function nameText(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `$${name.replaceAll(/[^\w!#$%&'*+./:<=>?@\\^`|~-]/g, "_")}`;
}
