// Modules and functions
export { ModuleWriter } from "./module/module-writer.ts";
export type { MemoryLimits, ModuleOptions } from "./module/module-writer.ts";
export type { FunctionWriter } from "./module/function-writer.ts";
export type { Label, LoopLabels } from "./module/label.ts";
export type {
  Arguments,
  BodyResult,
  FunctionReference,
  ParameterLocals,
  Parameters,
  Results,
  Signature,
  SignatureReference,
} from "./module/signature.ts";
export type { DataSegment, Table } from "./module/segment.ts";

// Expressions
export type { Expression, Global, Local, Operand } from "./instruction/expression.ts";
export type { Literal, ValueType } from "./instruction/value-type.ts";
export type { Vector } from "./instruction/vector.ts";

// Instructions: names are those of the specification
export { i32, i64 } from "./instruction/integer.ts";
export { f32, f64 } from "./instruction/float.ts";
export { address } from "./instruction/address.ts";
export { v128 } from "./instruction/vector.ts";
export { i16x8, i32x4, i64x2, i8x16 } from "./instruction/integer-lanes.ts";
export { f32x4, f64x2 } from "./instruction/float-lanes.ts";
export { call, callIndirect, memoryGrow, memorySize, select, tee, when } from "./instruction/control.ts";

// Arithmetic that generators share
export { int128 } from "./arithmetic/int128.ts";
export type { Int128, Int128Local } from "./arithmetic/int128.ts";
export { int128Division, int128DivisionByI64 } from "./arithmetic/int128-division.ts";
export type { Int128Division, Int128DivisionByI64 } from "./arithmetic/int128-division.ts";
export { combineHash, hashI64, hashSlot, mixI64 } from "./arithmetic/hash.ts";

// Modules as text, and to run
export { compileModule } from "./module/compile-module.ts";
export { printModule } from "./text/print-module.ts";
export type { PrintOptions } from "./text/print-module.ts";

// Errors
export { wasmErrors } from "./errors.ts";
