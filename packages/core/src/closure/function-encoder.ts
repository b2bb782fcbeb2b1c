import { isAsyncFunction, isGeneratorFunction, isProxy } from "node:util/types";
import { toPortableUrl } from "./application-url.ts";
import { captureVariable, variable, type CapturedVariable } from "./captured-variables.ts";
import { digestOf } from "./code-section.ts";
import type { GraphEncoder } from "./graph-encoder.ts";
import { addRealm, intrinsicPath } from "./intrinsics.ts";
import { engineFunction, exportedFunction, fileStartsStrict, type ModuleReference } from "./known-modules.ts";
import { createByHook, writeProperties } from "./object-encoder.ts";
import { portableSource } from "./portable-source.ts";
import { internClass, internedBytes, rebuiltFunctions } from "./rebuilt-functions.ts";
import { readFunction, type FunctionInternals } from "./scope-reader.ts";
import { scriptUrl } from "./script-table.ts";
import { analyseSource, type ClassShape, type SourceAnalysis } from "./source-analysis.ts";
import { PROTOTYPE, SUPERCLASS, type PathStep } from "./value-path.ts";
import { CodeBit, FunctionBit, Tag, type CodeBlock } from "./wire-format.ts";

/** A function or class that travels by value: its code, and the variables that it captured. */
export interface FunctionPlan {
  readonly block: CodeBlock;
  readonly variables: readonly CapturedVariable[];
  readonly computedNames: readonly unknown[];
  readonly outerArguments: readonly unknown[];
  /** Own keys that the text makes by itself, on the function and on its prototype. */
  readonly ownMade: ReadonlySet<string | symbol>;
  readonly prototypeMade: ReadonlySet<string | symbol>;
}

/** Writes what is needed to create a function: a reference, or its code. */
export function createFunction(encoder: GraphEncoder, fn: Function, step: PathStep): void {
  if (isProxy(fn)) throw encoder.refusal("CLOSURE_UNSENDABLE_VALUE", [step], { what: "a Proxy" });
  if (createByHook(encoder, fn, step)) return;
  const rebuilt = rebuiltFunctions.get(fn);
  const root = encoder.context.root;
  const internals = rebuilt !== undefined ? undefined : root?.fn === fn && root.internals !== undefined ? root.internals : readFunction(fn);
  const text = Function.prototype.toString.call(fn);
  if (text.endsWith("{ [native code] }")) return createNative(encoder, fn, internals, step);
  if (rebuilt === undefined) {
    noteRealm(internals);
    const reference = functionReference(encoder, fn, internals, step);
    if (reference !== undefined) return encoder.createReference(fn, reference);
  }
  const isClass = rebuilt === undefined ? /^class\b/.test(text) : (rebuilt.block.flags & CodeBit.class) !== 0;
  if (isClass && createInterned(encoder, fn, step)) return;
  const plan = rebuilt === undefined ? planFunction(encoder, fn, text, internals, step) : planRebuilt(fn);
  if (plan === undefined) return;
  encoder.plans.set(fn, plan);
  encoder.writer.byte(isClass ? Tag.class : Tag.function);
  encoder.writer.varint(encoder.codes.add(plan.block));
  if ((plan.block.flags & CodeBit.heritage) !== 0) encoder.create(superclassOf(fn), SUPERCLASS);
  if ((plan.block.flags & CodeBit.computedNames) !== 0) writeList(encoder, plan.computedNames);
  if ((plan.block.flags & CodeBit.outerArguments) !== 0) writeList(encoder, plan.outerArguments);
  encoder.register(fn);
  encoder.queue(fn, "function", step);
}

function writeList(encoder: GraphEncoder, values: readonly unknown[]): void {
  encoder.writer.varint(values.length);
  for (const [index, value] of values.entries()) encoder.create(value, index);
}

function superclassOf(fn: Function): unknown {
  const prototype: unknown = fn.prototype;
  return isObject(prototype) && Reflect.getPrototypeOf(prototype) === null ? null : Reflect.getPrototypeOf(fn);
}

