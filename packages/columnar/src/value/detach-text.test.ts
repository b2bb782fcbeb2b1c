import { expect, test } from "vitest";
import { detachText, detachValue } from "./detach-text.ts";

test("detached values are equal to the given ones", () => {
  const text = "a text of more than thirteen é \ud800 characters";
  expect([detachText("short"), detachText(text), detachText("")]).toEqual(["short", text, ""]);
  const value = [1, text, { a: text, b: [new Date(0), text] }];
  expect(detachValue(value)).toStrictEqual(value);
  const short = [1, "a", { b: 2 }];
  expect(detachValue(short)).toBe(short);
});
