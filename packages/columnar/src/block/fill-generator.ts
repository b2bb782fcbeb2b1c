/**
 * Generates, for a record shape, the loop that spreads records over sinks: the same work as the interpreter, with every check and
 * store in line so that V8 sees one type at each place. Functions are kept by shape.
 */
import { isPlainArray, isPlainDate, isPlainObject } from "../value/plain-value.ts";
import { compileFunction } from "./code-generation.ts";
import { type ColumnSink, growNumbers, isNumberList } from "./column-sink.ts";
import type { RecordShape } from "./record-shape.ts";

const SHAPES_KEPT_MAX = 512;
// A shape's function is compiled once this many of its records have been filled.
const COMPILED_COUNT_MIN = 512;

/** Fills the sinks; returns the index of the first record that does not fit, or -1. */
export type FillFunction = (records: readonly unknown[], sink: ColumnSink) => number;

interface KnownShape {
  recordsFilled: number;
  fill: FillFunction | undefined;
}

const knownShapes = new Map<string, KnownShape>();

/** The fill function for `count` more records of a shape; undefined while too few were met to make compiling it (about 0.1 ms) pay. */
export function fillFunctionOf(shape: RecordShape, count: number): FillFunction | undefined {
  const key = JSON.stringify(shape);
  let known = knownShapes.get(key);
  if (known === undefined) {
    if (knownShapes.size >= SHAPES_KEPT_MAX) knownShapes.clear();
    known = { recordsFilled: 0, fill: undefined };
    knownShapes.set(key, known);
  }
  known.recordsFilled += count;
  if (known.fill === undefined && known.recordsFilled >= COMPILED_COUNT_MIN) known.fill = generate(shape);
  return known.fill;
}

interface Emitter {
  /** Loads of the sinks' arrays, before the loop. */
  readonly head: string[];
  /** Stores into the sinks after the loop. */
  readonly tail: string[];
  count: number;
}

function generate(shape: RecordShape): FillFunction {
  const emitter: Emitter = { head: [], tail: [], count: 0 };
  const body = emitPlace(emitter, shape, "sink", "v");
  const source = `return (records, sink) => {
const count = records.length;
${emitter.head.join("\n")}
for (let i = 0; i < count; i++) {
const v = records[i];
${body}
}
${emitter.tail.join("\n")}
return -1;
};`;
  const factory = compileFunction(
    ["getPrototypeOf", "objectPrototype", "arrayPrototype", "isPlainArray", "isPlainObject", "isPlainDate", "isArray", "growNumbers"],
    source,
  );
  return factory(
    Object.getPrototypeOf,
    Object.prototype,
    Array.prototype,
    isPlainArray,
    isPlainObject,
    isPlainDate,
    Array.isArray,
    growNumbers,
  ) as FillFunction;
}

/** Statements that store `value`, an expression without effects, into the sink at index i. */
function emitPlace(emitter: Emitter, shape: RecordShape, sink: string, value: string): string {
  const id = emitter.count++;
  const name = `s${id}`;
  emitter.head.push(`const ${name} = ${sink};`);
  const present = emitPresent(emitter, shape, id, value);
  if (shape.kind === "any") return present;
  let code = present;
  if (shape.undefinable) {
    emitter.head.push(`const u${id} = ${name}.undefineds;`);
    code = `if (${value} === undefined) u${id}[i >>> 3] |= 1 << (i & 7);\nelse {\n${code}\n}`;
  }
  if (shape.nullable) {
    emitter.head.push(`const n${id} = ${name}.nulls;`);
    code = `if (${value} === null) n${id}[i >>> 3] |= 1 << (i & 7);\nelse {\n${code}\n}`;
  }
  return code;
}

