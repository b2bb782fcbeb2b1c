import type { SourceAnalysis } from "./source-analysis.ts";
import { IMPORT_META } from "./wire-format.ts";

/** A function's text made independent of the place where it stood. */
export interface PortableSource {
  readonly text: string;
  /** What the identifiers put into the text begin with. */
  readonly hidden: string;
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Rewrites what cannot be carried along as a variable: `import.meta`, a class's `extends` expression, computed member names,
 * and static fields and blocks, whose results travel as values. Lines never move, and columns only behind a longer name.
 */
export function portableSource(text: string, analysis: SourceAnalysis, methodName: string | undefined): PortableSource {
  const hidden = hiddenPrefix(text);
  const edits: Edit[] = analysis.importMetas.map((start) => ({ start, end: start + "import.meta".length, text: IMPORT_META }));
  const { classShape, computedKey } = analysis;
  if (computedKey !== undefined) edits.push({ ...computedKey, text: JSON.stringify(methodName ?? "") });
  if (classShape !== undefined) {
    if (classShape.heritage !== undefined) edits.push(keepingLines(text, classShape.heritage, `${hidden}Base`));
    for (const span of classShape.staticState) edits.push(keepingLines(text, span, ""));
    for (const [index, name] of classShape.computedNames.entries()) {
      edits.push(keepingLines(text, { start: name.keyStart, end: name.keyEnd }, `${hidden}Keys[${index}]`));
    }
  }
  if (edits.length === 0) return { text, hidden };
  edits.sort((a, b) => a.start - b.start);
  let result = "";
  let at = 0;
  for (const edit of edits) {
    if (edit.start < at) continue; // inside a part that is already gone
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return { text: result + text.slice(at), hidden };
}

function hiddenPrefix(text: string): string {
  let prefix = "$v";
  while (text.includes(prefix)) prefix += "$";
  return prefix;
}

function keepingLines(text: string, span: { readonly start: number; readonly end: number }, replacement: string): Edit {
  const blank = text.slice(span.start, span.end).replaceAll(/[^\n\r\u2028\u2029]/g, " ");
  return { ...span, text: replacement + blank.slice(Math.min(replacement.length, blank.search(/[\n\r\u2028\u2029]|$/))) };
}
