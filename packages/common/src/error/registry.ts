import { EngineError, type ErrorParams, type Fault } from "./engine-error.ts";

/** One line of a package's error registry. `{name}` in the message is a parameter. */
export interface ErrorEntry {
  readonly message: string;
  readonly fault: Fault;
  /** True when the same call may succeed later without a change by the user. */
  readonly retryable?: boolean;
  readonly sqlState?: string;
  /** Of Spark's conditions: the name of its exception's class, where it is not the usual one. */
  readonly exception?: string;
}

type Placeholder<M extends string> = M extends `${string}{${infer Name}}${infer Rest}` ? Name | Placeholder<Rest> : never;

/** The parameters that the template of an entry needs. */
export type ParamsOf<Entry extends ErrorEntry> = { readonly [N in Placeholder<Entry["message"]>]: ErrorParams[string] };

/** A package's errors: creates them by code, with parameters checked by the compiler against the message template. */
export interface ErrorRegistry<Entries extends Readonly<Record<string, ErrorEntry>>> {
  readonly entries: Entries;
  create<Code extends keyof Entries & string>(code: Code, params: ParamsOf<Entries[Code]>, options?: ErrorOptions): EngineError;
}

/** Defines a package's error registry. Codes are upper case with underscores, sorted in the source. */
export function defineErrors<const Entries extends Readonly<Record<string, ErrorEntry>>>(entries: Entries): ErrorRegistry<Entries> {
  const create: ErrorRegistry<Entries>["create"] = (code, params, options) => {
    const entry = entries[code] as ErrorEntry;
    const values = params as ErrorParams;
    const message = entry.message.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return Array.isArray(value) ? value.join(", ") : String(value);
    });
    const error = new EngineError({ code, message, params: values, fault: entry.fault, retryable: entry.retryable ?? false }, options);
    Error.captureStackTrace?.(error, create);
    return error;
  };
  return { entries, create };
}
