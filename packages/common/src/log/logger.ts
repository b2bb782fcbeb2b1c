/** Severity of a log line, least first. */
export type LogLevel = "TRACE" | "DEBUG" | "INFO" | "WARN" | "ERROR" | "OFF";

const order: readonly LogLevel[] = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "OFF"];

/** Fields beside the message; keys that look like secrets are printed as `*(redacted)`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes structured lines: `{ts, level, logger, msg, ...fields}` as JSON. */
export interface Logger {
  readonly name: string;
  level: LogLevel;
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  child(name: string): Logger;
}

const secretKey = /secret|password|passwd|token|credential|access[.]?key|api[.]?key/i;

/** The value to print for a key: secrets are replaced, everything else is left alone. */
export function redact(key: string, value: unknown): unknown {
  return secretKey.test(key) ? "*(redacted)" : value;
}

/** A logger that gives finished lines (with a trailing newline) to `write`; lines below `level` cost one comparison. */
export function createLogger(name: string, level: LogLevel, write: (line: string) => void, now: () => number): Logger {
  const emit = (logger: Logger, lineLevel: LogLevel, message: string, fields?: LogFields): void => {
    if (order.indexOf(lineLevel) < order.indexOf(logger.level)) return;
    const record: Record<string, unknown> = { ts: new Date(now()).toISOString(), level: lineLevel, logger: logger.name, msg: message };
    for (const [key, value] of Object.entries(fields ?? {})) record[key] = redact(key, value);
    write(`${JSON.stringify(record, (_, value: unknown) => (typeof value === "bigint" ? value.toString() : value))}\n`);
  };
  const logger: Logger = {
    name,
    level,
    debug: (message, fields) => emit(logger, "DEBUG", message, fields),
    info: (message, fields) => emit(logger, "INFO", message, fields),
    warn: (message, fields) => emit(logger, "WARN", message, fields),
    error: (message, fields) => emit(logger, "ERROR", message, fields),
    child: (childName) => createLogger(`${name}.${childName}`, logger.level, write, now),
  };
  return logger;
}
