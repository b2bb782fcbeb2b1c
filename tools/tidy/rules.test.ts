import { describe, expect, test } from "vitest";
import { blank } from "./blank.ts";
import { functionsOf } from "./functions.ts";
import { repositoryOf, type Finding } from "./repository.ts";
import { rules } from "./rules.ts";

/** A small repository and what a rule says about it: each finding's line must contain the text, in this order. */
interface Example {
  readonly files: Readonly<Record<string, string>>;
  readonly finds: readonly string[];
}

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({
    name: `@vonk/${name}`,
    version: "0.1.0",
    description: "x",
    license: "Apache-2.0",
    type: "module",
    sideEffects: false,
    engines: { node: "^24.11.0 || >=26.0.0" },
    exports: {
      ".": { "@vonk/source": "./src/index.ts", types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./package.json": "./package.json",
    },
    files: ["dist", "!dist/*.tsbuildinfo", "README.md"],
    ...more,
  });
const shape = (name: string): Record<string, string> => ({
  [`packages/${name}/README.md`]: "",
  [`packages/${name}/tsconfig.json`]: "{}",
  [`packages/${name}/tsup.config.ts`]: "",
  [`packages/${name}/src/index.ts`]: "",
  "tsconfig.json": `{"references":[{"path":"packages/${name}"}]}`,
  "tools/tsconfig.json": `{"references":[{"path":"../packages/${name}"}]}`,
});
const long = (name: string, lines: number): string => `export function ${name}(): void {\n${"  step();\n".repeat(lines - 2)}}\n`;

const examples: Readonly<Record<string, Example>> = {
  "root-layout": { files: { "notes.md": "", "src/a.ts": "", ".gitignore": "", "docs/a.md": "" }, finds: ["notes.md", "src"] },
  "package-shape": {
    files: {
      ...shape("bus"),
      "packages/bus/package.json": manifest("bus", { license: "MIT", sideEffects: true, dependencies: { "@vonk/common": "^0.1.0" } }),
    },
    finds: ["license must be", "sideEffects must", "@vonk/common must be 0.1.0", "lacks the reference ../common"],
  },
  "import-layers": {
    files: {
      "packages/bus/src/a.ts": 'import { RDD } from "@vonk/core";\nconst text = "import { x } from \'@vonk/sql\'";\n',
      "packages/catalyst/src/a.ts": 'import { x } from "@vonk/expression";\nimport { SparkContext } from "@vonk/core";\n',
      "packages/core/package.json": manifest("core", { devDependencies: { "@vonk/sql": "0.1.0" } }),
      "packages/novelty/src/a.ts": 'import "@vonk/common";\n',
    },
    finds: [
      "bus (layer 1) must not import core",
      "catalyst must not import core",
      "novelty has no layer",
      "core (layer 2) must not import sql",
    ],
  },
  "import-cycles": {
    files: {
      "packages/core/src/a.ts": 'import { b } from "./b.ts";\n',
      "packages/core/src/b.ts": 'import { c } from "./c.ts";\n',
      "packages/core/src/c.ts": 'import { a } from "./a.ts";\n',
      "packages/core/src/d.ts": 'import type { E } from "./e.ts";\n',
      "packages/core/src/e.ts": 'import { d } from "./d.ts";\n',
    },
    finds: ["a.ts → b.ts → c.ts → a.ts"],
  },
  doors: {
    files: {
      "packages/core/package.json": manifest("core", { dependencies: { "@vonk/bus": "0.1.0" } }),
      "packages/core/src/a.ts":
        'import { x } from "@vonk/bus/src/x.ts";\nimport { y } from "@vonk/bus/testing";\nimport { parse } from "acorn";\nimport { z } from "@vonk/bus/spi";\n',
      "packages/core/src/a.test.ts": 'import { y } from "@vonk/bus/testing";\n',
      "docs/examples/a.ts": 'import { z } from "@vonk/core/internal";\n',
    },
    finds: [
      "@vonk/bus/src/x.ts is not a door",
      "@vonk/bus/testing is for tests",
      "acorn is imported but not in the dependencies",
      "for sibling packages",
    ],
  },
  "relative-imports": {
    files: {
      "packages/core/src/a.ts": 'import { x } from "../../bus/src/x.ts";\nimport { y } from "./y.ts";\nimport { z } from "./z";\n',
      "packages/bus/src/x.ts": "",
    },
    finds: ["leaves the package", "./y.ts does not exist", "./z needs its .ts suffix"],
  },
  "dead-files": {
    files: {
      "packages/core/package.json": manifest("core", { vonk: { workers: ["src/thread.ts"] } }),
      "packages/core/src/index.ts": 'export { a } from "./a.ts";\n',
      "packages/core/src/a.ts": "",
      "packages/core/src/thread.ts": 'import { b } from "./b.ts";\n',
      "packages/core/src/b.ts": "",
      "packages/core/src/lost.ts": "",
    },
    finds: ["packages/core/src/lost.ts"],
  },
  "file-names": {
    files: {
      "packages/core/src/taskSet.ts": "",
      "packages/core/src/helpers.ts": "",
      "packages/core/src/task-set.property.test.ts": "",
      "tools/misc/a.ts": "",
    },
    finds: ["taskSet.ts is not kebab-case", "helpers.ts says nothing", "misc says nothing"],
  },
  "file-size": {
    files: { "packages/core/src/a.ts": "\n".repeat(801), "packages/core/src/a.test.ts": "\n".repeat(900) },
    finds: ["801 lines"],
  },
  "function-size": {
    files: {
      "packages/core/src/a.ts": `${long("fine", 70)}${long("tooLong", 71)}${long("known", 90)}${long("grown", 91)}`,
      "tools/tidy/ratchet.json":
        '{"packages/core/src/a.ts: known": 90, "packages/core/src/a.ts: grown": 90, "packages/core/src/a.ts: gone": 80}',
    },
    finds: ["tooLong has 71 lines, at most 70", "grown has 91 lines, at most 90", "gone has shrunk"],
  },
  "banned-calls": {
    files: {
      "packages/core/src/a.ts":
        'const t = Date.now();\nconst r = Math.random(); // Date.now()\nconst s = "setTimeout(";\nsetTimeout(f, 1);\nconst e = process.env["A"];\nqueueMicrotask(f);\nconst id = randomUUID();\n',
      "packages/common/src/time/clock.ts": "Date.now();",
      "packages/core/src/a.test.ts": "setTimeout(f, 1);",
    },
    finds: ["Date.now: use clock.now()", "Math.random", "randomUUID", "setTimeout", "queueMicrotask", "process.env: use a typed entry"],
  },
  "bare-errors": {
    files: { "packages/core/src/a.ts": 'throw new Error("no");\nthrow new TypeError("no");\nthrow coreErrors.create("X_Y", {});\n' },
    finds: ["throw new Error", "throw new TypeError"],
  },
  "error-registry": {
    files: {
      "packages/core/src/errors.ts": "const entries = {\n  TASK_FAILED: {\n  },\n  JOB_FAILED: {\n  },\n};\n",
      "packages/core/src/a.test.ts": 'expect(code).toBe("TASK_FAILED");',
    },
    finds: ["JOB_FAILED stands after TASK_FAILED", "JOB_FAILED is thrown in no test"],
  },
  "named-exports": {
    files: {
      "packages/core/src/index.ts": 'export * from "./a.ts";\nexport default 1;\nexport { b } from "./b.ts";\n',
      "vitest.config.ts": "export default {};",
    },
    finds: ["export *", "export default"],
  },
  "plain-syntax": {
    files: {
      "packages/core/src/a.ts":
        "enum Color { Red }\nexport const enum Size { Big }\nnamespace N {}\n@sealed\nclass A {\n  private x = 1;\n  constructor(readonly name: string) {}\n}\nclass B {\n  constructor(names: readonly string[]) {}\n}\n",
    },
    finds: ["enum", "enum", "namespace", "decorator", "parameter property", "private"],
  },
  "no-any": {
    files: {
      "packages/core/src/a.ts":
        "let a: any;\nconst b = c as any;\nlet d: Map<string, any>;\nlet e: Array<any>;\nPromise.any([]);\nconst any = 1;\n",
    },
    finds: [":1:", ":2:", ":3:", ":4:"],
  },
  "index-assertions": {
    files: {
      "packages/core/src/a.ts": "const a = b[0]!;\nconst c = map.get(1)!.x;\nif (a[0] !== 1) d();\nif (a(1) != 2) d();\n",
      "packages/core/src/kernel/a.ts": "const a = b[0]!;\n",
    },
    finds: [":1:", ":2:"],
  },
  "missing-docs": {
    files: {
      "packages/core/src/a.ts":
        "/** Doubles. */\nexport function twice(x: number): number;\nexport function twice(x: string): string;\nexport class Bare {}\nexport interface Merged {}\n/** Both. */\nexport class Merged {}\n// not a docstring\nexport const b = 1;\n",
      "packages/core/src/a.test.ts": "export const c = 1;",
    },
    finds: ["export Bare", "export b"],
  },
  leftovers: {
    files: { "packages/core/src/a.ts": `// ${"TO" + "DO"}: later\n// todo list\n`, "docs/a.md": "FIX" + "ME" },
    finds: ["TO" + "DO", "FIX" + "ME"],
  },
  "machine-paths": {
    files: {
      "tools/a.ts": `const folder = "/${"home"}/ann/data";\nconst own = "./${"home"}/x";\nconst site = "https://example.org/${"home"}/x";\n`,
      "package-lock.json": `"${"resolved"}": "https://registry.example.org/a.tgz"`,
    },
    finds: ["tools/a.ts:1:", "package-lock.json:1:"],
  },
  "broken-links": {
    files: {
      "docs/a.md": "[b](b.md) [c](../README.md#top) [d](https://example.org) [e](adr) [f](#here)\n",
      "README.md": "",
      "docs/adr/0001-x.md": "",
    },
    finds: ["b.md does not exist"],
  },
  "architecture-names": {
    files: {
      "docs/ARCHITECTURE.md":
        "`packages/core/src/a.ts` has `DAGScheduler`; `packages/core/src/b.ts` has `Ghost` and `sc.count()`; `Map` is V8's.\n",
      "packages/core/src/a.ts": "export class DAGScheduler {}\n",
    },
    finds: ["packages/core/src/b.ts does not exist", "no package declares Ghost"],
  },
};

const print = ({ path, line, message }: Finding): string => `${path}:${line}: ${message}`;

describe("each rule finds its failing example and nothing else", () => {
  for (const rule of rules) {
    test(rule.name, () => {
      const example = examples[rule.name];
      if (example === undefined) throw new Error(`rule ${rule.name} has no example`);
      const found = rule.check(repositoryOf(Object.entries(example.files))).map(print);
      expect(found).toEqual(example.finds.map((text) => expect.stringContaining(text)));
    });
  }
  test("and no example is without a rule", () => {
    expect(Object.keys(examples).sort()).toEqual(rules.map((rule) => rule.name).sort());
  });
});

describe("blank", () => {
  test.each([
    ["a // b", "a     "],
    ["a /* b\nc */ d", "a     \n     d"],
    ['x("a\\"b", 1)', 'x("    ", 1)'],
    ["`a${b + `c`}d`", "` ${b + ` `} `"],
    ["a / b / c", "a / b / c"],
    ["x = /[/'\"]/g.test(y)", "x = /     /g.test(y)"],
    ["return /a'b/;", "return /   /;"],
    ["`${ {a: '}'}.a } '`", "`${ {a: ' '}.a }  `"],
  ])("%s", (source, wanted) => {
    expect(blank(source)).toBe(wanted);
  });
});

test("functionsOf measures declarations, methods and arrows, and takes no block for a function", () => {
  const source = [
    "export function a(x: number): void {",
    "  if (x) {",
    "  }",
    "}",
    "class B {",
    "  get size(): number {",
    "    return 1;",
    "  }",
    "  static async #load<T>(x: T): Promise<T> {",
    "    for (;;) {",
    "    }",
    "  }",
    "}",
    "const c = (x: { y: number }): number => {",
    "  return x.y;",
    "};",
  ].join("\n");
  expect(functionsOf(source).map(({ name, line, lines }) => `${name} ${line} ${lines}`)).toEqual([
    "a 1 4",
    "size 6 3",
    "#load 9 4",
    "c 14 3",
  ]);
});
