/** Statements of a text, cut at semicolons outside of quotes and comments, and what stands behind the last one. */
export function splitStatements(text: string): { readonly statements: readonly string[]; readonly rest: string } {
  const statements: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    const skipped = skip(text, at);
    if (skipped > at) {
      at = skipped - 1;
    } else if (text[at] === ";") {
      const statement = text.slice(start, at).trim();
      if (statement !== "") statements.push(statement);
      start = at + 1;
    }
  }
  return { statements, rest: text.slice(start) };
}

/** The end of the quoted text or comment that begins here; the place itself when none does. */
function skip(text: string, at: number): number {
  const quote = text[at];
  if (quote === "'" || quote === '"' || quote === "`") return endOfQuote(text, at + 1, quote);
  if (text.startsWith("--", at)) {
    const end = text.indexOf("\n", at);
    return end < 0 ? text.length : end;
  }
  return text.startsWith("/*", at) ? endOfComment(text, at) : at;
}

function endOfQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === "\\" && quote !== "`") at++;
    else if (text[at] === quote) return at + 1;
  }
  return text.length;
}

function endOfComment(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("/*", at)) depth++;
    else if (text.startsWith("*/", at) && --depth === 0) return at + 2;
  }
  return text.length;
}
