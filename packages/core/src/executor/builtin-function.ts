import { keyEquals, naturalCompare } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import type { FunctionResolver } from "../compute/computation.ts";
import { addToSketch, sketchEstimate } from "../compute/kernel/distinct-sketch.ts";
import { keyOf } from "../compute/pair-record.ts";
import type { FunctionRef } from "../plan/stage-plan.ts";
import { taskRuntime } from "./running-task.ts";

type Builtin = (args: never, functions: FunctionResolver) => (...values: never[]) => unknown;

/** Engine functions that plans name instead of capturing them. */
const builtins: Readonly<Record<string, Builtin>> = {
  identity: () => (value: unknown) => value,
  /** The first of two values: combiners of distinct. */
  first: () => (value: unknown) => value,
  listOf: () => (value: unknown) => [value],
  append: () => (list: unknown[], value: unknown) => {
    list.push(value);
    return list;
  },
  concat: () => (list: unknown[], more: readonly unknown[]) => {
    for (const value of more) list.push(value);
    return list;
  },
  sum: () => (a: number, b: number) => a + b,
  one: () => () => 1,
  increment: () => (count: number) => count + 1,
  inRange: (args: { readonly lower: unknown; readonly upper: unknown; readonly compare: FunctionRef }, functions) => {
    const compare = functions.resolve<(a: unknown, b: unknown) => number>(args.compare);
    return (record: unknown) => {
      const key = keyOf(record, "filterByRange()");
      return compare(key, args.lower) >= 0 && compare(key, args.upper) <= 0;
    };
  },
  hasKey: (args: { readonly key: unknown }) => (record: unknown) => keyEquals(keyOf(record, "lookup()"), args.key),
  /** Pairs a grouped side's keys that both sides have. */
  inBoth: () => (record: readonly [unknown, readonly (readonly unknown[])[]]) => record[1].every((group) => group.length > 0),
  reversed: (args: { readonly compare: FunctionRef }, functions) => {
    const compare = functions.resolve<(a: unknown, b: unknown) => number>(args.compare);
    return (a: unknown, b: unknown) => compare(b, a);
  },
  naturalCompare: () => naturalCompare,
  sketchOf: ({ precision }: SketchArgs) => {
    return (value: unknown) => {
      const registers = new Uint8Array(2 ** precision);
      addToSketch(registers, precision, value);
      return registers;
    };
  },
  sketchAdd: ({ precision }: SketchArgs) => {
    return (registers: Uint8Array, value: unknown) => {
      addToSketch(registers, precision, value);
      return registers;
    };
  },
  sketchMerge: () => (registers: Uint8Array, others: Uint8Array) => {
    others.forEach((rank, at) => (registers[at] = Math.max(registers[at] ?? 0, rank)));
    return registers;
  },
  sketchEstimate: () => sketchEstimate,
  zeroThenMerge: (args: { readonly zero: Uint8Array; readonly merge: FunctionRef }, functions) => {
    const merge = functions.resolve<(a: unknown, b: unknown) => unknown>(args.merge);
    const zero = copier(args.zero);
    return (value: unknown) => merge(zero(), value);
  },
};

interface SketchArgs {
  readonly precision: number;
}

/** Gives a fresh copy of an encoded value with each call; immutable values are decoded once. */
function copier(encoded: Uint8Array): () => unknown {
  const runtime = taskRuntime();
  assert(runtime !== undefined, "engine functions run in tasks");
  const block = runtime.codec.open(encoded);
  const [value] = block.decode();
  if ((typeof value !== "object" || value === null) && typeof value !== "function") return () => value;
  return () => block.decode()[0];
}

/** The engine function of a name. */
export function builtinFunction(name: string, args: unknown, functions: FunctionResolver): (...values: never[]) => unknown {
  const maker = builtins[name];
  assert(maker !== undefined, `engine function ${name} exists`);
  return maker(args as never, functions);
}
