import { columnarErrors } from "../errors.ts";
import { classNameOf, isPlainArray, isPlainDate, isPlainObject } from "../value/plain-value.ts";
import { codeGenerationAllowed } from "./code-generation.ts";
import type { BufferPlan, ColumnPlan, ColumnShape } from "./column-shape.ts";
import { type ColumnSink, createSink, isNumberList } from "./column-sink.ts";
import { fillFunctionOf } from "./fill-generator.ts";
import { fillInterpreted } from "./kernel/fill-interpreter.ts";
import { planLengths, planNumbers } from "./kernel/number-column.ts";
import { planBigints, planStrings } from "./kernel/string-column.ts";
import {
  anyShape,
  checkNesting,
  emptyShape,
  hasOnlyValues,
  isDenseArray,
  mergeShapes,
  type RecordShape,
  shapeOf,
  tooDeep,
} from "./record-shape.ts";
import type { ValueFallback } from "./value-fallback.ts";

const SAMPLE_COUNT_MAX = 32;
// Below this many records finding the generated function costs as much as it saves.
const GENERATED_COUNT_MIN = 32;
const ALTERNATIVES_MAX = 255;
const ATTEMPTS_MAX = 8;

/** Where a column lies: its name in error messages, and how many columns it lies in. */
interface Place {
  readonly path: string;
  readonly depth: number;
}

function within({ path, depth }: Place, step: string): Place {
  return { path: path + step, depth: depth + 1 };
}

/**
 * Columns for values of any kind. Records that are nested deeply or hold themselves go through the fallback, all of them together.
 * @throws RECORD_NOT_ENCODABLE, RECORD_TOO_DEEP without a fallback
 */
export function planColumn(values: readonly unknown[], fallback: ValueFallback | undefined, path: string): ColumnPlan {
  try {
    return planValues(values, fallback, { path, depth: 0 });
  } catch (error) {
    if (error !== tooDeep) throw error;
    if (fallback === undefined) throw columnarErrors.create("RECORD_TOO_DEEP", { path });
    return planFallback(values, fallback, path);
  }
}

function planValues(values: readonly unknown[], fallback: ValueFallback | undefined, place: Place): ColumnPlan {
  checkNesting(place.depth);
  return planSink(fillSink(values), fallback, place);
}

/**
 * Fills sinks of the shape that a sample suggests. A record that does not fit widens the shape and the filling starts again;
 * after some of these all records are looked at, which is slower but ends the search.
 */
function fillSink(values: readonly unknown[]): ColumnSink {
  let shape = sampleShape(values);
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const sink = createSink(shape, values.length);
    const misfit = attempt < ATTEMPTS_MAX - 1 ? fill(values, sink) : fillInterpreted(values, sink);
    if (misfit < 0) return sink;
    shape = attempt < ATTEMPTS_MAX - 2 ? mergeShapes(shape, shapeOf(values[misfit])) : shapeFrom(shape, values, misfit);
  }
  // Not reached as long as inference and filling agree on what fits.
  return { ...createSink(anyShape, 0), values: values.slice() };
}

function fill(values: readonly unknown[], sink: ColumnSink): number {
  const generated = values.length >= GENERATED_COUNT_MIN && codeGenerationAllowed() ? fillFunctionOf(sink.shape, values.length) : undefined;
  return generated === undefined ? fillInterpreted(values, sink) : generated(values, sink);
}

function sampleShape(values: readonly unknown[]): RecordShape {
  let shape = emptyShape;
  // Small batches are sampled thinly: a second filling costs them less than looking at each record.
  const step = Math.max(32, Math.floor(values.length / SAMPLE_COUNT_MAX));
  for (let at = 0; at < values.length; at += step) shape = mergeShapes(shape, shapeOf(values[at]));
  return shape;
}

function shapeFrom(start: RecordShape, values: readonly unknown[], from: number): RecordShape {
  let shape = start;
  for (let at = from; at < values.length && shape.kind !== "any"; at++) shape = mergeShapes(shape, shapeOf(values[at]));
  return shape;
}

function planSink(sink: ColumnSink, fallback: ValueFallback | undefined, place: Place): ColumnPlan {
  const { shape } = sink;
  if (shape.kind === "any") return planMixed(sink.values, fallback, place);
  if (shape.kind === "none" && !(shape.nullable && shape.undefinable))
    return { shape: { k: shape.nullable ? "nil" : "none" }, buffers: [] };
  let plan = planPresent(sink, fallback, place);
  if (shape.undefinable) plan = { shape: { k: "undef", d: plan.shape }, buffers: [planBytes(sink.undefineds), ...plan.buffers] };
  if (shape.nullable) plan = { shape: { k: "null", d: plan.shape }, buffers: [planBytes(sink.nulls), ...plan.buffers] };
  return plan;
}

