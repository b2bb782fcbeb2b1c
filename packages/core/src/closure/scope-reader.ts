import { field, inspectorSession, listField, type InspectorSession, type Reply } from "./inspector-session.ts";

/** Where a function's text stands: zero-based line and column in a script of this thread. */
export interface ScriptPosition {
  readonly scriptId: string;
  readonly line: number;
  readonly column: number;
}

/** One level of a function's scope chain. `variables` is a copy with the real values; reading an uninitialised one throws. */
export interface FunctionScope {
  readonly kind: string;
  readonly variables: object;
}

/** What the engine knows about a function. */
export interface FunctionInternals {
  readonly position: ScriptPosition | undefined;
  /** Innermost first; the last is the realm's global object. Empty for native functions. */
  readonly scopes: readonly FunctionScope[];
  /** Set for a bound function. */
  readonly bound: { readonly target: unknown; readonly receiver: unknown; readonly args: readonly unknown[] } | undefined;
}

const GROUP = "vonk-capture";

/**
 * Reads a function's scopes and position with real values, in 70 to 100 µs; undefined when there is no inspector.
 * No user code runs. Scopes are materialised whole: a module with 40 000 names costs about 10 ms a read.
 */
export function readFunction(fn: object): FunctionInternals | undefined {
  const session = inspectorSession();
  if (session === undefined) return undefined;
  try {
    session.values.input = fn;
    const handle = session.post("Runtime.callFunctionOn", {
      objectId: session.valuesId,
      functionDeclaration: "function () { return this.input; }",
      objectGroup: GROUP,
    });
    const properties = session.post("Runtime.getProperties", {
      objectId: field(field(handle, "result"), "objectId"),
      ownProperties: true,
    });
    // The script of a `new Function` has no name, and looking for one would cost milliseconds each time.
    const made = Reflect.getOwnPropertyDescriptor(fn, "name")?.value === "anonymous" ? "constructor" : "source";
    return describe(session, internalProperties(properties), made);
  } finally {
    session.values.input = undefined;
    session.values.output = undefined;
    session.post("Runtime.releaseObjectGroup", { objectGroup: GROUP });
  }
}

function internalProperties(properties: Reply): Map<string, unknown> {
  const internals = new Map<string, unknown>();
  for (const property of listField(properties, "internalProperties"))
    internals.set(String(field(property, "name")), field(property, "value"));
  return internals;
}

function describe(session: InspectorSession, internals: ReadonlyMap<string, unknown>, made: "constructor" | "source"): FunctionInternals {
  const location = field(internals.get("[[FunctionLocation]]"), "value");
  const scriptId = field(location, "scriptId");
  const position =
    typeof scriptId === "string"
      ? { scriptId, line: Number(field(location, "lineNumber")), column: Number(field(location, "columnNumber")) }
      : undefined;
  const target = internals.get("[[TargetFunction]]");
  const bound =
    target === undefined
      ? undefined
      : {
          target: fetchValue(session, target),
          receiver: fetchValue(session, internals.get("[[BoundThis]]")),
          args: arrayItems(fetchValue(session, internals.get("[[BoundArgs]]"))),
        };
  const scopes = arrayItems(fetchValue(session, internals.get("[[Scopes]]"))).flatMap(toScope);
  return { position: made === "constructor" ? undefined : position, scopes, bound };
}

function toScope(entry: unknown): FunctionScope[] {
  const variables = field(entry, "object");
  if (typeof variables !== "object" || variables === null) return [];
  return [{ kind: String(field(entry, "description")), variables }];
}

/** The real value behind an inspector's remote object. */
function fetchValue(session: InspectorSession, remote: unknown): unknown {
  const objectId = field(remote, "objectId");
  if (typeof objectId !== "string") {
    const text = field(remote, "unserializableValue");
    if (typeof text !== "string") return field(remote, "value");
    return text.endsWith("n") ? BigInt(text.slice(0, -1)) : Number(text);
  }
  session.post("Runtime.callFunctionOn", {
    objectId: session.valuesId,
    functionDeclaration: "function (value) { this.output = value; }",
    arguments: [{ objectId }],
    objectGroup: GROUP,
  });
  return session.values.output;
}

/** The inspector's internal lists are array-like without being arrays of this realm. */
function arrayItems(list: unknown): unknown[] {
  if (typeof list !== "object" || list === null) return [];
  const length = Reflect.get(list, "length");
  const items: unknown[] = [];
  for (let index = 0; index < Number(length); index++) items.push(Reflect.get(list, index));
  return items;
}
