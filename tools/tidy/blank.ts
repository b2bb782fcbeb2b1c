/**
 * The source with comments and the contents of strings, templates and regular expressions replaced by spaces; quotes, line
 * breaks and every offset stay. Code inside `${}` stays code. A light tokenizer: enough for rules that look for words.
 */
export function blank(source: string): string {
  const out = source.split("");
  const templates: number[] = []; // brace depth at which each open template goes on
  let depth = 0;
  let at = 0;
  const erase = (from: number, to: number): void => {
    for (let i = from; i < to; i++) if (out[i] !== "\n") out[i] = " ";
  };
  while (at < source.length) {
    const c = source[at];
    const end = skipped(source, at, c);
    if (end !== undefined) {
      const comment = c === "/" && (source[at + 1] === "/" || source[at + 1] === "*");
      if (comment) erase(at, end);
      else erase(at + 1, end - 1);
      at = end;
    } else if (c === "`" || (c === "}" && templates.at(-1) === depth)) {
      if (c === "}") templates.pop();
      const stop = templateEnd(source, at + 1);
      erase(at + 1, stop);
      if (source[stop] === "$") templates.push(depth);
      at = stop + (source[stop] === "$" ? 2 : 1);
    } else {
      if (c === "{") depth++;
      if (c === "}") depth--;
      at++;
    }
  }
  return out.join("");
}

/** End of the comment, string or regular expression that starts at `at`; undefined when there is none. */
function skipped(source: string, at: number, c: string | undefined): number | undefined {
  if (c === '"' || c === "'") return quoteEnd(source, at + 1, c);
  if (c !== "/") return undefined;
  const next = source[at + 1];
  if (next === "/") return indexOr(source.indexOf("\n", at), source.length);
  if (next === "*") return indexOr(source.indexOf("*/", at + 2) + 2, source.length, 1);
  return regexAllowed(source, at) ? regexEnd(source, at + 1) : undefined;
}

function indexOr(index: number, otherwise: number, none = -1): number {
  return index === none ? otherwise : index;
}

function quoteEnd(source: string, from: number, quote: string): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === quote || source[i] === "\n") return i + 1;
  }
  return source.length;
}

function templateEnd(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    if (source[i] === "\\") i++;
    else if (source[i] === "`" || (source[i] === "$" && source[i + 1] === "{")) return i;
  }
  return source.length;
}

/** A slash starts a regular expression unless a value stands before it. */
function regexAllowed(source: string, at: number): boolean {
  let i = at - 1;
  while (i >= 0 && /\s/.test(source[i] ?? "")) i--;
  const before = source[i] ?? "";
  if (/[)\]}"'`]/.test(before)) return false;
  if (!/[\w$]/.test(before)) return true;
  const word = /[\w$]+$/.exec(source.slice(Math.max(0, i - 20), i + 1))?.[0] ?? "";
  return /^(return|typeof|case|in|of|do|else|void|yield|await)$/.test(word);
}

function regexEnd(source: string, from: number): number | undefined {
  let inClass = false;
  for (let i = from; i < source.length; i++) {
    const c = source[i];
    if (c === "\\") i++;
    else if (c === "\n") return undefined;
    else if (c === "[") inClass = true;
    else if (c === "]") inClass = false;
    else if (c === "/" && !inClass) return i + 1;
  }
  return undefined;
}
