/**
 * Generates, for a column shape, the loops that turn columns into records. Each record is one literal, `[a[i], b[i]]` or `{"x": a[i]}`,
 * so that all have one hidden class. The same shape always gives the same order of columns: `flattenSource` and the emitter walk alike.
 */
import { compileFunction } from "./code-generation.ts";
import type { ColumnShape } from "./column-shape.ts";
import type { ColumnSource } from "./column-source.ts";

const PRESIZED_LENGTH_MAX = 2 ** 24;

/** The generated loops; `columns` is what {@link flattenSource} gives. */
export interface DecodeFunctions {
  readonly range: (columns: readonly unknown[], from: number, to: number) => unknown[];
  readonly at: (columns: readonly unknown[], indices: Int32Array, from: number, to: number) => unknown[];
}

/** Compiles the decoder of a shape; about 0.1 ms. */
export function generateDecoder(shape: ColumnShape): DecodeFunctions {
  const emitter: Emitter = { columns: 0, names: 0 };
  const { before, value } = emitValue(emitter, shape, "i");
  const load = Array.from({ length: emitter.columns }, (_, at) => `const c${at} = columns[${at}];`).join("\n");
  const body = `${before}\nout[o++] = ${value};`;
  const source = `return {
range(columns, from, to) {
${load}
const out = new Array(to - from);
let o = 0;
for (let i = from; i < to; i++) {
${body}
}
return out;
},
at(columns, indices, from, to) {
${load}
const out = new Array(to - from);
let o = 0;
for (let k = from; k < to; k++) {
const i = indices[k];
${body}
}
return out;
},
};`;
  return compileFunction([], source)() as DecodeFunctions;
}

/** The arrays of a column and those below it in the order in which the generated code names them. */
export function flattenSource(source: ColumnSource, columns: unknown[] = []): unknown[] {
  columns.push(source.first, source.second);
  for (const child of source.children) flattenSource(child, columns);
  return columns;
}

interface Emitter {
  columns: number;
  names: number;
}

interface Emitted {
  /** Statements to run before. */
  readonly before: string;
  /** An expression without effects. */
  readonly value: string;
}

function emitValue(emitter: Emitter, shape: ColumnShape, index: string): Emitted {
  const first = `c${emitter.columns++}`;
  const second = `c${emitter.columns++}`;
  const plain = (value: string): Emitted => ({ before: "", value });
  switch (shape.k) {
    case "none":
      return plain("undefined");
    case "nil":
      return plain("null");
    case "num":
    case "i64":
    case "big":
    case "any":
      return plain(`${first}[${index}]`);
    case "bool":
      return plain(`${first}[${index}] === 1`);
    case "date":
      return plain(`new Date(${first}[${index}])`);
    case "str":
      return plain(`${first}.substring(${second}[${index}], ${second}[${index} + 1])`);
    case "dict":
      return plain(`${second}[${first}[${index}]]`);
    case "null":
    case "undef":
      return emitLacking(emitter, shape, index, first);
    case "tuple": {
      const fields = shape.f.map((field) => emitValue(emitter, field, index));
      return { before: joinBefore(fields), value: `[${fields.map((field) => field.value).join(", ")}]` };
    }
    case "object":
      return emitObject(emitter, shape, index);
    case "list":
      return emitList(emitter, shape, index, first);
    case "union":
      return emitUnion(emitter, shape, index, first, second);
  }
}

function emitLacking(emitter: Emitter, shape: ColumnShape & { readonly k: "null" | "undef" }, index: string, bitmap: string): Emitted {
  const name = `v${emitter.names++}`;
  const child = emitValue(emitter, shape.d, index);
  const before = `let ${name}${shape.k === "null" ? " = null" : ""};
if ((${bitmap}[${index} >>> 3] >>> (${index} & 7) & 1) === 0) {
${child.before}
${name} = ${child.value};
}`;
  return { before, value: name };
}

function emitObject(emitter: Emitter, shape: ColumnShape & { readonly k: "object" }, index: string): Emitted {
  const fields = shape.f.map((field) => emitValue(emitter, field, index));
  // A computed name makes "__proto__" an own property like any other.
  const entries = fields.map((field, at) => {
    const name = JSON.stringify(shape.n[at]);
    return `${name === '"__proto__"' ? `[${name}]` : name}: ${field.value}`;
  });
  if (shape.bare) entries.unshift("__proto__: null");
  return { before: joinBefore(fields), value: `{${entries.join(", ")}}` };
}

function emitList(emitter: Emitter, shape: ColumnShape & { readonly k: "list" }, index: string, offsets: string): Emitted {
  const id = emitter.names++;
  const child = emitValue(emitter, shape.d, `j${id}`);
  // An array of its final length saves growing; above this length V8 would make a hash table of it.
  const before = `const f${id} = ${offsets}[${index}], e${id} = ${offsets}[${index} + 1];
const v${id} = e${id} - f${id} < ${PRESIZED_LENGTH_MAX} ? new Array(e${id} - f${id}) : [];
for (let j${id} = f${id}; j${id} < e${id}; j${id}++) {
${child.before}
v${id}[j${id} - f${id}] = ${child.value};
}`;
  return { before, value: `v${id}` };
}

function emitUnion(emitter: Emitter, shape: ColumnShape & { readonly k: "union" }, index: string, tags: string, ranks: string): Emitted {
  const id = emitter.names++;
  const cases = shape.f.map((alternative, tag) => {
    const child = emitValue(emitter, alternative, `r${id}`);
    return `case ${tag}: {\n${child.before}\nv${id} = ${child.value};\nbreak;\n}`;
  });
  const before = `let v${id};\nconst r${id} = ${ranks}[${index}];\nswitch (${tags}[${index}]) {\n${cases.join("\n")}\n}`;
  return { before, value: `v${id}` };
}

function joinBefore(fields: readonly Emitted[]): string {
  return fields
    .map((field) => field.before)
    .filter((before) => before !== "")
    .join("\n");
}
