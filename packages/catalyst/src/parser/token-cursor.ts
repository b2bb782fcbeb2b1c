import type { IToken, TokenType } from "chevrotain";
import type { Expression, LogicalPlan, Origin } from "@vonk/dataframe/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { analysisError, syntaxError } from "../error/analysis-error.ts";
import { QuotedName, Sign, Text, textValue, tokenize, Word } from "./lexer.ts";

/** Rules that refer to one another across files. */
export interface ParserRules {
  readonly query: (cursor: TokenCursor) => LogicalPlan;
  readonly expression: (cursor: TokenCursor) => Expression;
  /** An expression without NOT, comparisons, AND and OR. */
  readonly operand: (cursor: TokenCursor) => Expression;
  /** True where TIMESTAMP has no time zone. */
  readonly timestampNTZ: boolean;
  /** The name that the expression of `IDENTIFIER(…)` is. */
  readonly identifier: (expression: Expression) => readonly string[];
  /** What a parameter marker stands for; undefined leaves it a marker. */
  readonly parameter: (marker: { readonly name?: string; readonly position?: number }) => Expression | undefined;
}

/** A place in a statement's tokens, and the questions that the grammar asks there. */
export class TokenCursor {
  readonly text: string;
  readonly rules: ParserRules;
  readonly #tokens: readonly IToken[];
  #at = 0;
  #behindOpens: Int32Array | undefined;
  /** How many `?` were met. */
  parameters = 0;
  /** In the query of a script's FOR, behind which DO stands: there it is no alias. */
  beforeDo = false;

  constructor(text: string, rules: ParserRules) {
    this.text = text;
    this.rules = rules;
    this.#tokens = tokenize(text);
  }