function noteRealm(internals: FunctionInternals | undefined): void {
  const outermost = internals?.scopes.at(-1);
  if (outermost?.kind.startsWith("Global") === true && outermost.variables !== globalThis) addRealm(outermost.variables);
}

/** Bound functions travel as target, receiver and arguments. Any other native function must be known by its name. */
function createNative(encoder: GraphEncoder, fn: Function, internals: FunctionInternals | undefined, step: PathStep): void {
  const bound = internals?.bound;
  if (bound === undefined) {
    if (encoder.tryLazyIntrinsic(fn)) return;
    if (internals === undefined) throw encoder.refusal("CLOSURE_NO_INSPECTOR", [step], { env: "{ env }" });
    throw encoder.refusal("CLOSURE_NATIVE_FUNCTION", [step], { name: fn.name || "(anonymous)" });
  }
  encoder.writer.byte(Tag.bound);
  encoder.create(bound.target, { words: `${words(step)}the bound function` });
  encoder.create(bound.receiver, { words: `${words(step)}the bound 'this'` });
  writeList(encoder, bound.args);
  encoder.register(fn);
}

function words(step: PathStep): string {
  return typeof step === "object" && step.words !== "" ? `${step.words} -> ` : "";
}

/** The export that a function of a module other than the entry script is known by. */
function functionReference(
  encoder: GraphEncoder,
  fn: Function,
  internals: FunctionInternals | undefined,
  step: PathStep,
): ModuleReference | undefined {
  if (internals?.position === undefined) return undefined;
  const url = scriptUrl(internals.position.scriptId);
  if (url.startsWith("node:")) {
    throw encoder.refusal("CLOSURE_NATIVE_FUNCTION", [step], { name: `${fn.name || "(anonymous)"} of Node.js` });
  }
  if (!url.startsWith("file:")) return undefined;
  const inModule = internals.scopes.some((scope) => scope.kind.startsWith("Module"));
  const sameRealm = internals.scopes.at(-1)?.variables === globalThis;
  if (inModule) return sameRealm ? exportedFunction(fn, url) : undefined;
  return engineFunction(fn, url);
}

/** A class gets bytes of its own when it depends on nothing that others may share: then every payload brings the same class. */
function createInterned(encoder: GraphEncoder, fn: Function, step: PathStep): boolean {
  const { interning } = encoder.context;
  if (fn === encoder.internRoot) return false;
  const open = interning.inProgress.indexOf(fn);
  if (open >= 0) for (const dependent of interning.inProgress.slice(open)) interning.excluded.add(dependent);
  if (interning.excluded.has(fn)) {
    encoder.noteMutable();
    return false;
  }
  const known = internedBytes(fn);
  let bytes = known?.bytes;
  if (bytes === undefined) {
    interning.inProgress.push(fn);
    bytes = encoder.nested([fn], step, fn);
    interning.inProgress.pop();
  }
  if (bytes === undefined) {
    interning.excluded.add(fn);
    encoder.noteMutable();
    return false;
  }
  const digest = known?.digest ?? Buffer.from(digestOf(bytes)).toString("latin1");
  internClass(fn, { digest, bytes }, false);
  encoder.writer.byte(Tag.internedClass);
  encoder.writer.string(digest);
  encoder.writer.block(bytes);
  encoder.register(fn);
  return true;
}

function planRebuilt(fn: Function): FunctionPlan | undefined {
  const rebuilt = rebuiltFunctions.get(fn);
  if (rebuilt === undefined) return undefined;
  const shape = analyseRebuilt(rebuilt.block);
  return {
    block: rebuilt.block,
    variables: rebuilt.readVariables().map((value) => ({ kind: "value", value })),
    computedNames: rebuilt.computedNames,
    outerArguments: rebuilt.outerArguments,
    ownMade: madeNames(shape?.staticNames, rebuilt.computedNames),
    prototypeMade: madeNames(shape?.prototypeNames, rebuilt.computedNames),
  };
}

function analyseRebuilt(block: CodeBlock): ClassShape | undefined {
  if ((block.flags & CodeBit.class) === 0) return undefined;
  const analysis = analyseSource(block.text);
  return "problem" in analysis ? undefined : analysis.classShape;
}

