import { expressionErrors } from "../../errors.ts";

const classes: Readonly<Record<string, string>> = {
  Lower: "a-z",
  Upper: "A-Z",
  ASCII: "\\x00-\\x7F",
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Punct: "!-\\/:-@\\[-`{-~",
  Graph: "!-~",
  Print: " -~",
  Blank: " \\t",
  Cntrl: "\\x00-\\x1F\\x7F",
  XDigit: "0-9a-fA-F",
  Space: "\\s",
};

const patternsMax = 512;
const patterns = new Map<string, RegExp>();

function refuse(pattern: string, functionName: string): never {
  throw expressionErrors.create("INVALID_PARAMETER_VALUE.PATTERN", {
    parameter: "`regexp`",
    functionName: `\`${functionName}\``,
    value: `'${pattern}'`,
  });
}

/**
 * A Java regular expression as one of JavaScript's, with the global flag; kept. What JavaScript has no form for (possessive quantifiers,
 * atomic groups, class intersections, `\G`) is refused, never read as something else.
 * @throws INVALID_PARAMETER_VALUE.PATTERN
 */
export function javaPattern(pattern: string, functionName: string): RegExp {
  const found = patterns.get(pattern);
  if (found !== undefined) {
    found.lastIndex = 0;
    return found;
  }
  const translated = translate(pattern, functionName);
  let made: RegExp;
  try {
    made = new RegExp(translated.source, `gu${translated.flags}`);
  } catch {
    return refuse(pattern, functionName);
  }
  if (patterns.size >= patternsMax) patterns.clear();
  patterns.set(pattern, made);
  return made;
}

/** Escapes that mean the same in both, and characters that the u flag lets be escaped. */
const shared = /^[bBdDsSwWtnrfv0-9^$\\.*+?()[\]{}|/]$/;

function translate(pattern: string, functionName: string): { readonly source: string; readonly flags: string } {
  let flags = "";
  let source = "";
  let depth = 0;
  for (let at = 0; at < pattern.length;) {
    const rest = pattern.slice(at);
    const character = rest[0] ?? "";
    const leading = at === 0 ? /^\(\?([imsuUx]+)\)/.exec(rest) : null;
    if (leading !== null) {
      flags = [...new Set(leading[1])].filter((flag) => "ims".includes(flag)).join("");
      if (leading[1]?.includes("x") === true) refuse(pattern, functionName);
      at += leading[0].length;
    } else if (character === "\\") {
      const escape = translateEscape(rest, depth > 0, pattern, functionName);
      source += escape.source;
      at += escape.length;
    } else if (depth > 0) {
      if (rest.startsWith("&&")) refuse(pattern, functionName);
      if (character === "[") refuse(pattern, functionName);
      if (character === "]") depth--;
      source += /[(){}/|]/.test(character) ? `\\${character}` : character;
      at++;
    } else if (character === "[") {
      depth++;
      const open = /^\[\^?\]?/.exec(rest)?.[0] ?? "[";
      source += open.endsWith("]") ? `${open.slice(0, -1)}\\]` : open;
      at += open.length;
    } else {
      if (/^(?:[*+?]|\{\d+(?:,\d*)?\})\+/.test(rest) || rest.startsWith("(?>")) refuse(pattern, functionName);
      const quantifier = /^\{(?!\d+(?:,\d*)?\})/.test(rest) || character === "}" || character === "]";
      const counted = /^\{\d+(?:,\d*)?\}/.exec(rest)?.[0];
      source += counted ?? (quantifier ? `\\${character}` : character);
      at += counted?.length ?? 1;
    }
  }
  return { source, flags };
}

function translateEscape(
  rest: string,
  inClass: boolean,
  pattern: string,
  functionName: string,
): { readonly source: string; readonly length: number } {
  const next = rest[1] ?? refuse(pattern, functionName);
  const named = /^\\([pP])(?:\{(?:Is|java)?(\w+)\}|([LMNPSZC]))/.exec(rest);
  if (named !== null) {
    const name = named[2] ?? named[3] ?? "";
    const members = classes[name];
    if (members === undefined) return { source: `\\${named[1]}{${name}}`, length: named[0].length };
    if (inClass && named[1] === "P") refuse(pattern, functionName);
    return { source: inClass ? members : `[${named[1] === "P" ? "^" : ""}${members}]`, length: named[0].length };
  }
  if (next === "Q") {
    const end = rest.indexOf("\\E");
    const quoted = end < 0 ? rest.slice(2) : rest.slice(2, end);
    return { source: RegExp.escape(quoted), length: end < 0 ? rest.length : end + 2 };
  }
  const hexadecimal = /^\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|x\{([0-9a-fA-F]+)\})/.exec(rest);
  if (hexadecimal !== null) return { source: `\\u{${hexadecimal[1] ?? hexadecimal[2] ?? hexadecimal[3]}}`, length: hexadecimal[0].length };
  if (next === "A" && !inClass) return { source: "(?<![\\s\\S])", length: 2 };
  if (next === "z" && !inClass) return { source: "(?![\\s\\S])", length: 2 };
  if (next === "Z" && !inClass) return { source: "(?=\\n?(?![\\s\\S]))", length: 2 };
  if (next === "h") return { source: inClass ? " \\t\\xA0" : "[ \\t\\xA0]", length: 2 };
  if (next === "R" && !inClass) return { source: "(?:\\r\\n|[\\n\\r\\u2028\\u2029\\u000B\\u000C\\u0085])", length: 2 };
  if (next === "k") return { source: "\\k", length: 2 };
  if (/[a-zA-Z]/.test(next) && !shared.test(next)) refuse(pattern, functionName);
  return { source: shared.test(next) || (inClass && next === "-") ? `\\${next}` : RegExp.escape(next), length: 2 };
}

/** A replacement in Java's form (`$1`, `\$`) as JavaScript's. */
export function javaReplacement(replacement: string): string {
  return replacement.replaceAll(
    /\\(.)|\$(\d)|\$\{(\w+)\}/gs,
    (_whole, plain: string | undefined, group: string | undefined, name: string | undefined) => {
      if (plain !== undefined) return plain === "$" ? "$$" : plain;
      return group !== undefined ? (group === "0" ? "$&" : `$${group}`) : `$<${name}>`;
    },
  );
}
