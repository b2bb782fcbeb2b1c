import { expect, test } from "vitest";
import { BoundedCache } from "./bounded-cache.ts";

test("beyond its entries a cache forgets what was used least recently", () => {
  const cache = new BoundedCache<string, number>(3);
  for (const [index, key] of ["a", "b", "c"].entries()) cache.set(key, index);
  expect(cache.get("a")).toBe(0);
  cache.set("d", 3);
  expect(["a", "b", "c", "d"].map((key) => cache.get(key))).toEqual([0, undefined, 2, 3]);
});

test("beyond its weight too, but never the newest", () => {
  const cache = new BoundedCache<string, number>(10, 100);
  cache.set("a", 0, 60);
  cache.set("b", 1, 30);
  cache.set("a", 2, 50);
  cache.set("c", 3, 40);
  expect(["a", "b", "c"].map((key) => cache.get(key))).toEqual([2, undefined, 3]);
  cache.set("d", 4, 1_000);
  expect(["a", "c", "d"].map((key) => cache.get(key))).toEqual([undefined, undefined, 4]);
});
