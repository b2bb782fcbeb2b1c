import type { DataType, StructField } from "@vonk/columnar/internal";
import { readColumns, readType, type TypeSource } from "./type-grammar.ts";

/** How a text is refused; `problem` is a clause. */
export type RefuseText = (problem: string) => Error;

/** The type that a whole text is. @throws what `refuse` gives */
export function typeOfText(text: string, refuse: RefuseText): DataType {
  return new TypeText(text, refuse).whole(readType);
}

/** The columns that a whole text lists. @throws what `refuse` gives */
export function columnsOfText(text: string, refuse: RefuseText): StructField[] {
  return new TypeText(text, refuse).whole(readColumns);
}

/** The words of a text that holds types and nothing else. */
class TypeText implements TypeSource {
  readonly timestampNTZ = false;
  readonly #words: readonly string[];
  readonly #refuse: RefuseText;
  #at = 0;

  constructor(text: string, refuse: RefuseText) {
    this.#refuse = refuse;
    this.#words = text.match(/`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[\p{L}\p{N}_]+|[^\s]/gu) ?? [];
  }

  get word(): string {
    const next = this.#next;
    return /^[\p{L}\p{N}_]/u.test(next) ? next.toUpperCase() : "";
  }

  whole<Result>(read: (source: TypeSource) => Result): Result {
    const result = read(this);
    if (this.#at < this.#words.length) throw this.refuse("the end");
    return result;
  }

  take(wordOrSign: string): boolean {
    if (this.#next.toUpperCase() !== wordOrSign) return false;
    this.#at++;
    return true;
  }

  name(): string {
    const next = this.#next;
    if (this.word === "" && !next.startsWith("`")) throw this.refuse("a name");
    this.#at++;
    return next.startsWith("`") ? next.slice(1, -1).replaceAll("``", "`") : next;
  }

  number(): number {
    const value = Number(this.word);
    if (this.word === "" || !Number.isInteger(value)) throw this.refuse("a number");
    this.#at++;
    return value;
  }

  string(): string {
    const next = this.#next;
    if (!/^['"]./.test(next)) throw this.refuse("a text in quotes");
    this.#at++;
    return next.slice(1, -1).replaceAll(/\\(.)/gs, "$1");
  }

  refuse(expected: string): Error {
    return this.#refuse(`${expected} was expected, not ${this.#next === "" ? "the end" : `'${this.#next}'`}`);
  }

  get #next(): string {
    return this.#words[this.#at] ?? "";
  }
}