  /** The token some places ahead. */
  peek(ahead = 0): IToken | undefined {
    return this.#tokens[this.#at + ahead];
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  /** A mark to come back to. */
  get position(): number {
    return this.#at;
  }

  rewind(position: number): void {
    this.#at = position;
  }

  next(): IToken {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.unexpected();
    this.#at++;
    return token;
  }

  isKind(kind: TokenType, ahead = 0): boolean {
    return this.peek(ahead)?.tokenType === kind;
  }

  /** True when these keywords stand here, in this order. */
  at(...words: readonly string[]): boolean {
    return words.every((word, index) => this.isWord(word, index));
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token?.tokenType === Word && token.image.length === word.length && token.image.toUpperCase() === word;
  }

  isSign(sign: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token !== undefined && token.tokenType === Sign && token.image === sign;
  }

  /** How many tokens ahead the first one stands that is no opening parenthesis, at or behind some place. Asked at each of thousands of them. */
  behindOpens(ahead: number): number {
    this.#behindOpens ??= this.#countOpens();
    return (this.#behindOpens[this.#at + ahead] ?? this.#at + ahead) - this.#at;
  }

  /** For each token where the run of opening parentheses that it is part of ends. */
  #countOpens(): Int32Array {
    const ends = new Int32Array(this.#tokens.length);
    for (let index = ends.length - 1; index >= 0; index--) {
      const token = this.#tokens[index];
      const opens = token?.tokenType === Sign && token.image === "(";
      ends[index] = opens ? (ends[index + 1] ?? index + 1) : index;
    }
    return ends;
  }

  /** True when a word stands anywhere in the statement. */
  hasWord(word: string): boolean {
    return this.#tokens.some((token) => token.tokenType === Word && token.image.toUpperCase() === word);
  }

  /** Takes the keywords when they all stand here. */
  take(...words: readonly string[]): boolean {
    if (!this.at(...words)) return false;
    this.#at += words.length;
    return true;
  }

  takeSign(sign: string): boolean {
    if (!this.isSign(sign)) return false;
    this.#at++;
    return true;
  }

  /** @throws AnalysisError PARSE_SYNTAX_ERROR when the keywords do not stand here */
  expect(...words: readonly string[]): void {
    if (!this.take(...words)) throw this.unexpected(`: expected ${words.join(" ")}`);
  }

  /** @throws AnalysisError PARSE_SYNTAX_ERROR when the sign does not stand here */
  expectSign(sign: string): void {
    if (!this.takeSign(sign)) throw this.unexpected(`: expected '${sign}'`);
  }

  /** The next word in upper case; empty when there is none. */
  get word(): string {
    const token = this.peek();
    return token?.tokenType === Word ? token.image.toUpperCase() : "";
  }

  /** A name: a word, or anything in backquotes. @throws AnalysisError PARSE_SYNTAX_ERROR */
  name(): string {
    if (this.atIdentifierClause) {
      const [only = "", ...others] = this.identifierClause();
      if (others.length === 0) return only;
      throw analysisError("IDENTIFIER_TOO_MANY_NAME_PARTS", { identifier: [only, ...others].map(quoteIdentifier).join("."), limit: 1 });
    }
    const token = this.peek();
    if (token?.tokenType === QuotedName) return this.next().image.slice(1, -1).replaceAll("``", "`");
    if (token?.tokenType === Word || token?.tokenType.name === "DigitWord") return this.next().image;
    throw this.unexpected(": expected a name");
  }

  /** A name with qualifiers: `a.b.c`. */
  nameParts(): string[] {
    const parts = this.atIdentifierClause ? this.identifierClause() : [this.name()];
    while (this.takeSign(".")) parts.push(this.name());
    return parts;
  }

  /** True at `IDENTIFIER(`, which is a name that an expression gives. */
  get atIdentifierClause(): boolean {
    return this.isWord("IDENTIFIER") && this.isSign("(", 1);
  }

  /** The name of `IDENTIFIER(expression)`. @throws AnalysisError NOT_A_CONSTANT_STRING… */
  identifierClause(): string[] {
    this.expect("IDENTIFIER");
    this.expectSign("(");
    const expression = this.rules.expression(this);
    this.expectSign(")");
    return [...this.rules.identifier(expression)];
  }

  get atText(): boolean {
    return this.isKind(Text);
  }

  /** A text constant; several in a row are one. @throws AnalysisError PARSE_SYNTAX_ERROR */
  string(): string {
    if (!this.atText) throw this.unexpected(": expected a string");
    let value = "";
    while (this.atText) value += textValue(this.next().image);
    return value;
  }

  /** `item, item, …` */
  list<Item>(item: () => Item): Item[] {
    const items = [item()];
    while (this.takeSign(",")) items.push(item());
    return items;
  }

  /** `(item, item)`, perhaps empty. */
  parenthesised<Item>(item: () => Item): Item[] {
    this.expectSign("(");
    if (this.takeSign(")")) return [];
    const items = this.list(item);
    this.expectSign(")");
    return items;
  }

  /** From a token's start to the last token taken. */
  originFrom(start: number): Origin {
    const first = this.#tokens[start];
    const last = this.#tokens[this.#at - 1] ?? first;
    if (first === undefined || last === undefined) return { text: this.text };
    return { text: this.text, start: first.startOffset, stop: last.startOffset + last.image.length - 1 };
  }

  /** What was written since a mark. */
  textFrom(start: number): string {
    const { start: from = 0, stop = -1 } = this.originFrom(start);
    return this.text.slice(from, stop + 1);
  }

  /** Everything from here to the end of the statement. */
  rest(): string {
    const token = this.peek();
    const text = token === undefined ? "" : this.text.slice(token.startOffset).trim();
    this.#at = this.#tokens.length;
    return text;
  }

  /** The error at the next token. Its `hint` is for readers; Spark's parameter of that name is empty. */
  unexpected(hint = ""): Error {
    const token = this.peek();
    const error = token === undefined ? "end of input" : `'${token.image}'`;
    const place = token?.startOffset ?? this.text.length;
    return syntaxError(error, hint, this.text, place);
  }
}
