import { assert } from "@vonk/common/internal";
import { describe, expect, test } from "vitest";
import { address, i32, i64, i64x2, memoryGrow, memorySize, ModuleWriter } from "../src/index.ts";
import { Expression } from "../src/instruction/expression.ts";
import { instructions } from "../src/instruction/opcode.ts";
import type { FunctionWriter } from "../src/module/function-writer.ts";
import { argument, start } from "./model/harness.ts";
import { loadOf, operationNamed } from "./model/operation-named.ts";
import { randomValue } from "./model/random-value.ts";
import { bytesOf, readValue, type TestType, type Value, writeValue } from "./model/value.ts";

const rounds = 40;
const operandAt = [128, 144, 160] as const;
const dataAt = 40;
const offset = 8;
const resultAt = 256;

/** What an access of memory takes and does, by its name. */
interface Access {
  readonly type: TestType;
  /** Bytes that it touches. */
  readonly bytes: number;
  readonly operands: readonly TestType[];
  readonly gives: boolean;
  /** The result, from the bytes there and the operands. */
  readonly result: (there: Uint8Array, operands: readonly Value[]) => Value;
  /** The bytes there afterwards. */
  readonly after: (there: Uint8Array, operands: readonly Value[]) => Uint8Array;
}

function integerOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

function bytesOfInteger(value: bigint, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, at) => Number((BigInt.asUintN(128, value) >> BigInt(8 * at)) & 255n));
}

function bytesOfValue(type: TestType, value: Value): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  writeValue(view, 0, type, value);
  return new Uint8Array(view.buffer);
}

function valueOfBytes(type: TestType, bytes: Uint8Array): Value {
  const padded = new Uint8Array(16);
  padded.set(bytes);
  return readValue(new DataView(padded.buffer), 0, type);
}

const updates: Readonly<Record<string, (old: bigint, value: bigint) => bigint>> = {
  add: (old, value) => old + value,
  sub: (old, value) => old - value,
  and: (old, value) => old & value,
  or: (old, value) => old | value,
  xor: (old, value) => old ^ value,
  xchg: (_, value) => value,
};

const lane = 1;
const lanesStart = (bytes: number): number => lane * bytes;

function accessOf(name: string, alignment: number): Access {
  const prefix = name.slice(0, name.indexOf("."));
  const type: TestType = prefix === "i32" || prefix === "i64" || prefix === "f32" || prefix === "f64" ? prefix : "v128";
  const bytes = 2 ** alignment;
  const same = (there: Uint8Array): Uint8Array => there;
  const unchanged = { type, bytes, gives: true, after: same };
  const rmw = /rmw(?:8|16|32)?\.([a-z]+)/.exec(name)?.[1];
  if (rmw !== undefined) {
    const result = (there: Uint8Array): Value => valueOfBytes(type, there);
    const low = (value: Value | undefined): bigint => integerOf(bytesOfValue(type, value ?? 0).slice(0, bytes));
    if (rmw === "cmpxchg")
      return {
        type,
        bytes,
        gives: true,
        operands: [type, type],
        result,
        after: (there, [expected, next]) => (integerOf(there) === low(expected) ? bytesOfInteger(low(next), bytes) : there),
      };
    const update = updates[rmw];
    assert(update !== undefined, `${rmw} has a model`);
    return {
      type,
      bytes,
      gives: true,
      operands: [type],
      result,
      after: (there, [value]) => bytesOfInteger(update(integerOf(there), low(value)), bytes),
    };
  }
  if (name.includes("store")) {
    const from = name.endsWith("_lane") ? lanesStart(bytes) : 0;
    const after = (_: Uint8Array, [value]: readonly Value[]): Uint8Array => bytesOfValue(type, value ?? 0).slice(from, from + bytes);
    return { type, bytes, gives: false, operands: [type], result: () => 0, after };
  }
  if (name.endsWith("_lane"))
    return {
      ...unchanged,
      operands: ["v128"],
      result: (there, [vector]) => {
        const copy = bytesOf(vector).slice();
        copy.set(there, lanesStart(bytes));
        return copy;
      },
    };
  return { ...unchanged, operands: [], result: (there) => loaded(name, type, there) };
}

