import { nullable, schema, type Schema, types } from "@vonk/dataframe";

const all = schema({
  a: types.boolean,
  b: types.tinyint,
  c: types.float,
  d: types.binary,
  e: types.timestamp_ntz,
  f: types.array(types.string),
  g: types.map(types.string, types.int),
  h: types.struct({ x: types.date }),
  i: nullable(types.decimal(10, 2)),
});
export type All = typeof all extends Schema<infer S> ? S : never;
export const value: Pick<All, "a" | "f" | "i"> = { a: true, f: ["x"], i: null };