function madeNames(names: ReadonlySet<string> | undefined, computed: readonly unknown[]): ReadonlySet<string | symbol> {
  const made = new Set<string | symbol>(names ?? []);
  for (const name of computed) if (typeof name === "string" || typeof name === "symbol") made.add(name);
  return made;
}

function planFunction(
  encoder: GraphEncoder,
  fn: Function,
  text: string,
  internals: FunctionInternals | undefined,
  step: PathStep,
): FunctionPlan {
  const analysis = analyseSource(text);
  if ("problem" in analysis) throw encoder.refusal("CLOSURE_SYNTAX", [step], { problem: analysis.problem });
  checkSendable(encoder, analysis, step);
  const position = internals?.position;
  const url = position === undefined ? "" : scriptUrl(position.scriptId);
  const env = encoder.context.root?.fn === fn ? encoder.context.root.env : undefined;
  const source = { fn, step, analysis, internals, url, env };
  const names: string[] = [];
  const variables: CapturedVariable[] = [];
  let outerArguments: readonly unknown[] | undefined;
  for (const use of analysis.names) {
    if (use.name === "arguments" && analysis.kind !== "arrow") continue;
    const captured = captureVariable(encoder, source, use);
    if (captured === undefined) continue;
    if (use.name === "arguments" && captured.kind === "value" && isObject(captured.value)) {
      outerArguments = Array.prototype.slice.call(captured.value);
      continue;
    }
    if (use.written && env?.[use.name] === undefined) warnOfWrite(encoder, use.name);
    names.push(use.name);
    variables.push(captured);
  }
  const computedNames = findComputedNames(encoder, fn, analysis.classShape, step);
  const { text: portable, hidden } = portableSource(text, analysis, fn.name);
  const start = textStart(text, analysis.locationStart, position?.line ?? 0, position?.column ?? 0);
  const flags = flagsOf(fn, analysis, isStrict(fn, analysis, internals, url), outerArguments !== undefined, computedNames.length > 0);
  const place = toPortableUrl(url, encoder.context.place);
  return {
    block: { text: portable, url: place, line: start.line, column: start.column, name: ownName(fn), flags, hidden, names },
    variables,
    computedNames,
    outerArguments: outerArguments ?? [],
    ownMade: madeNames(analysis.classShape?.staticNames, computedNames),
    prototypeMade: madeNames(analysis.classShape?.prototypeNames, computedNames),
  };
}

function warnOfWrite(encoder: GraphEncoder, name: string): void {
  encoder.context.warnings.add(
    `The function assigns to '${name}', which it captured: each task changes a copy of its own and the driver sees nothing. Use an accumulator.`,
  );
}

/** The name that the function has now; a class may define a static member called name. */
function ownName(fn: Function): string {
  const name: unknown = Reflect.getOwnPropertyDescriptor(fn, "name")?.value;
  return typeof name === "string" ? name : "";
}

function checkSendable(encoder: GraphEncoder, analysis: SourceAnalysis, step: PathStep): void {
  if (analysis.directEval) throw encoder.refusal("CLOSURE_DIRECT_EVAL", [step]);
  if (analysis.outerPrivates.length > 0) {
    throw encoder.refusal("CLOSURE_PRIVATE_STATE", [step], { what: `uses the private name #${analysis.outerPrivates[0]} of its class` });
  }
  if (analysis.outerSuper) throw encoder.refusal("CLOSURE_SUPER", [step]);
  if (analysis.kind === "arrow" && (analysis.outerThis || analysis.outerNewTarget)) {
    const keyword = analysis.outerThis ? "this" : "new.target";
    throw encoder.refusal("CLOSURE_LEXICAL_THIS", [step], { keyword, copy: "const { name } = this" });
  }
  if (analysis.classShape?.staticPrivates === true) {
    throw encoder.refusal("CLOSURE_PRIVATE_STATE", [step], { what: "is a class with static private fields" });
  }
  if (analysis.classShape?.computedField === true) {
    throw encoder.refusal("CLOSURE_SYNTAX", [step], { problem: "a field has a computed name" });
  }
}

