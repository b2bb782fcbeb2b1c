import type { CSVOptions } from "./csv-options.ts";

/** A field as it is written: in quotes when it holds what would end it, or when all are to be. */
export function writeField(text: string | null, options: CSVOptions): string {
  const { separator, quote, escape, quoteAll, escapeQuotes } = options;
  if (text === null) return quoteAll ? quote + options.nullValue + quote : options.nullValue;
  const trimmed = trim(text, options);
  if (trimmed === "") return options.emptyValue;
  const hasQuote = quote !== "" && trimmed.includes(quote);
  const isQuoted = quoteAll || (hasQuote && escapeQuotes) || trimmed.includes(separator) || /[\r\n]/.test(trimmed);
  if (!isQuoted || quote === "") return trimmed;
  const escaped = escape === "" || escape === quote ? trimmed : trimmed.replaceAll(escape, escape + escape);
  return quote + escaped.replaceAll(quote, escape + quote) + quote;
}

function trim(text: string, { ignoreLeading = true, ignoreTrailing = true }: CSVOptions): string {
  const start = ignoreLeading ? text.replace(/^[\u0000-\u0020]+/, "") : text;
  return ignoreTrailing ? start.replace(/[\u0000-\u0020]+$/, "") : start;
}
