/** The parts of a column's name as it is written: `a.b` are two, `` `a.b` `` is one. */
export function nameParts(name: string): string[] {
  const parts: string[] = [];
  let part = "";
  let quoted = false;
  for (const sign of name) {
    if (sign === "`") quoted = !quoted;
    else if (sign === "." && !quoted) {
      parts.push(part);
      part = "";
    } else part += sign;
  }
  parts.push(part);
  return parts;
}
