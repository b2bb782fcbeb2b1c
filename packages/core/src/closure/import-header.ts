/** One name that a module imports. `imported` is `*` for the whole namespace. */
export interface ImportedName {
  readonly specifier: string;
  readonly imported: string;
}

const SPACE = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/|;|^#![^\n]*)*/y;
const DIRECTIVE = /(["'])use [a-z]+\1/y;
const EFFECT = /import\s*(["'])[^"'\n]+\1(?:\s*with\s*\{[^}]*\})?/y;
const EXPORT_FROM = /export\s+(?:type\s+)?(?:\*(?:\s*as\s+[\w$]+)?|\{[^}]*\})\s*from\s*(["'])[^"'\n]*\1(?:\s*with\s*\{[^}]*\})?/y;
const IMPORT = /import\b([^;()]*?)\bfrom\s*(["'])([^"'\n]*)\2(?:\s*with\s*\{[^}]*\})?/y;

/**
 * The imports at the head of a module's source (JavaScript or TypeScript), by local name, in a few microseconds.
 *
 * Only the run of imports before the first other statement is read: there no comment, string or regular expression can
 * be mistaken for an import. Later imports are simply not known, and their values travel by value.
 */
export function parseImportHeader(source: string): ReadonlyMap<string, ImportedName> {
  const names = new Map<string, ImportedName>();
  let at = 0;
  const accept = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) at = pattern.lastIndex;
    return match;
  };
  for (;;) {
    accept(SPACE);
    if (accept(DIRECTIVE) || accept(EFFECT) || accept(EXPORT_FROM)) continue;
    const statement = accept(IMPORT);
    if (statement === null) return names;
    addClause(statement[1] ?? "", statement[3] ?? "", names);
  }
}

/** True when the source starts with a "use strict" directive. */
export function startsStrict(source: string): boolean {
  SPACE.lastIndex = 0;
  SPACE.exec(source);
  return /^(["'])use strict\1/.test(source.slice(SPACE.lastIndex, SPACE.lastIndex + 12));
}

function addClause(clause: string, specifier: string, names: Map<string, ImportedName>): void {
  const text = clause.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " ").trim();
  if (/^type\s+(?!from\b|,)/.test(text) && !/^type\s*,/.test(text)) return;
  const braces = /\{([\s\S]*)\}/.exec(text);
  const outside = braces === null ? text : text.replace(braces[0], "");
  for (const part of outside.split(",")) {
    const namespace = /^\s*\*\s*as\s+([\w$]+)\s*$/.exec(part)?.[1];
    const single = /^\s*([\w$]+)\s*$/.exec(part)?.[1];
    if (namespace !== undefined) names.set(namespace, { specifier, imported: "*" });
    else if (single !== undefined) names.set(single, { specifier, imported: "default" });
  }
  for (const part of (braces?.[1] ?? "").split(",")) {
    const match = /^\s*(?!type\s+[\w$"'])(?:([\w$]+)|(["'])(.*?)\2)(?:\s+as\s+([\w$]+))?\s*$/.exec(part);
    const imported = match?.[1] ?? match?.[3];
    if (imported !== undefined) names.set(match?.[4] ?? imported, { specifier, imported });
  }
}
