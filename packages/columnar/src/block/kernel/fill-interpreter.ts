import { isPlainArray, isPlainDate, isPlainObject } from "../../value/plain-value.ts";
import { type ColumnSink, growNumbers, isNumberList } from "../column-sink.ts";

/** Spreads records over the sinks of their shape; returns the index of the first record that does not fit, or -1. */
export function fillInterpreted(records: readonly unknown[], sink: ColumnSink): number {
  for (let at = 0; at < records.length; at++) {
    if (!fillValue(sink, records[at], at)) return at;
  }
  return -1;
}

function fillValue(sink: ColumnSink, value: unknown, at: number): boolean {
  const shape = sink.shape;
  if (shape.kind === "any") {
    sink.values[at] = value;
    return true;
  }
  if (value === null) {
    if (shape.nullable) sink.nulls[at >>> 3]! |= 1 << (at & 7);
    return shape.nullable;
  }
  if (value === undefined) {
    if (shape.undefinable) sink.undefineds[at >>> 3]! |= 1 << (at & 7);
    return shape.undefinable;
  }
  return fillPresent(sink, value, at);
}

function fillPresent(sink: ColumnSink, value: unknown, at: number): boolean {
  switch (sink.shape.kind) {
    case "number":
      if (typeof value !== "number") return false;
      sink.doubles[at] = value;
      return true;
    case "string":
      if (typeof value !== "string") return false;
      sink.strings[at] = value;
      return true;
    case "boolean":
      sink.bytes[at] = value === true ? 1 : 0;
      return typeof value === "boolean";
    case "bigint":
      if (typeof value !== "bigint") return false;
      sink.bigints[at] = value;
      return true;
    case "date":
      if (!isPlainDate(value)) return false;
      sink.doubles[at] = value.getTime();
      return true;
    case "tuple":
      return isPlainArray(value) && fillTuple(sink, value, at);
    case "list":
      return isPlainArray(value) && fillList(sink, value, at);
    default:
      return sink.shape.kind === "object" && fillObject(sink, value, at);
  }
}

function fillTuple(sink: ColumnSink, tuple: readonly unknown[], at: number): boolean {
  if (tuple.length !== sink.fields.length || "index" in tuple) return false;
  for (let field = 0; field < tuple.length; field++) {
    if (!(field in tuple) || !fillValue(sink.fields[field]!, tuple[field], at)) return false;
  }
  return true;
}

function fillList(sink: ColumnSink, list: readonly unknown[], at: number): boolean {
  if ("index" in list) return false;
  if (isNumberList(sink.shape)) return fillNumberList(sink, list, at);
  for (let element = 0; element < list.length; element++) {
    if (!(element in list)) return false;
    sink.values.push(list[element]);
  }
  sink.lengths[at] = list.length;
  return true;
}

function fillNumberList(sink: ColumnSink, list: readonly unknown[], at: number): boolean {
  const buffer = sink.numbers;
  if (buffer.length + list.length > buffer.values.length) growNumbers(buffer, buffer.length, list.length);
  for (let element = 0; element < list.length; element++) {
    const value = list[element];
    if (typeof value !== "number") return false;
    buffer.values[buffer.length++] = value;
  }
  sink.lengths[at] = list.length;
  return true;
}

function fillObject(sink: ColumnSink, object: unknown, at: number): boolean {
  if (!isPlainObject(object) || (Object.getPrototypeOf(object) === null) !== sink.shape.bare) return false;
  const names = Object.keys(object);
  if (names.length !== sink.fields.length) return false;
  for (let field = 0; field < names.length; field++) {
    const name = names[field]!;
    if (name !== sink.shape.names[field] || !fillValue(sink.fields[field]!, object[name], at)) return false;
  }
  return true;
}
