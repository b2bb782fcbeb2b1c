import { isShipped, select } from "../file-kind.ts";
import { lineAt, type Rule } from "../repository.ts";

const page = "docs/ARCHITECTURE.md";
/** Names in code spans that are not ours. */
const foreign = new Set([
  "SharedArrayBuffer",
  "WebAssembly",
  "Atomics",
  "Map",
  "Set",
  "Promise",
  "Iterator",
  "AbortSignal",
  "Worker",
  "MessageChannel",
  "MessagePort",
  "AsyncDisposable",
  "Float64Array",
  "Int32Array",
  "Uint8Array",
  "ArrayBuffer",
  "JSON",
  "DataFrame",
  "SparkSession",
]);

/** Files and types that docs/ARCHITECTURE.md names in code spans exist: a path from the root, or a type declared in some package. */
export const architectureNames: Rule = {
  name: "architecture-names",
  check(repository) {
    const file = repository.files.get(page);
    if (file === undefined) return [];
    const declared = new Set<string>();
    for (const source of select(repository, isShipped)) {
      for (const match of source.code.matchAll(/\b(?:class|interface|type|const|function\*?)\s+([A-Z][\w$]*)/g))
        declared.add(match[1] ?? "");
    }
    return Array.from(file.text.matchAll(/`([^`\n]+)`/g)).flatMap((match) => {
      const span = match[1] ?? "";
      const at = { path: page, line: lineAt(file.text, match.index) };
      if (/^(packages|tools|docs|e2e)\/[\w./-]+\.\w+$/.test(span))
        return repository.files.has(span) ? [] : [{ ...at, message: `${span} does not exist` }];
      const type = /^([A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*)(?:\.\w+)?(?:\(.*\))?$/.exec(span)?.[1];
      return type === undefined || foreign.has(type) || declared.has(type) ? [] : [{ ...at, message: `no package declares ${type}` }];
    });
  },
};
