/**
 * An error as the command prints it: code and message, the user's place it came from and what caused it; whole stacks with `debug`.
 * Anything that was thrown is taken.
 */
export function describeError(error: unknown, debug: boolean): string {
  const lines: string[] = [];
  let prefix = "vonk: ";
  let last = "";
  for (let next: unknown = error, depth = 0; next !== undefined && depth < 8; next = causeOf(next), depth++) {
    const text = debug ? stackOf(next) : headline(next);
    const place = debug ? undefined : userFrame(next);
    // A cause whose text the message above already quotes would only repeat it.
    if (!last.includes(messageOf(next))) lines.push(`${prefix}${text}`);
    if (place !== undefined && lines.at(-1) !== place) lines.push(place);
    last = messageOf(next);
    prefix = "caused by: ";
  }
  return `${lines.join("\n")}\n`;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/^\[[A-Z_]+\] /, "");
}

/** `[CODE] message`, or the name and message of an error without a code in its message. */
function headline(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = error as { code?: unknown };
  if (error.message.startsWith("[")) return error.message;
  return `${typeof code === "string" ? `[${code}] ` : ""}${/^(\w*Error): /.exec(error.stack ?? "")?.[1] ?? error.name}: ${error.message}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? headline(error)) : String(error);
}

/** The first frame that lies in a file of the user's. */
function userFrame(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at .*(?:file:\/\/|\/|REPL)/.test(line));
  const frame = frames.find(
    (line) =>
      !/node:|node_modules|<anonymous>:|@vonk|packages\/(?:core|bus|bus-nats|cluster-nats|cluster-standalone|common|cli|columnar|dataframe|expression|catalyst|sql|format-parquet|filesystem|wasm)\/(?:src|dist)\//.test(
        line,
      ),
  );
  return frame === undefined ? undefined : `    ${frame.trim().replace(/\(?file:\/\//, (match) => (match.startsWith("(") ? "(" : ""))}`;
}
