import { EngineError } from "@vonk/common";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { captureClosure } from "./capture-closure.ts";
import { ClosureDecoder } from "./closure-decoder.ts";
import { functionLocation } from "./function-location.ts";

const decoder = new ClosureDecoder({ appRoot: import.meta.dirname });
const send = (fn: Function, env?: Record<string, unknown>): Function =>
  decoder.decode(captureClosure(fn, { call: "rdd.map()", ...(env === undefined ? {} : { env }) }).bytes);

const replaceKey: unique symbol = Symbol.for("vonk.closure.replace") as never;
const refuseKey: unique symbol = Symbol.for("vonk.closure.refuse") as never;
const refuseCodeKey: unique symbol = Symbol.for("vonk.closure.refuseCode") as never;

class Broadcast {
  readonly id: number;
  readonly value: unknown;
  constructor(id: number, value: unknown) {
    this.id = id;
    this.value = value;
  }
  [replaceKey](): { kind: string; data: unknown } {
    return { kind: "broadcast", data: { id: this.id } };
  }
}
class Dataset {
  readonly [refuseKey]: string = "Collect it first, or join.";
  readonly [refuseCodeKey]: string = "RDD_IN_CLOSURE";
}

describe("semantics", () => {
  test("each decode has variables of its own, and the driver's stay", () => {
    const state = { hits: 0 };
    let calls = 0;
    const fn = (): number => ++state.hits + ++calls;
    const { bytes } = captureClosure(fn, { call: "rdd.map()" });
    const [first, second] = [decoder.decode(bytes), decoder.decode(bytes)];
    expect([first(), first(), second()]).toEqual([2, 4, 2]);
    expect(state.hits + calls).toBe(0);
  });

  test("equal state gives an equal id; later changes another", () => {
    let factor = 2;
    const fn = (x: number): number => x * factor;
    const id = (): string => captureClosure(fn, { call: "rdd.map()" }).id;
    const before = id();
    expect(id()).toBe(before);
    factor = 3;
    expect(id()).not.toBe(before);
  });

  test("a rebuilt function travels on with its variables as they are then", () => {
    const [start, table] = [40, { one: 1 }];
    let calls = 0;
    const reads = (x: number): number => start + table.one + x;
    const writes = (): number => ++calls;
    const down = (n: number): number => (n === 0 ? start : down(n - 1));
    const [reader, writer, recursive] = [send(reads), send(writes), send(down)];
    expect([reader(1), writer(), writer(), recursive(3)]).toEqual([42, 1, 2, 40]);
    expect([send(reader)(2), send(writer)(), send(recursive)(2)]).toEqual([43, 3, 40]);
    const onward = (fn: Function): Uint8Array => captureClosure(fn, { call: "rdd.map()" }).bytes;
    expect(onward(send(reader))).toEqual(onward(reader));
  });

  test("a function that one of its variables holds is one function, not two", () => {
    const holder: { self?: Function } = {};
    const node = { next: undefined as unknown };
    const list = [0, node];
    const own = (): readonly boolean[] => [holder.self === own, list[1] === node, node.next === holder];
    holder.self = own;
    node.next = holder;
    expect(send(own)()).toEqual([true, true, true]);
  });

  test("env takes precedence over what is captured", () => {
    const factor = 2;
    expect(send((x: number) => x * factor, { factor: 5 })(2)).toBe(10);
  });

  test("assignments and large payloads warn", () => {
    let total = 0;
    const large = "x".repeat(2 ** 21);
    const { warnings } = captureClosure(() => (total += large.length), { call: "rdd.foreach()" });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain("assigns to 'total'");
    expect(warnings[1]).toContain("2.0 MiB");
  });

  test("hooks: plain data travels and a reviver rebuilds the object", () => {
    const broadcast = new Broadcast(7, "not sent");
    const { bytes } = captureClosure(() => [broadcast, broadcast], { call: "rdd.map()" });
    expect(Buffer.from(bytes).includes("not sent")).toBe(false);
    const reviving = new ClosureDecoder({ appRoot: "/", revivers: { broadcast: (data) => ({ revived: data }) } });
    const [one, two] = reviving.decode(bytes)();
    expect(one).toEqual({ revived: { id: 7 } });
    expect(one).toBe(two);
    expect(() => decoder.decode(bytes)).toThrow("CLOSURE_UNKNOWN_KIND");
  });

  test("hooks: an object refuses with its own reason and code", () => {
    const dataset = new Dataset();
    expect(() => captureClosure(() => dataset, { call: "rdd.map()" })).toThrow(
      "variable 'dataset' is a Dataset. Collect it first, or join.",
    );
    const context = {
      [Symbol.for("vonk.closure.refuse")]: "It lives in the driver.",
      [Symbol.for("vonk.closure.refuseCode")]: "CONTEXT_IN_CLOSURE",
    };
    expect(() => captureClosure(() => context, { call: "rdd.map()" })).toThrow("CONTEXT_IN_CLOSURE");
    const plain = { [Symbol.for("vonk.closure.refuse")]: "No." };
    expect(() => captureClosure(() => plain, { call: "rdd.map()" })).toThrow("CLOSURE_REFUSED");
  });

  test("engine classes travel by module reference", () => {
    const { bytes } = captureClosure(() => EngineError, { call: "rdd.map()" });
    expect(bytes.length).toBeLessThan(600);
    expect(Buffer.from(bytes).includes("class EngineError")).toBe(false);
    expect(decoder.decode(bytes)().name).toBe("EngineError");
  });

  test("the location is the user's file", () => {
    expect(functionLocation(() => 1)).toMatch(/capture-closure\.test\.ts:\d+:\d+$/);
  });
});

describe("modules with top-level await", () => {
  const folder = mkdtempSync(join(tmpdir(), "vonk-await-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("are prepared, then decoded; a missing module is named", async () => {
    writeFileSync(join(folder, "slow.mjs"), "await 1; export class Slow { answer() { return 42; } }");
    writeFileSync(join(folder, "job.mjs"), 'import { Slow } from "./slow.mjs"; export const make = () => () => new Slow().answer();');
    const { make }: { make: () => Function } = await import(join(folder, "job.mjs"));
    const { bytes } = captureClosure(make(), { call: "rdd.map()", appRoot: folder });
    const there = new ClosureDecoder({ appRoot: folder });
    await there.prepare(bytes);
    expect(there.decode(bytes)()).toBe(42);
    expect(there.prepare(bytes)).toBe(undefined);
  });
});

describe("cost", () => {
  test("20 000 captures leave the heap as it was, and the debugger off", () => {
    const factor = 3;
    const capture = (): unknown => captureClosure((x: number) => x * factor, { call: "rdd.map()" });
    const collect: unknown = Reflect.get(globalThis, "gc");
    for (let turn = 0; turn < 2_000; turn++) capture();
    if (typeof collect === "function") collect();
    const before = process.memoryUsage().heapUsed;
    for (let turn = 0; turn < 20_000; turn++) capture();
    if (typeof collect === "function") collect();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(40e6);
    const session = new Session();
    session.connect();
    let failure: unknown;
    session.post("Debugger.pause", (error) => (failure = error));
    session.disconnect();
    expect(String(Reflect.get(failure as object, "message"))).toMatch(/not enabled/);
  });
});
