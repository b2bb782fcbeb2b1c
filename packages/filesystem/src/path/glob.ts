/**
 * Hadoop's path patterns: `*` any characters but `/`, `?` one, `[abc]` `[a-c]` `[^a]` one of a set, `{a,b}` alternatives which may nest and
 * may hold slashes, `\` takes the next character as it is.
 */

/** True when the text has a character with a meaning in patterns that is not escaped. */
export function hasGlob(text: string): boolean {
  return /(?:^|[^\\])[*?[{]/.test(text);
}

/** The text with escapes taken away. */
export function unescapeGlob(text: string): string {
  return text.replaceAll(/\\(.)/gs, "$1");
}

/** A list of paths cut at its commas; commas within braces or after a backslash do not cut. Empty parts are dropped. */
export function splitPathList(list: string): string[] {
  return splitOutsideBraces(list).filter((path) => path !== "");
}

/** All patterns without braces that a pattern stands for, in order. An opening brace without its end stays as it is. */
export function expandBraces(pattern: string): string[] {
  const group = firstBraces(pattern);
  if (group === undefined) return [pattern];
  const [open, close] = group;
  const before = pattern.slice(0, open);
  const after = pattern.slice(close + 1);
  return splitOutsideBraces(pattern.slice(open + 1, close)).flatMap((choice) => expandBraces(before + choice + after));
}

/** Matches one name of a path against a pattern without braces and slashes. */
export function globToRegExp(pattern: string): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    const setEnd = character === "[" ? pattern.indexOf("]", at + 2) : -1;
    if (setEnd > 0) {
      source += setSource(pattern.slice(at + 1, setEnd));
      at = setEnd;
    } else if (character === "\\" && at + 1 < pattern.length) source += escapeCharacter(pattern.charAt(++at));
    else if (character === "*") source += "[^/]*";
    else source += character === "?" ? "[^/]" : escapeCharacter(character);
  }
  return new RegExp(`^${source}$`, "su");
}

function escapeCharacter(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
}

function setSource(body: string): string {
  const negated = body.startsWith("^") || body.startsWith("!");
  const members = (negated ? body.slice(1) : body).replaceAll(
    /\\(.)|([\]\\^[])/gs,
    (_, escaped?: string, special?: string) => `\\${escaped ?? special}`,
  );
  return `[${negated ? "^" : ""}${members.replaceAll(/\\([a-z0-9])/gi, "$1")}]`;
}

function splitOutsideBraces(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\") at++;
    else if (character === "{") depth++;
    else if (character === "}") depth--;
    else if (character === "," && depth <= 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function firstBraces(pattern: string): readonly [number, number] | undefined {
  let depth = 0;
  let open = -1;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "\\") at++;
    else if (character === "{" && depth++ === 0) open = at;
    else if (character === "}" && depth > 0 && --depth === 0) return [open, at];
  }
  return undefined;
}