function planPresent(sink: ColumnSink, fallback: ValueFallback | undefined, place: Place): ColumnPlan {
  switch (sink.shape.kind) {
    case "number":
      return planNumbers(sink.doubles);
    case "string":
      return planStrings(sink.strings);
    case "boolean":
      return { shape: { k: "bool" }, buffers: [planBytes(sink.bytes)] };
    case "bigint":
      return planBigints(sink.bigints);
    case "date":
      return { shape: { k: "date" }, buffers: [planDoubles(sink.doubles)] };
    case "list": {
      const lengths = planLengths(sink.lengths);
      const element = isNumberList(sink.shape)
        ? planNumbers(sink.numbers.values.subarray(0, sink.numbers.length))
        : planValues(sink.values, fallback, within(place, "[]"));
      return { shape: { k: "list", l: lengths.type, d: element.shape }, buffers: [lengths.buffer, ...element.buffers] };
    }
    case "tuple": {
      const fields = sink.fields.map((field, at) => planSink(field, fallback, within(place, `[${at}]`)));
      return { shape: { k: "tuple", f: shapesOf(fields) }, buffers: fields.flatMap((field) => field.buffers) };
    }
    case "object": {
      const names = sink.shape.names;
      const fields = sink.fields.map((field, at) => planSink(field, fallback, within(place, `.${names[at] ?? ""}`)));
      return {
        shape: { k: "object", n: names, f: shapesOf(fields), bare: sink.shape.bare },
        buffers: fields.flatMap((field) => field.buffers),
      };
    }
    default:
      return { shape: { k: "none" }, buffers: [] };
  }
}

/** Values without a common form: a column for each kind of value, the odd ones through the fallback. */
function planMixed(values: readonly unknown[], fallback: ValueFallback | undefined, place: Place): ColumnPlan {
  const groups = new Map<string, unknown[]>();
  const tags = new Uint8Array(values.length);
  const tagOf = new Map<string, number>();
  for (let at = 0; at < values.length; at++) {
    const alternative = alternativeOf(values[at]);
    if (alternative === "fallback" && fallback === undefined) throw notEncodable(values[at], place.path);
    let tag = tagOf.get(alternative);
    if (tag === undefined) {
      tag = tagOf.size;
      if (tag >= ALTERNATIVES_MAX) return planFallback(values, fallback, place.path);
      tagOf.set(alternative, tag);
      groups.set(alternative, []);
    }
    tags[at] = tag;
    groups.get(alternative)?.push(values[at]);
  }
  // One group alone can only mean that its values did not fit the shape they seem to have.
  if (groups.size <= 1) return planFallback(values, fallback, place.path);
  const plans = [...groups].map(([name, group]) =>
    name === "fallback" ? planFallback(group, fallback, place.path) : planValues(group, fallback, within(place, "")),
  );
  return { shape: { k: "union", f: shapesOf(plans) }, buffers: [planBytes(tags), ...plans.flatMap((plan) => plan.buffers)] };
}

function planFallback(values: readonly unknown[], fallback: ValueFallback | undefined, path: string): ColumnPlan {
  if (fallback === undefined) throw notEncodable(values.find((value) => alternativeOf(value) === "fallback") ?? values[0], path);
  return { shape: { k: "any" }, buffers: [planBytes(fallback.encode(values))] };
}

function alternativeOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value === "function" || typeof value === "symbol") return "fallback";
  if (typeof value !== "object") return typeof value;
  if (isPlainArray(value)) return isDenseArray(value) ? "array" : "fallback";
  if (isPlainObject(value)) {
    if (!hasOnlyValues(value)) return "fallback";
    return `${Object.getPrototypeOf(value) === null ? "bare" : "object"} ${JSON.stringify(Object.keys(value))}`;
  }
  return isPlainDate(value) ? "date" : "fallback";
}

function notEncodable(value: unknown, path: string): Error {
  return columnarErrors.create("RECORD_NOT_ENCODABLE", { className: classNameOf(value), path });
}

function shapesOf(plans: readonly ColumnPlan[]): ColumnShape[] {
  return plans.map((plan) => plan.shape);
}

function planBytes(bytes: Uint8Array): BufferPlan {
  return { bytes: bytes.byteLength, write: (target) => target.set(bytes) };
}

function planDoubles(values: Float64Array): BufferPlan {
  return { bytes: values.byteLength, write: (target) => new Float64Array(target.buffer, target.byteOffset, values.length).set(values) };
}
