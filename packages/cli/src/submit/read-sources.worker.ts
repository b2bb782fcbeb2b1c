// Prints, as a line of JSON, which files and packages an application consists of, and the first of its files that does not compile.
// Modules are compiled and never run.
import { existsSync, readFileSync } from "node:fs";
import { createRequire, isBuiltin, stripTypeScriptTypes } from "node:module";
import { dirname, extname, resolve } from "node:path";
import { Script, SourceTextModule } from "node:vm";

/** Those of an `import`; the types of Node do not know that its resolver takes them. */
const importConditions: { paths?: string[]; conditions: ReadonlySet<string> } = {
  conditions: new Set(["node", "import", "module-sync", "node-addons"]),
};
const [, , main = ""] = process.argv;
const files = new Set([main]);
const packages = new Set<string>();
let problem: { file: string; message: string } | undefined;

for (const file of files) {
  try {
    for (const specifier of importsOf(file)) follow(file, specifier);
    for (const found of laterImportsOf(file)) files.add(found);
  } catch (error) {
    problem = { file, message: describe(error) };
    break;
  }
}
process.stdout.write(`${JSON.stringify({ files: [...files], packages: [...packages], problem })}\n`);

function importsOf(file: string): string[] {
  const kind = extname(file);
  if (![".ts", ".mts", ".cts", ".js", ".mjs", ".cjs"].includes(kind)) return [];
  const source = readFileSync(file, "utf8").replace(/^#!.*/, "");
  const text = kind.endsWith("ts") ? stripTypeScriptTypes(source) : source;
  if (kind === ".cjs" || kind === ".cts") return scriptImports(text, file);
  try {
    return new SourceTextModule(text, { identifier: file }).dependencySpecifiers.slice();
  } catch (error) {
    // A file without `type: module` may be CommonJS; what is neither is described as a module.
    if (kind === ".mjs" || kind === ".mts" || !/\brequire\(|\bmodule\.exports\b/.test(text)) throw error;
    return scriptImports(text, file);
  }
}

/** Files that it imports as it runs, as far as they stand in its text. What only looks like that, as in a comment, leads to no file. */
function laterImportsOf(file: string): string[] {
  if (!/\.[mc]?[jt]s$/.test(file)) return [];
  const imports = readFileSync(file, "utf8").matchAll(/\bimport\s*\(\s*(["'])(\.{1,2}\/[^"'\n]+)\1/g);
  return [...imports].map((match) => resolve(dirname(file), match[2] ?? "")).filter((path) => existsSync(path) && extname(path) !== "");
}

function scriptImports(text: string, file: string): string[] {
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, { filename: file });
  void script;
  return [...text.matchAll(/\brequire\(\s*["']([^"']+)["']\s*\)/g)].map((match) => match[1] ?? "");
}

function follow(file: string, specifier: string): void {
  if (/^\.{1,2}\//.test(specifier)) {
    const path = resolve(dirname(file), specifier);
    const found = existsSync(path) && extname(path) !== "" ? path : createRequire(file).resolve(specifier);
    files.add(found);
    return;
  }
  if (specifier.startsWith("#")) {
    const found = createRequire(file).resolve(specifier, importConditions);
    if (!isBuiltin(found) && !/[\\/]node_modules[\\/]/.test(found)) files.add(found);
    return;
  }
  if (isBuiltin(specifier) || /^[\w+-]+:|^\//.test(specifier)) return;
  packages.add(specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/"));
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Errors in the syntax of TypeScript come with their line, those that V8 finds do not.
  const line = /^:(\d+)\n/.exec(error.stack ?? "")?.[1];
  return `${line === undefined ? "" : `line ${line}: `}${error.name}: ${error.message}`;
}
