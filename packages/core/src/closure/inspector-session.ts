import type { Session } from "node:inspector";

/** A reply of the inspector, read field by field. */
export type Reply = Readonly<Record<string, unknown>>;

/**
 * This thread's in-process inspector connection: replies arrive before `post` returns, no port is opened
 * and no domain stays enabled. `values` carries real objects between JavaScript and the inspector.
 */
export interface InspectorSession {
  post(method: string, params?: Readonly<Record<string, unknown>>): Reply;
  /** Runs `body` while `listener` hears one kind of event. */
  listen(event: string, listener: (params: Reply) => void, body: () => void): void;
  readonly values: { input: unknown; output: unknown };
  readonly valuesId: string;
}

let session: InspectorSession | undefined;
let probed = false;

/** The thread's session, opened at the first call; undefined when the process has no inspector (a permission model, some packagers). */
export function inspectorSession(): InspectorSession | undefined {
  if (!probed) {
    probed = true;
    try {
      session = open();
    } catch {
      session = undefined;
    }
  }
  return session;
}

function open(): InspectorSession | undefined {
  const inspector = process.getBuiltinModule("node:inspector");
  const connection = new inspector.Session();
  connection.connect();
  const post = poster(connection);
  // The holder must be reachable from the main context even when this library runs in another realm (vitest's vm pools):
  // it hangs for a moment on a builtin module, which every realm shares.
  const values: { input: unknown; output: unknown } = { input: undefined, output: undefined };
  const key = Symbol.for("vonk.closure.values");
  Object.defineProperty(inspector, key, { value: values, configurable: true });
  const found = post("Runtime.evaluate", {
    expression: `process.getBuiltinModule("node:inspector")[Symbol.for("vonk.closure.values")]`,
    objectGroup: "vonk-values",
  });
  Reflect.deleteProperty(inspector, key);
  const valuesId = field(field(found, "result"), "objectId");
  if (typeof valuesId !== "string") return undefined;
  const listen = (event: string, listener: (params: Reply) => void, body: () => void): void => {
    const hear = (message: { params?: unknown }): void => {
      if (isReply(message.params)) listener(message.params);
    };
    connection.on(event, hear);
    try {
      body();
    } finally {
      connection.off(event, hear);
    }
  };
  return { post, listen, values, valuesId };
}

function poster(connection: Session): InspectorSession["post"] {
  return (method, params) => {
    const answer: { failure: unknown; reply: Reply } = { failure: undefined, reply: {} };
    connection.post(method, params ?? {}, (error: unknown, result?: unknown) => {
      answer.failure = error;
      if (isReply(result)) answer.reply = result;
    });
    if (answer.failure instanceof Error) throw answer.failure;
    return answer.reply;
  };
}

function isReply(value: unknown): value is Reply {
  return typeof value === "object" && value !== null;
}

/** A field of a reply, or undefined. */
export function field(reply: unknown, name: string): unknown {
  return isReply(reply) ? reply[name] : undefined;
}

/** The items of a field that holds a list of objects. */
export function listField(reply: unknown, name: string): readonly Reply[] {
  const value = field(reply, name);
  return Array.isArray(value) ? value.filter(isReply) : [];
}
