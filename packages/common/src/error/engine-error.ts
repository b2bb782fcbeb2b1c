/** Who has to act on an error: `user` code, `data` read, a `resource` that ran out, an `external` system, or Vonk itself (`internal`). */
export type Fault = "user" | "data" | "resource" | "external" | "internal";

/** Values put into an error's message template; printed with `String`, arrays joined by commas. */
export type ErrorParams = Readonly<Record<string, string | number | boolean | bigint | readonly string[]>>;

/** Plain form of an error that crosses threads and wires: what {@link EngineError.toJSON} gives. */
export interface ErrorData {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  readonly params: ErrorParams;
  readonly fault: Fault;
  readonly retryable: boolean;
  readonly stack: string;
  readonly cause?: ErrorData;
  readonly place?: ErrorPlace;
}

/** The stretch of a user's text that an error is about: offsets in UTF-16 units, the last one belongs to it. */
export interface ErrorPlace {
  readonly start: number;
  readonly stop: number;
}

/**
 * The root of every error that Vonk raises on purpose.
 * Compare `code`, never the class: an error that crossed a thread or a wire is rebuilt from {@link ErrorData}.
 */
export class EngineError extends Error {
  override readonly name: string = "EngineError";
  readonly code: string;
  readonly params: ErrorParams;
  readonly fault: Fault;
  readonly retryable: boolean;
  /** Set once, by what knows the text. */
  place?: ErrorPlace;

  constructor(data: { code: string; message: string; params: ErrorParams; fault: Fault; retryable: boolean }, options?: ErrorOptions) {
    super(`[${data.code}] ${data.message}`, options);
    this.code = data.code;
    this.params = data.params;
    this.fault = data.fault;
    this.retryable = data.retryable;
  }

  toJSON(): ErrorData {
    return errorToData(this);
  }
}

/** Turns anything that was thrown into plain data; causes are followed to a depth of 5. Values that are not errors become their text. */
export function errorToData(error: unknown, depth = 0): ErrorData {
  if (!(error instanceof Error)) {
    return { name: "Error", code: "THROWN_VALUE", message: String(error), params: {}, fault: "user", retryable: true, stack: "" };
  }
  const coded = error as Error & { code?: unknown; params?: ErrorParams; fault?: Fault; retryable?: boolean };
  const cause = error.cause !== undefined && depth < 5 ? { cause: errorToData(error.cause, depth + 1) } : {};
  return {
    name: error.name,
    code: typeof coded.code === "string" ? coded.code : "USER_EXCEPTION",
    message: error instanceof EngineError ? error.message.slice(error.code.length + 3) : error.message,
    params: coded.params ?? {},
    fault: coded.fault ?? "user",
    retryable: coded.retryable ?? true,
    stack: error.stack ?? "",
    ...cause,
    ...(error instanceof EngineError && error.place !== undefined ? { place: error.place } : {}),
  };
}

/**
 * Rebuilds an error from {@link errorToData}'s result, with the stack of the place where it was first thrown.
 * A user's error gets its own name and message back, but not its class.
 */
export function errorFromData(data: ErrorData): Error & { readonly code: string } {
  const options = data.cause === undefined ? undefined : { cause: errorFromData(data.cause) };
  const error =
    data.name === "EngineError"
      ? new EngineError(data, options)
      : Object.assign(new Error(data.message, options), { name: data.name, code: data.code });
  if (data.stack !== "") error.stack = data.stack;
  if (data.place !== undefined && error instanceof EngineError) error.place = data.place;
  return error;
}
