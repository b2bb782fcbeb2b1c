import fc from "fast-check";
import { expect, test } from "vitest";
import { start } from "../../test/model/harness.ts";
import { combineHash, hashI64, hashSlot, mixI64, ModuleWriter } from "../index.ts";

const golden = 0x9e3779b97f4a7c15n;
const u64 = (value: bigint): bigint => BigInt.asUintN(64, value);
const model = {
  hash: (value: bigint): bigint => u64(value * golden),
  mix: (value: bigint): bigint => {
    const first = model.hash(u64(value) ^ (u64(value) >> 32n));
    return u64((first ^ (first >> 32n)) * 0xbb67ae8584caa73bn);
  },
  combine: (hash: bigint, value: bigint): bigint => u64((u64((u64(hash) << 29n) | (u64(hash) >> 35n)) ^ u64(value)) * golden),
};

function hashes(): (name: string, ...args: (number | bigint)[]) => unknown {
  const module = new ModuleWriter();
  module.importMemory("env", "memory", { initial: 1, maximum: 1, shared: true });
  const one = module.function("hash", { params: { x: "i64" }, results: ["i64"] }, (_f, { x }) => hashI64(x));
  const more = module.function("combine", { params: { h: "i64", x: "i64" }, results: ["i64"] }, (_f, { h, x }) => combineHash(h, x));
  const slot = module.function("slot", { params: { h: "i64", shift: "i64" }, results: ["i32"] }, (_f, { h, shift }) => hashSlot(h, shift));
  const mix = module.function("mix", { params: { x: "i64" }, results: ["i64"] }, (f, { x }) => mixI64(f, x));
  for (const each of [one, mix, more, slot]) module.exportFunction(each);
  return start(module).call;
}

test("hashes are what BigInt computes", () => {
  const call = hashes();
  const word = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(word, word, fc.integer({ min: 32, max: 63 }), (a, b, shift) => {
      expect(call("hash", a)).toBe(BigInt.asIntN(64, model.hash(a)));
      expect(call("mix", a)).toBe(BigInt.asIntN(64, model.mix(a)));
      expect(call("combine", a, b)).toBe(BigInt.asIntN(64, model.combine(a, b)));
      expect(call("slot", a, BigInt(shift))).toBe(Number(BigInt.asIntN(32, u64(a) >> BigInt(shift))));
    }),
  );
});

test("keys in a row spread over slots", () => {
  const call = hashes();
  const slots = (hash: (key: bigint) => unknown, step: bigint): number => {
    const found = Array.from({ length: 1024 }, (_, at) => hash(BigInt(at) * step)).map((each) => (typeof each === "bigint" ? each : 0n));
    return new Set(found.map((each) => call("slot", each, 54n))).size;
  };
  for (const step of [1n, 2n, 8n, 100n, 1000n, 1n << 20n, 1n << 32n, 1n << 40n]) {
    expect(
      slots((key) => call("hash", key), step),
      `step ${step}`,
    ).toBeGreaterThan(400);
    expect(
      slots((key) => call("mix", key), step),
      `step ${step}, mixed`,
    ).toBeGreaterThan(580);
    const first = call("hash", 12n * step);
    const pair = (key: bigint): unknown => call("combine", typeof first === "bigint" ? first : 0n, key);
    expect(slots(pair, step), `step ${step}, second key`).toBeGreaterThan(400);
  }
});
