import { expect, test, vi } from "vitest";
import { openBlock } from "./block-reader.ts";
import { codeGenerationAllowed } from "./code-generation.ts";
import { encodeBlock } from "./encode-block.ts";

vi.hoisted(() => {
  globalThis.Function = new Proxy(Function, {
    construct: () => {
      throw new EvalError("Code generation from strings disallowed for this context");
    },
  });
});

test("large blocks are written and read where code from strings is forbidden", () => {
  const records = Array.from({ length: 5000 }, (_, at) => [
    at,
    { name: `n${at}`, at: at % 3 === 0 ? null : new Date(at), tags: [at, "x"].slice(at % 3) },
  ]);
  expect(codeGenerationAllowed()).toBe(false);
  const reader = openBlock(encodeBlock(records));
  expect(reader.decode()).toStrictEqual(records);
  expect(reader.decodeAt(Int32Array.of(4999, 0), 0, 2)).toStrictEqual([records[4999], records[0]]);
});
