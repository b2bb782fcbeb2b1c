import { createToken, Lexer, type CustomPatternMatcherReturn, type IToken, type TokenType } from "chevrotain";
import { syntaxError } from "../error/analysis-error.ts";

/** Words are one kind of token: which of them are keywords depends on where they stand, since Spark reserves almost none. */
export const Word: TokenType = createToken({
  name: "Word",
  pattern: /[A-Za-z_\u00aa-\u1fff\u2c00-\u2fef\u3005-\uffff][0-9A-Za-z_\u00aa-\u1fff\u2c00-\u2fef\u3005-\uffff]*/,
  line_breaks: false,
});
/** A name in backquotes. */
export const QuotedName: TokenType = createToken({ name: "QuotedName", pattern: /`(?:[^`]|``)*`/, line_breaks: true });
/** Text in single or double quotes, with `\` escapes or doubled quotes; `r'…'` without. */
export const Text: TokenType = createToken({
  name: "Text",
  pattern: /[rR]'[^']*'|[rR]"[^"]*"|'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/,
  line_breaks: true,
});
/** A number, perhaps with an exponent and a type suffix. */
export const NumberToken: TokenType = createToken({
  name: "Number",
  pattern: /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?:BD|[LSYFDlsyfd]|[bB][dD])?(?![0-9A-Za-z_\u00aa-\u1fff\u2c00-\u2fef\u3005-\uffff])/,
  line_breaks: false,
});
/** A name that begins with digits. */
export const DigitWord: TokenType = createToken({
  name: "DigitWord",
  pattern: /\d+[A-Za-z_\u00aa-\u1fff\u2c00-\u2fef\u3005-\uffff][0-9A-Za-z_\u00aa-\u1fff\u2c00-\u2fef\u3005-\uffff]*/,
  line_breaks: false,
});
/** The beginning of a hint comment; its end is {@link HintEnd}. */
export const HintStart: TokenType = createToken({ name: "HintStart", pattern: "/*+" });
/** The end of a hint comment. */
export const HintEnd: TokenType = createToken({ name: "HintEnd", pattern: "*/" });
/** An operator or a mark of punctuation. `>` stands alone, because two of them may end two types. */
export const Sign: TokenType = createToken({
  name: "Sign",
  pattern: /<=>|<<|->|=>|::|\|\||\|>|<=|>=|<>|!=|==|!<|!>|[-+*/%&|^~=<>!.,;:?()[\]{}@$#]/,
});

const blank = createToken({ name: "Blank", pattern: /[ \t\r\n\u00a0]+/, group: Lexer.SKIPPED, line_breaks: true });
const lineComment = createToken({ name: "LineComment", pattern: /--(?:\\\n|[^\r\n])*/, group: Lexer.SKIPPED });
const bracketComment = createToken({
  name: "BracketComment",
  pattern: matchComment,
  group: Lexer.SKIPPED,
  line_breaks: true,
  start_chars_hint: ["/"],
});

/** Comments nest; one that does not end is none, and its `/` becomes an error of the grammar. */
function matchComment(text: string, offset: number): CustomPatternMatcherReturn | null {
  if (!text.startsWith("/*", offset) || text.startsWith("/*+", offset)) return null;
  let depth = 0;
  for (let at = offset; at < text.length; at++) {
    if (text.startsWith("/*", at)) {
      depth++;
      at++;
    } else if (text.startsWith("*/", at)) {
      depth--;
      at++;
      if (depth === 0) return [text.slice(offset, at + 1)];
    }
  }
  return null;
}

let lexer: Lexer | undefined;

/** The tokens of a statement. @throws AnalysisError PARSE_SYNTAX_ERROR at a character that begins none */
export function tokenize(text: string): readonly IToken[] {
  lexer ??= new Lexer([blank, lineComment, bracketComment, HintStart, HintEnd, Text, QuotedName, NumberToken, DigitWord, Word, Sign], {
    positionTracking: "onlyOffset",
    ensureOptimizations: false,
    skipValidations: true,
    // Without it the first text of a process pays for tables of all characters, which take longer than they save on statements.
    safeMode: true,
  });
  const { tokens, errors } = lexer.tokenize(text);
  const [error] = errors;
  if (error !== undefined) {
    throw syntaxError(`'${text[error.offset] ?? ""}'`, "", text, error.offset);
  }
  return tokens;
}

const escapes: Readonly<Record<string, string>> = { "0": "\0", b: "\b", n: "\n", r: "\r", t: "\t", Z: "\u001a", "%": "\\%", _: "\\_" };

/** What a text token says. @see Spark's `unescapeSQLString` */
export function textValue(image: string): string {
  if (/^[rR]/.test(image)) return image.slice(2, -1);
  const quote = image[0] ?? "'";
  const body = image.slice(1, -1).replaceAll(quote + quote, quote);
  if (!body.includes("\\")) return body;
  return body.replaceAll(
    /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([0-3][0-7]{2})|([\s\S]))/g,
    (_whole, short: string | undefined, long: string | undefined, octal: string | undefined, one: string | undefined) => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (one === undefined) return String.fromCodePoint(Number.parseInt(short ?? long ?? "0", 16));
      return escapes[one] ?? one;
    },
  );
}
