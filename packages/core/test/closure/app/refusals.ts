/* oxlint-disable typescript/unbound-method, no-eval -- these cases are what the rules warn about */
// One function for each way of being refused. Printed: code and message, as the user sees them.
import { createHash } from "node:crypto";
import { Socket } from "node:net";
import { captureClosure, type CaptureOptions } from "../../../src/closure/capture-closure.ts";

const pool = { list: [{ socket: new Socket() }] };
const timer = setTimeout(() => {}, 0);
clearTimeout(timer);
const hash = createHash("sha256");
const controller = new AbortController();
class Account {
  #balance = 1;
  spend(): number {
    return --this.#balance;
  }
}
class Vault {
  static #key = 1;
  open(): number {
    return Vault.#key;
  }
}
class Service {
  name = "service";
  handler(): Function {
    return () => this.name;
  }
  maker(): Function {
    // @ts-expect-error in a method new.target is undefined, and still not sendable
    return () => new.target;
  }
  printer(): Function {
    // @ts-expect-error the checker wants a base class; the language gives Object's
    return () => super.toString();
  }
}
const FIELD = "field";
class Computed {
  [FIELD] = 1;
}
const account = new Account();
const iterator = [1, 2].values();
function* count(): Generator<number> {
  yield 1;
}
const running = count();
const pending = { reply: Promise.resolve("secret") };
const cache = new Map([["secret key", new WeakMap()]]);
const shared = new SharedArrayBuffer(8);
const dataset = {
  [Symbol.for("vonk.closure.refuse")]: "Use rdd.join, or collect it first.",
  [Symbol.for("vonk.closure.refuseCode")]: "RDD_IN_CLOSURE",
};
const context = {
  [Symbol.for("vonk.closure.refuse")]: "It lives in the driver only.",
  [Symbol.for("vonk.closure.refuseCode")]: "CONTEXT_IN_CLOSURE",
};
const helper = (): unknown => pool.list;
declare const undeclared: number;
const callNative = { run: Object.getOwnPropertyDescriptor(Intl.Collator.prototype, "compare")?.get?.call(new Intl.Collator()) };
const internal = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(setTimeout(() => {}, 0)), "refresh")?.value;

const REFUSED: Readonly<Record<string, Function>> = {
  "direct-eval": (text: string) => eval(text),
  "lexical-this": new Service().handler(),
  "new-target": new Service().maker(),
  super: new Service().printer(),
  "private-instance": () => account.spend(),
  "private-method": Account.prototype.spend,
  "private-static": () => new Vault().open(),
  "computed-field": () => new Computed(),
  socket: () => pool.list.length,
  "socket-through-helper": () => helper(),
  timer: () => timer,
  hash: () => hash.digest(),
  "abort-controller": () => controller.signal.aborted,
  iterator: () => iterator.next(),
  generator: () => running.next(),
  promise: () => pending.reply,
  "weak-map-in-map": () => cache.size,
  "shared-memory": () => shared.byteLength,
  "native-function": () => callNative.run(),
  "internal-function": () => internal,
  rdd: () => dataset,
  context: () => context,
  "undefined-name": () => undeclared + 1,
  "not-initialised": () => later,
};

export function refusals(): Record<string, string> {
  const found: Record<string, string> = {};
  const options: CaptureOptions = { call: "rdd.map()", appRoot: import.meta.dirname };
  for (const [name, fn] of Object.entries(REFUSED)) {
    try {
      captureClosure(fn, options);
      found[name] = "(not refused)";
    } catch (error) {
      found[name] = error instanceof Error ? error.message : String(error);
    }
  }
  return found;
}

console.log(`REFUSALS ${JSON.stringify(refusals())}`);
const later = 1;
