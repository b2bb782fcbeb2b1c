import { describe, expect, test } from "vitest";
import { parseImportHeader, startsStrict } from "./import-header.ts";

describe("import header", () => {
  test("every form of import, types and comments left out", () => {
    const source = `#!/usr/bin/env node
"use strict"; // import { no } from "./no.js"
/* import { never } from "./never.js" */
import "./effect.js";
import main from "main";
import main2, * as space from './space.js';
import type { T } from "./types.ts";
import type D from "./types.ts";
import type, { type U, a, b as c, "odd name" as d, default as e } from "./values.ts" with { type: "json" };
export { x } from "./again.ts";
import {
  first, // a comment
  type Second,
  third as renamed,
} from "@scope/package";
const text = "import { late } from './late.js'";
import { late } from "./late.js";`;
    expect(Object.fromEntries(parseImportHeader(source))).toEqual({
      main: { specifier: "main", imported: "default" },
      main2: { specifier: "./space.js", imported: "default" },
      space: { specifier: "./space.js", imported: "*" },
      type: { specifier: "./values.ts", imported: "default" },
      a: { specifier: "./values.ts", imported: "a" },
      c: { specifier: "./values.ts", imported: "b" },
      d: { specifier: "./values.ts", imported: "odd name" },
      e: { specifier: "./values.ts", imported: "default" },
      first: { specifier: "@scope/package", imported: "first" },
      renamed: { specifier: "@scope/package", imported: "third" },
    });
  });

  test("minified imports", () => {
    const names = parseImportHeader('import a from"x";import{b as c}from"y";import*as d from"z";let e=1;');
    expect([...names].map(([local, { specifier, imported }]) => [local, specifier, imported])).toEqual([
      ["a", "x", "default"],
      ["c", "y", "b"],
      ["d", "z", "*"],
    ]);
  });

  test("strict scripts", () => {
    expect(startsStrict('// c\n"use strict";\nvar a;')).toBe(true);
    expect(startsStrict('var a; "use strict";')).toBe(false);
  });
});
