import type { ModuleReference } from "./known-modules.ts";
import type { CodeBlock } from "./wire-format.ts";

/** Where a function that this thread rebuilt came from, so that it can travel on without an inspector. */
export interface RebuiltFunction {
  readonly block: CodeBlock;
  /** The captured variables' present values, in the order of the block's names. */
  readonly readVariables: () => readonly unknown[];
  /** Values of a class's computed member names. */
  readonly computedNames: readonly unknown[];
  /** The `arguments` of the function around an arrow. */
  readonly outerArguments: readonly unknown[];
}

/** A class known by the digest of its bytes: one class a thread, however many payloads bring it. */
export interface InternedClass {
  readonly digest: string;
  readonly bytes: Uint8Array;
}

/** Functions and classes that this thread rebuilt by value. */
export const rebuiltFunctions: WeakMap<object, RebuiltFunction> = new WeakMap();

/** Values that this thread took from modules while it rebuilt payloads. */
export const rebuiltReferences: WeakMap<object, ModuleReference> = new WeakMap();

const digests = new WeakMap<object, InternedClass>();
const classes = new Map<string, WeakRef<Function>>();
const forgotten: FinalizationRegistry<string> = new FinalizationRegistry((digest) => {
  if (classes.get(digest)?.deref() === undefined) classes.delete(digest);
});

/** The bytes of a class that came with a payload; sent again unchanged, so that it stays the same class everywhere. */
export function internedBytes(fn: object): InternedClass | undefined {
  return digests.get(fn);
}

/** The class of a digest, when this thread has one: for a driver its own original. */
export function internedClass(digest: string): Function | undefined {
  return classes.get(digest)?.deref();
}

/** Makes a class known under a digest; `final` when it was rebuilt from these very bytes. */
export function internClass(fn: Function, interned: InternedClass, final: boolean): void {
  if (final) digests.set(fn, interned);
  if (classes.get(interned.digest)?.deref() !== undefined) return;
  classes.set(interned.digest, new WeakRef(fn));
  forgotten.register(fn, interned.digest);
}