function isStrict(fn: Function, analysis: SourceAnalysis, internals: FunctionInternals | undefined, url: string): boolean {
  if (analysis.sloppy) return false;
  if (analysis.strict || internals === undefined) return true;
  if (internals.scopes.some((scope) => scope.kind.startsWith("Module"))) return true;
  if (analysis.kind === "function" && !isAsyncFunction(fn) && !isGeneratorFunction(fn)) return !Object.hasOwn(fn, "caller");
  return /\.(?:[mc]?ts|tsx|mjs)$/.test(url) || fileStartsStrict(url);
}

function flagsOf(fn: Function, analysis: SourceAnalysis, strict: boolean, outerArguments: boolean, computed: boolean): number {
  let flags = strict ? CodeBit.strict : 0;
  if (analysis.form === "method") flags |= CodeBit.method;
  if (analysis.kind === "class") flags |= CodeBit.class;
  if (analysis.classShape?.heritage !== undefined) flags |= CodeBit.heritage;
  if (computed) flags |= CodeBit.computedNames;
  if (analysis.importMetas.length > 0) flags |= CodeBit.importMeta;
  if (analysis.dynamicImport) flags |= CodeBit.dynamicImport;
  if (outerArguments) flags |= CodeBit.outerArguments;
  if (analysis.kind === "get") flags |= CodeBit.getter;
  if (analysis.kind === "set") flags |= CodeBit.setter;
  if (analysis.kind !== "function" || isAsyncFunction(fn) || isGeneratorFunction(fn)) flags |= CodeBit.plain;
  if (!analysis.names.some((use) => use.written)) flags |= CodeBit.readsOnly;
  return flags;
}

/** Position of the text's first character, given the position of what the inspector calls the function's location. */
function textStart(text: string, offset: number, line: number, column: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset);
  const breaks = before.split("\n").length - 1;
  return breaks === 0 ? { line, column: column - offset } : { line: line - breaks, column: 0 };
}

/** Values of computed member names: the property of the class whose function has the member's text. */
function findComputedNames(encoder: GraphEncoder, fn: Function, shape: ClassShape | undefined, step: PathStep): unknown[] {
  if (shape === undefined) return [];
  const prototype: unknown = fn.prototype;
  const taken = new Set<string | symbol>();
  return shape.computedNames.map((name) => {
    const holder = name.isStatic ? fn : isObject(prototype) ? prototype : fn;
    for (const key of Reflect.ownKeys(holder)) {
      const { value, get, set } = Reflect.getOwnPropertyDescriptor(holder, key) ?? {};
      for (const candidate of [value, get, set]) {
        if (typeof candidate !== "function" || taken.has(key)) continue;
        if (Function.prototype.toString.call(candidate) !== name.memberText) continue;
        if (candidate === value) taken.add(key);
        return key;
      }
    }
    throw encoder.refusal("CLOSURE_SYNTAX", [step], { problem: "the value of a computed member name is not visible" });
  });
}

/** Writes the contents of a function (variables, own properties) or what was added to a function's `prototype`. */
export function fillFunction(encoder: GraphEncoder, value: object, kind: "function" | "prototype"): void {
  if (kind === "prototype") return fillPrototype(encoder, value);
  const plan = encoder.plans.get(value);
  if (plan === undefined || typeof value !== "function") return;
  for (const [index, captured] of plan.variables.entries()) writeVariable(encoder, plan.block, captured, plan.block.names[index] ?? "");
  const isClass = (plan.block.flags & CodeBit.class) !== 0;
  const prototype: unknown = Reflect.getOwnPropertyDescriptor(value, "prototype")?.value;
  const own = ownKeys(value, plan, isClass);
  const parent = isClass ? undefined : Reflect.getPrototypeOf(value);
  const otherParent = parent !== undefined && (parent === null || !isFunctionPrototype(parent));
  const extraPrototype =
    (isClass || (plan.block.flags & CodeBit.plain) === 0) && isObject(prototype) && hasPrototypeExtras(prototype, value, plan, isClass);
  const sealing = Object.isExtensible(value) ? 0 : Object.isFrozen(value) ? FunctionBit.frozen : FunctionBit.sealed;
  const flags =
    (otherParent ? FunctionBit.prototype : 0) |
    (own.length > 0 ? FunctionBit.properties : 0) |
    (extraPrototype ? FunctionBit.prototypeObject : 0);
  encoder.writer.byte(flags | sealing);
  const before = encoder.insideStatics;
  if (isClass && value === encoder.internRoot) encoder.insideStatics = true;
  if (otherParent) encoder.create(parent, PROTOTYPE);
  if (own.length > 0) writeProperties(encoder, value, own);
  if (extraPrototype) {
    const replaced = prototype.constructor !== value;
    encoder.writer.byte(replaced ? 1 : 0);
    encoder.create(prototype, "prototype");
  }
  encoder.insideStatics = before;
}

