import { binaryCollation, type DataType } from "@vonk/columnar/internal";
import { collationOf } from "./collation.ts";

/** Where a part stands in a text, in UTF-16 units: from `start` up to `end`, exclusive. */
export interface Occurrence {
  readonly start: number;
  readonly end: number;
}

/** How functions look for texts in others: as they are, or letter by letter under a collation. */
export interface TextSearch {
  /** What is equal for letters that are. */
  readonly fold: (text: string) => string;
  /** The first occurrence at or behind a place. An empty part is at that place. */
  readonly find: (text: string, part: string, from: number) => Occurrence | undefined;
}

const plain: TextSearch = {
  fold: (text) => text,
  find: (text, part, from) => {
    const start = text.indexOf(part, from);
    return start < 0 ? undefined : { start, end: start + part.length };
  },
};

/** The search in texts of a type. */
export function textSearch(type: DataType | undefined): TextSearch {
  if (type?.kind !== "string" || type.collation === binaryCollation) return plain;
  const { key } = collationOf(type.collation);
  return { fold: key, find: (text, part, from) => findFolded(text, key(part), from, key) };
}

/** Letters may become more or fewer by folding, so each folded unit knows the letter it came from. Parts begin and end between letters. */
function findFolded(text: string, part: string, from: number, key: (text: string) => string): Occurrence | undefined {
  let folded = "";
  const origins: number[] = [];
  for (let at = from; at < text.length;) {
    const letter = String.fromCodePoint(text.codePointAt(at) ?? 0);
    // A blank alone would be trimmed away.
    const one = letter === " " ? " " : key(letter);
    folded += one;
    for (let unit = 0; unit < one.length; unit++) origins.push(unit === 0 ? at : -1);
    at += letter.length;
  }
  origins.push(text.length);
  for (let found = folded.indexOf(part); found >= 0; found = folded.indexOf(part, found + 1)) {
    const [start = -1, end = -1] = [origins[found], origins[found + part.length]];
    if (start >= 0 && end >= 0) return { start, end };
  }
  return undefined;
}

/** The pieces of a text between the occurrences of a delimiter, and what stood between them. */
export function splitText(text: string, delimiter: string, search: TextSearch): { readonly pieces: string[]; readonly between: string[] } {
  const pieces: string[] = [];
  const between: string[] = [];
  let at = 0;
  for (let found = search.find(text, delimiter, at); found !== undefined; found = search.find(text, delimiter, at)) {
    // Nothing is found again and again.
    if (found.end === found.start) break;
    pieces.push(text.slice(at, found.start));
    between.push(text.slice(found.start, found.end));
    at = found.end;
  }
  pieces.push(text.slice(at));
  return { pieces, between };
}
