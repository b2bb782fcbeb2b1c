/** How a line of CSV is cut: the delimiter, the quote, and what makes a quote plain inside quotes. */
export interface CSVFormat {
  readonly separator: string;
  readonly quote: string;
  readonly escape: string;
}

/** The fields of a line. A quoted field keeps its blanks and delimiters; a doubled or escaped quote in it is a quote. */
export function splitCSV(line: string, { separator, quote, escape }: CSVFormat): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    if (quote !== "" && line.startsWith(quote, at)) {
      let field = "";
      at += quote.length;
      for (; at < line.length; at++) {
        if (line.startsWith(quote + quote, at)) at++;
        else if (line.startsWith(quote, at)) break;
        else if (line[at] === escape && line[at + 1] !== undefined) at++;
        field += line[at] ?? "";
      }
      fields.push(field);
      at = line.indexOf(separator, at);
    } else {
      const end = line.indexOf(separator, at);
      fields.push(line.slice(at, end < 0 ? line.length : end));
      at = end;
    }
    if (at < 0) return fields;
    at += separator.length;
  }
}

/** A field as CSV: in quotes when it holds a delimiter, a quote or a line end. */
export function csvField(text: string, { separator, quote, escape }: CSVFormat): string {
  if (!text.includes(separator) && !text.includes(quote) && !/[\r\n]/.test(text)) return text;
  const escaped = escape === quote ? text : text.replaceAll(escape, escape + escape);
  return quote + escaped.replaceAll(quote, escape + quote) + quote;
}