function isFunctionPrototype(parent: object): boolean {
  const path = intrinsicPath(parent);
  return path === "Function.prototype" || path?.startsWith("%") === true;
}

function writeVariable(encoder: GraphEncoder, block: CodeBlock, captured: CapturedVariable, name: string): void {
  switch (captured.kind) {
    case "module":
      return encoder.createReference(captured.value, captured.reference);
    case "rebound":
      encoder.writer.byte(Tag.rebound);
      encoder.writer.byte(captured.index);
      return encoder.writer.string(block.url);
    case "value":
      return encoder.create(captured.value, variable(name));
  }
}

const FUNCTION_KEYS: ReadonlySet<string | symbol> = new Set(["length", "name", "prototype", "arguments", "caller"]);

function ownKeys(fn: Function, plan: FunctionPlan, isClass: boolean): (string | symbol)[] {
  return Reflect.ownKeys(fn).filter((key) => {
    if (key === "name" && isClass) return typeof Reflect.getOwnPropertyDescriptor(fn, key)?.value !== "string" && !plan.ownMade.has(key);
    return !FUNCTION_KEYS.has(key) && !(plan.ownMade.has(key) && isMadeByText(fn, key, plan));
  });
}

/** A method that the class's text makes; one that was replaced later (a spy, a patch) has another text. */
function isMadeByText(holder: object, key: string | symbol, plan: FunctionPlan): boolean {
  const { value, get, set } = Reflect.getOwnPropertyDescriptor(holder, key) ?? {};
  return [value, get, set].every((part) => part === undefined || (typeof part === "function" && isPartOf(part, plan)));
}

function isPartOf(fn: Function, plan: FunctionPlan): boolean {
  const text = Function.prototype.toString.call(fn);
  return plan.block.text.includes(text) || text.startsWith("[") || /\bimport\.meta\b/.test(text);
}

function prototypeExtras(prototype: object, plan: FunctionPlan): (string | symbol)[] {
  return Reflect.ownKeys(prototype).filter(
    (key) => key !== "constructor" && !(plan.prototypeMade.has(key) && isMadeByText(prototype, key, plan)),
  );
}

function hasPrototypeExtras(prototype: object, fn: Function, plan: FunctionPlan, isClass: boolean): boolean {
  if (Reflect.getOwnPropertyDescriptor(prototype, "constructor")?.value !== fn) return !isClass;
  if (prototypeExtras(prototype, plan).length > 0) return true;
  const parent = Reflect.getPrototypeOf(prototype);
  return !isClass && (parent === null || intrinsicPath(parent) !== "Object.prototype");
}

function fillPrototype(encoder: GraphEncoder, prototype: object): void {
  const maker: unknown = Reflect.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  const plan = isObject(maker) ? encoder.plans.get(maker) : undefined;
  if (plan === undefined) return;
  const parent = Reflect.getPrototypeOf(prototype);
  const otherParent = (plan.block.flags & CodeBit.class) === 0 && (parent === null || intrinsicPath(parent) !== "Object.prototype");
  encoder.writer.byte(otherParent ? 1 : 0);
  if (otherParent) encoder.create(parent, PROTOTYPE);
  writeProperties(encoder, prototype, prototypeExtras(prototype, plan));
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
