/** The fields of one line of CSV; a field in double quotes may hold commas, and a double quote written twice. */
export function parseCSVLine(line: string): string[] {
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    if (line[at] !== '"') {
      const end = line.indexOf(",", at);
      fields.push(line.slice(at, end < 0 ? line.length : end));
      at = end < 0 ? line.length + 1 : end + 1;
      continue;
    }
    let field = "";
    let end = at;
    do {
      const close = line.indexOf('"', end + 1);
      field += line.slice(end + 1, close < 0 ? line.length : close);
      end = close < 0 ? line.length : close + 1;
      if (line[end] === '"') field += '"';
    } while (line[end] === '"');
    fields.push(field);
    at = end + 1;
  }
  return fields;
}
