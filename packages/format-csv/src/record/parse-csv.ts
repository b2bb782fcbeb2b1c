import type { CSVOptions } from "./csv-options.ts";

/** The parts of options that say where fields and records end. */
export type CSVSyntax = Pick<CSVOptions, "separator" | "quote" | "escape" | "comment" | "ignoreLeading" | "ignoreTrailing">;

/**
 * The records of text, each the texts of its fields. Within quotes a field keeps separators, blanks and line ends, and the escape character makes a
 * quote one of its characters. As with Spark, a field with a quote in its middle that is not escaped is as it stands, quotes and all, up to the next
 * separator. Lines without characters, and comments, are no records.
 */
export function* parseCSV(text: string, syntax: CSVSyntax): Generator<string[], undefined> {
  let at = 0;
  while (at < text.length) {
    const lineEnd = lineEndAt(text, at);
    if (lineEnd > 0) at += lineEnd;
    else if (syntax.comment !== "" && text.startsWith(syntax.comment, at)) at = endOfLine(text, at);
    else {
      const fields: string[] = [];
      at = readRecord(text, at, syntax, fields);
      yield fields;
    }
  }
  return undefined;
}

/** Reads the fields of a record; gives where the next one may begin. */
function readRecord(text: string, start: number, syntax: CSVSyntax, fields: string[]): number {
  for (let at = start; ;) {
    const { value, end } = readField(text, at, syntax);
    fields.push(value);
    if (!text.startsWith(syntax.separator, end) || end >= text.length) return end + lineEndAt(text, end);
    at = end + syntax.separator.length;
  }
}

interface Field {
  readonly value: string;
  readonly end: number;
}

function readField(text: string, start: number, syntax: CSVSyntax): Field {
  const { quote, separator, ignoreLeading, ignoreTrailing } = syntax;
  let from = start;
  if (ignoreLeading === true) while (isBlank(text, from) && !text.startsWith(separator, from)) from++;
  const quoted = quote !== "" && text.startsWith(quote, from) ? readQuoted(text, from + 1, syntax) : undefined;
  if (quoted !== undefined) return quoted;
  let end = from;
  while (end < text.length && !text.startsWith(separator, end) && lineEndAt(text, end) === 0) end++;
  const value = text.slice(from, end);
  return { value: ignoreTrailing === true ? value.trimEnd() : value, end };
}

/** Undefined when a quote stands in the middle. */
function readQuoted(text: string, start: number, { quote, escape, separator }: CSVSyntax): Field | undefined {
  let value = "";
  let at = start;
  for (; at < text.length; at++) {
    const character = text[at] ?? "";
    const next = text[at + 1];
    if (character === escape && next === quote) {
      value += quote;
      at++;
    } else if (character === escape && next === escape && escape !== quote) {
      value += escape;
      at++;
    } else if (character === quote) {
      let end = at + 1;
      while (isBlank(text, end) && !text.startsWith(separator, end)) end++;
      return end >= text.length || text.startsWith(separator, end) || lineEndAt(text, end) > 0 ? { value, end } : undefined;
    } else value += character;
  }
  return { value, end: at };
}

function isBlank(text: string, at: number): boolean {
  return text[at] === " " || text[at] === "\t";
}

/** Characters of the line end at a place; 0 when there is none. */
function lineEndAt(text: string, at: number): number {
  if (text[at] === "\n") return 1;
  if (text[at] !== "\r") return 0;
  return text[at + 1] === "\n" ? 2 : 1;
}

function endOfLine(text: string, start: number): number {
  let at = start;
  while (at < text.length && lineEndAt(text, at) === 0) at++;
  return at;
}