function loaded(name: string, type: TestType, there: Uint8Array): Value {
  const extended = /load(\d+)(?:x(\d))?_([su])$/.exec(name);
  if (name.endsWith("_splat")) return Uint8Array.from({ length: 16 }, (_, at) => there[at % there.length] ?? 0);
  if (extended === null) return valueOfBytes(type, there);
  const width = Number(extended[1]) / 8;
  const count = Number(extended[2] ?? 1);
  const wide = type === "v128" ? width * 2 : type === "i32" ? 4 : 8;
  const parts = Array.from({ length: count }, (_, at) => {
    const part = integerOf(there.slice(at * width, (at + 1) * width));
    return bytesOfInteger(extended[3] === "s" ? BigInt.asIntN(width * 8, part) : part, wide);
  });
  return valueOfBytes(type, Uint8Array.from(parts.flatMap((part) => [...part])));
}

function integer(value: Expression<TestType | "address">): Expression<"i32"> | Expression<"i64"> {
  const { type } = value;
  return type === "i32" ? i32.add(asType("i32", value), 0) : i64.add(asType("i64", value), 0);
}

/** The expression with its type known to the compiler. */
function asType<T extends "i32" | "i64" | "v128">(type: T, value: Expression<TestType | "address">): Expression<T> {
  assert(value.type === type, `an expression of ${type}`);
  return new Expression(type, value.op, value.a, value.b, value.c, value.x, value.y, value.rest);
}

function writeStore(f: FunctionWriter, name: string, at: Expression<"address">, value: Expression<TestType | "address">): void {
  const bits = /store(8|16|32|64)/.exec(name)?.[1];
  const width = bits === "8" ? 8 : bits === "16" ? 16 : bits === "32" ? 32 : 64;
  if (name.endsWith("_lane")) f.storeLane(width, at, asType("v128", value), lane, offset, 1);
  else if (name.includes("atomic") && bits !== undefined && width !== 64) f.atomicStoreLow(width, at, integer(value), offset);
  else if (name.includes("atomic")) f.atomicStore(at, integer(value), offset);
  else if (bits === "8") f.store8(at, integer(value), offset);
  else if (bits === "16") f.store16(at, integer(value), offset, 1);
  else if (bits === "32") f.store32(at, integer(value), offset);
  else f.store(at, value, offset, 1);
}

function moduleOf(name: string, { operands, gives }: Access, memory64: boolean): ModuleWriter {
  const module = new ModuleWriter({ memory64 });
  module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
  const run = module.function("run", { params: { base: "address" }, results: [] }, (f, { base }) => {
    const values = operands.map((type, index) => loadOf(type, base, operandAt[index] ?? 0));
    const at = address.add(base, dataAt - offset);
    if (!gives) {
      const [value] = values;
      assert(value !== undefined, "a store has a value");
      writeStore(f, name, at, value);
      return;
    }
    const lanes = name.endsWith("_lane") ? [lane] : [];
    f.store(base, operationNamed(name, [at, ...values, ...lanes, offset]), resultAt);
  });
  module.exportFunction(run);
  return module;
}

describe.each([false, true])("each instruction on memory does what its model does, memory64 %s", (memory64) => {
  for (const { name, immediate, alignment } of instructions) {
    if (!immediate.startsWith("memory")) continue;
    test(name, () => {
      const access = accessOf(name, alignment);
      const module = moduleOf(name, access, memory64);
      const { view, call } = start(module);
      const bytes = new Uint8Array(view.buffer);
      for (let round = 0; round < rounds; round++) {
        bytes.set(bytesOf(randomValue("v128")), dataAt);
        const operands = access.operands.map((type) => randomValue(type));
        // What is compared has the width of the memory, and every other time is what lies there.
        if (name.includes("cmpxchg")) {
          const expected = round % 2 === 0 ? bytes.slice(dataAt) : bytesOfValue(access.type, operands[0] ?? 0);
          operands[0] = valueOfBytes(access.type, expected.slice(0, access.bytes));
        }
        operands.forEach((value, at) => writeValue(view, operandAt[at] ?? 0, access.operands[at] ?? "i32", value));
        const written = operands.map((_, at) => readValue(view, operandAt[at] ?? 0, access.operands[at] ?? "i32"));
        const there = bytes.slice(dataAt, dataAt + 16);
        const touched = there.slice(0, access.bytes);
        call("run", argument(module, 0));
        if (access.gives) expect(readValue(view, resultAt, access.type)).toEqual(access.result(touched, written));
        there.set(access.after(touched, written));
        expect(bytes.slice(dataAt, dataAt + 16)).toEqual(there);
      }
    });
  }
});

