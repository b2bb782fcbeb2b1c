import { expressionErrors } from "../errors.ts";

/** What a LIKE pattern accepts. */
export interface LikeMatcher {
  readonly test: (value: string) => boolean;
}

/** One item of a LIKE pattern: text to be found as it is, `%`, or `_`. */
export type LikeItem = { readonly text: string } | "any" | "one";

/**
 * A pattern's items; the escape makes the character behind it plain, which must be `%`, `_` or the escape itself.
 * @throws INVALID_FORMAT.ESC_IN_THE_MIDDLE, INVALID_FORMAT.ESC_AT_THE_END
 */
export function likeItems(pattern: string, escape: string): LikeItem[] {
  const items: LikeItem[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") items.push({ text });
    text = "";
  };
  for (let index = 0; index < pattern.length; index++) {
    const character = pattern[index] ?? "";
    if (character === escape) {
      const next = pattern[++index];
      if (next === undefined) throw expressionErrors.create("INVALID_FORMAT.ESC_AT_THE_END", { format: `'${pattern}'` });
      if (next !== "%" && next !== "_" && next !== escape) {
        throw expressionErrors.create("INVALID_FORMAT.ESC_IN_THE_MIDDLE", { format: `'${pattern}'`, char: `'${next}'` });
      }
      text += next;
    } else if (character === "%" || character === "_") {
      flush();
      if (character === "_" || items.at(-1) !== "any") items.push(character === "%" ? "any" : "one");
    } else {
      text += character;
    }
  }
  flush();
  return items;
}

/** Patterns of plain text with `%` at the ends become string searches, all others a regular expression. */
export function likePattern(pattern: string, escape: string): LikeMatcher {
  const items = likeItems(pattern, escape);
  const texts = items.flatMap((item) => (typeof item === "object" ? [item.text] : []));
  const [text = ""] = texts;
  const shape = items.map((item) => (typeof item === "object" ? "t" : item === "any" ? "%" : "_")).join("");
  switch (shape) {
    case "":
    case "t":
      return { test: (value) => value === text };
    case "%":
      return { test: () => true };
    case "t%":
      return { test: (value) => value.startsWith(text) };
    case "%t":
      return { test: (value) => value.endsWith(text) };
    case "%t%":
      return { test: (value) => value.includes(text) };
    default: {
      const source = items.map((item) => (item === "any" ? ".*" : item === "one" ? "." : RegExp.escape(item.text))).join("");
      return new RegExp(`^${source}$`, "su");
    }
  }
}
