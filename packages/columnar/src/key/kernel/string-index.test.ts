import { expect, test } from "vitest";
import { StringIndex } from "./string-index.ts";

test("goes on in another map when one is full", () => {
  const index = new StringIndex(4);
  const words = Array.from({ length: 11 }, (_, at) => `w${at}`);
  expect(words.map((word) => index.slot(word))).toEqual(words.map((_, at) => at));
  expect(words.map((word) => index.slot(word))).toEqual(words.map((_, at) => at));
  expect(words.map((word) => index.find(word))).toEqual(words.map((_, at) => at));
  expect([index.find("none"), index.size, index.keyAt(7)]).toEqual([-1, 11, "w7"]);
});