function emitPresent(emitter: Emitter, shape: RecordShape, id: number, value: string): string {
  const column = (property: string): string => {
    emitter.head.push(`const c${id} = s${id}.${property};`);
    return `c${id}[i]`;
  };
  switch (shape.kind) {
    case "number":
      return `if (typeof ${value} !== "number") return i;\n${column("doubles")} = ${value};`;
    case "string":
      return `if (typeof ${value} !== "string") return i;\n${column("strings")} = ${value};`;
    case "bigint":
      return `if (typeof ${value} !== "bigint") return i;\n${column("bigints")} = ${value};`;
    case "boolean":
      return `if (${value} === true) ${column("bytes")} = 1;\nelse if (${value} !== false) return i;`;
    case "date":
      return `if (!isPlainDate(${value})) return i;\n${column("doubles")} = ${value}.getTime();`;
    case "any":
      return `${column("values")} = ${value};`;
    case "tuple":
      return emitTuple(emitter, shape, id, value);
    case "list":
      return isNumberList(shape) ? emitNumberList(emitter, id, value) : emitList(emitter, id, value);
    case "object":
      return emitObject(emitter, shape, id, value);
    case "none":
      return "return i;";
  }
}

function emitTuple(emitter: Emitter, shape: RecordShape, id: number, value: string): string {
  const lines = [`if (!isArray(${value}) || ${value}.length !== ${shape.fields.length}) return i;`, arrayCheck(value)];
  for (const [at, field] of shape.fields.entries()) {
    const element = `e${id}_${at}`;
    lines.push(`const ${element} = ${value}[${at}];`);
    // A hole reads as undefined; places that take undefined must tell them apart.
    if (field.undefinable || field.kind === "any") lines.push(`if (${element} === undefined && !(${at} in ${value})) return i;`);
    lines.push(emitPlace(emitter, field, `s${id}.fields[${at}]`, element));
  }
  return lines.join("\n");
}

function emitList(emitter: Emitter, id: number, value: string): string {
  emitter.head.push(`const l${id} = s${id}.lengths, c${id} = s${id}.values;`);
  return `if (!isArray(${value})) return i;
${arrayCheck(value)}
const m${id} = ${value}.length;
l${id}[i] = m${id};
for (let j = 0; j < m${id}; j++) {
const e = ${value}[j];
if (e === undefined && !(j in ${value})) return i;
c${id}.push(e);
}`;
}

function emitNumberList(emitter: Emitter, id: number, value: string): string {
  emitter.head.push(`const l${id} = s${id}.lengths, b${id} = s${id}.numbers;\nlet c${id} = b${id}.values, p${id} = 0;`);
  emitter.tail.push(`b${id}.length = p${id};`);
  return `if (!isArray(${value})) return i;
${arrayCheck(value)}
const m${id} = ${value}.length;
l${id}[i] = m${id};
if (p${id} + m${id} > c${id}.length) c${id} = growNumbers(b${id}, p${id}, m${id});
for (let j = 0; j < m${id}; j++) {
const e = ${value}[j];
if (typeof e !== "number") return i;
c${id}[p${id}++] = e;
}`;
}

function emitObject(emitter: Emitter, shape: RecordShape, id: number, value: string): string {
  emitter.head.push(`const k${id} = s${id}.shape.names;`);
  const prototypeCheck = shape.bare
    ? `if (getPrototypeOf(${value}) !== null) return i;`
    : `if (getPrototypeOf(${value}) !== objectPrototype && (!isPlainObject(${value}) || getPrototypeOf(${value}) === null)) return i;`;
  const lines = [
    `if (typeof ${value} !== "object" || ${value} === null) return i;`,
    prototypeCheck,
    `let m${id} = 0;`,
    `for (const name in ${value}) { if (name !== k${id}[m${id}]) return i; m${id}++; }`,
    `if (m${id} !== ${shape.fields.length}) return i;`,
  ];
  for (const [at, field] of shape.fields.entries()) {
    const element = `e${id}_${at}`;
    lines.push(
      `const ${element} = ${value}[${JSON.stringify(shape.names[at])}];`,
      emitPlace(emitter, field, `s${id}.fields[${at}]`, element),
    );
  }
  return lines.join("\n");
}

function arrayCheck(value: string): string {
  // The result of a RegExp match is an array with more properties: `index` is one of them.
  return `if ((getPrototypeOf(${value}) !== arrayPrototype && !isPlainArray(${value})) || ${value}.index !== undefined) return i;`;
}
