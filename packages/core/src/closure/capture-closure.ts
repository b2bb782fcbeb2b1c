import { sha256 } from "../module/sha256.ts";
import { driverUrl } from "./application-url.ts";
import { GraphEncoder, newInterning } from "./graph-encoder.ts";
import { positionText } from "./function-location.ts";
import { rebuiltFunctions } from "./rebuilt-functions.ts";
import { readFunction, type FunctionInternals } from "./scope-reader.ts";

/** A function with its captured variables, ready to travel. */
export interface CapturedClosure {
  /** Hash of the payload: equal code and state give an equal id. */
  readonly id: string;
  readonly bytes: Uint8Array;
  /** Where the function was written: `src/job.ts:42:12`. */
  readonly location: string;
  /** Sentences for the log: assignments that the driver will not see, payloads that should be broadcasts. */
  readonly warnings: readonly string[];
  /** URLs of the modules that it refers to. */
  readonly modules: readonly string[];
}

/** How a function is captured. */
export interface CaptureOptions {
  /** The API call that was given the function, for messages: `rdd.map()`. */
  readonly call: string;
  /** Values of free names, which then are not looked up. */
  readonly env?: Readonly<Record<string, unknown>>;
  /** The application's root directory: modules and files below it are named relative to it. */
  readonly appRoot?: string;
}

const PAYLOAD_BYTES_WARN = 2 ** 20;

/**
 * Captures a function: its code and the present values of the variables that it uses, as the executors will see them.
 *
 * Synchronous; no user code runs. What belongs to a module other than the entry script travels by reference, all else by value
 * (copies). Costs 0.1 to 0.3 ms for a small function; the first call of a process pays 10 to 20 ms for the parser and the inspector.
 * @throws CLOSURE_…, RDD_IN_CLOSURE, CONTEXT_IN_CLOSURE naming the variable and the path to what cannot travel
 */
export function captureClosure(fn: Function, options: CaptureOptions): CapturedClosure {
  const internals = rebuiltFunctions.has(fn) ? undefined : readFunction(fn);
  const warnings = new Set<string>();
  const encoder = new GraphEncoder({
    subject: () => `the function given to ${options.call}${where(fn, internals, options)}`,
    place: options.appRoot === undefined ? {} : { root: options.appRoot },
    root: { fn, env: options.env, internals },
    interning: newInterning(),
    warnings,
  });
  const bytes = encoder.encode([fn], () => ({ words: "" })) ?? new Uint8Array();
  const place = { root: options.appRoot ?? "" };
  const modules = encoder.codes.modules.map(({ url }) => driverUrl(url, place));
  const location = locationOf(fn, internals, options);
  if (bytes.length > PAYLOAD_BYTES_WARN) {
    const size = (bytes.length / PAYLOAD_BYTES_WARN).toFixed(1);
    warnings.add(
      `The function given to ${options.call} (${location}) takes ${size} MiB with what it captured. Put large data into a broadcast.`,
    );
  }
  return { id: sha256(bytes, "hex"), bytes, location, warnings: [...warnings], modules };
}

function where(fn: Function, internals: FunctionInternals | undefined, options: CaptureOptions): string {
  const location = locationOf(fn, internals, options);
  return location === UNKNOWN ? "" : ` (${location})`;
}

const UNKNOWN = "(unknown)";

function locationOf(fn: Function, internals: FunctionInternals | undefined, options: CaptureOptions): string {
  if (internals?.position !== undefined) return positionText(internals.position, options.appRoot);
  const target = internals?.bound?.target;
  if (typeof target === "function") return locationOf(target, readFunction(target), options);
  const block = rebuiltFunctions.get(fn)?.block;
  return block === undefined ? UNKNOWN : `${block.url.replace(/^app:/, "")}:${block.line + 1}:${block.column + 1}`;
}