describe.each([false, true])("memory64 %s", (memory64) => {
  const writer = (): ModuleWriter => {
    const module = new ModuleWriter({ memory64 });
    module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
    return module;
  };

  test("addresses are computed, stored in 8 bytes and loaded again", () => {
    const module = writer();
    const chase = module.function("chase", { params: { base: "address", index: "i32" }, results: ["i64"] }, (f, { base, index }) => {
      f.store(base, address.at(base, index, 24), 16);
      const there = f.let(address.load(base, 16));
      f.store(there, i64.const(77), 8);
      f.if(address.ne(address.sub(there, base), address.mul(address.of(index), 24)), () => f.unreachable());
      f.if(i32.or(address.lt_u(there, base), address.eqz(there)), () => f.unreachable());
      f.if(address.gt_u(address.cut(address.asI64(base)), there), () => f.unreachable());
      f.if(address.eq(address.and(address.or(there, 1), 1), address.shr_u(address.shl(there, 1), 1)), () => f.unreachable());
      return address.asI64(address.at(base, index, 1));
    });
    module.exportFunction(chase);
    const { view, call } = start(module);
    view.setBigInt64(64 + 16, -1n, true);
    expect(call("chase", argument(module, 64), 5)).toBe(69n);
    expect(view.getBigInt64(64 + 16, true)).toBe(BigInt(64 + 5 * 24));
    expect(view.getBigInt64(64 + 5 * 24 + 8, true)).toBe(77n);
  });

  test("bytes are copied, filled, and come from segments", () => {
    const module = writer();
    const segment = module.data(new Uint8Array([1, 2, 3, 4, 5]));
    module.dataAt(300, new Uint8Array([9, 8]));
    const run = module.function("run", { params: { base: "address" }, results: [] }, (f, { base }) => {
      f.memoryInit(segment, base, 1, 3);
      f.dataDrop(segment);
      f.memoryCopy(address.add(base, 1), base, 3);
      f.memoryFill(address.add(base, 10), 0x1ff, 2);
      f.atomicFence();
    });
    module.exportFunction(run);
    const { view, call } = start(module);
    call("run", argument(module, 32));
    const bytes = new Uint8Array(view.buffer);
    expect(Array.from(bytes.slice(32, 45))).toEqual([2, 2, 3, 4, 0, 0, 0, 0, 0, 0, 255, 255, 0]);
    expect(Array.from(bytes.slice(300, 302))).toEqual([9, 8]);
    expect(() => call("run", argument(module, 32)), "the segment is dropped").toThrow(WebAssembly.RuntimeError);
  });

  test("the memory has a size and does not grow over its maximum", () => {
    const module = writer();
    const size = module.function("size", { params: {}, results: ["i64", "i64"] }, () => [
      address.asI64(memorySize()),
      i64.extend32_s(address.asI64(memoryGrow(1))),
    ]);
    module.exportFunction(size);
    expect(start(module).call("size")).toEqual([1n, -1n]);
  });
});

test("a memory of one's own is exported", () => {
  const module = new ModuleWriter();
  module.defineMemory({ initial: 1 });
  module.exportMemory("memory");
  const instance = new WebAssembly.Instance(new WebAssembly.Module(module.toBytes()));
  expect(instance.exports["memory"]).toBeInstanceOf(WebAssembly.Memory);
});

test("offsets, alignments and lanes are checked when they are written", () => {
  const zero = i64x2.const([0n, 0n]);
  expect(() => i64.load(0, -1)).toThrow("INTERNAL_ASSERTION");
  expect(() => i64.load(0, 0, 16)).toThrow("INTERNAL_ASSERTION");
  expect(() => i64.load(0, 0, 3)).toThrow("INTERNAL_ASSERTION");
  expect(() => i64x2.extract_lane(zero, 2)).toThrow("INTERNAL_ASSERTION");
  expect(() => i32.const(2 ** 32)).toThrow("INTERNAL_ASSERTION");
  expect(() => i64.const(2 ** 60)).toThrow("INTERNAL_ASSERTION");
  expect(() => i64.const(2n ** 64n)).toThrow("INTERNAL_ASSERTION");
});
