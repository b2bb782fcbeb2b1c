import { isModuleNamespaceObject, isProxy } from "node:util/types";
import type { GraphEncoder } from "./graph-encoder.ts";
import { intrinsicPath, isStandardGlobal } from "./intrinsics.ts";
import { exportedValue, importedName, type ModuleReference } from "./known-modules.ts";
import type { FunctionInternals, FunctionScope } from "./scope-reader.ts";
import type { NameUse } from "./free-names.ts";
import type { SourceAnalysis } from "./source-analysis.ts";
import type { PathStep } from "./value-path.ts";
import { REBOUND_NAMES } from "./wire-format.ts";

/** A captured variable as it travels. */
export type CapturedVariable =
  | { readonly kind: "value"; readonly value: unknown }
  | { readonly kind: "module"; readonly value: object; readonly reference: ModuleReference }
  | { readonly kind: "rebound"; readonly index: number };

/** What is known of the function whose variables are looked up. */
export interface VariableSource {
  readonly fn: Function;
  readonly step: PathStep;
  readonly analysis: SourceAnalysis;
  /** Undefined without an inspector. */
  readonly internals: FunctionInternals | undefined;
  readonly url: string;
  readonly env: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The value that a free name of a function stands for; undefined for a name that the executor has too (a standard global,
 * or a missing one of which only `typeof` is asked).
 * Looked up in the explicit env first, then scope by scope from the inside, then in the realm's global object.
 */
export function captureVariable(encoder: GraphEncoder, source: VariableSource, use: NameUse): CapturedVariable | undefined {
  const { env, internals } = source;
  if (env !== undefined && Object.hasOwn(env, use.name)) return { kind: "value", value: env[use.name] };
  if (internals === undefined) {
    if (isStandardGlobal(use.name) || use.typeofOnly) return undefined;
    throw encoder.refusal("CLOSURE_NO_INSPECTOR", [source.step, variable(use.name)], { env: `{ env: { ${use.name} } }` });
  }
  for (const scope of internals.scopes) {
    if (isGlobalScope(scope)) break;
    if (Object.hasOwn(scope.variables, use.name) || (scope.kind.startsWith("With") && use.name in scope.variables)) {
      return classify(encoder, source, use, scope, readScope(encoder, source, scope, use.name));
    }
  }
  return captureGlobal(encoder, source, use);
}

/** The path step of a variable. */
export function variable(name: string): PathStep {
  return { words: `variable '${name}'` };
}

function isGlobalScope(scope: FunctionScope): boolean {
  return scope.variables === globalThis || scope.kind.startsWith("Global");
}

function readScope(encoder: GraphEncoder, source: VariableSource, scope: FunctionScope, name: string): unknown {
  try {
    return Reflect.get(scope.variables, name);
  } catch {
    throw encoder.refusal("CLOSURE_NOT_INITIALISED", [source.step, variable(name)]);
  }
}

function captureGlobal(encoder: GraphEncoder, source: VariableSource, use: NameUse): CapturedVariable | undefined {
  if (isStandardGlobal(use.name)) return undefined;
  const global = source.internals?.scopes.at(-1)?.variables ?? globalThis;
  if (use.name in global) return { kind: "value", value: Reflect.get(global, use.name) };
  if (use.typeofOnly) return undefined;
  throw encoder.refusal("CLOSURE_UNDEFINED_NAME", [source.step, variable(use.name)], { env: `{ env: { ${use.name} } }` });
}

function classify(encoder: GraphEncoder, source: VariableSource, use: NameUse, scope: FunctionScope, value: unknown): CapturedVariable {
  const rebound = reboundIndex(use.name, value);
  if (rebound >= 0) return { kind: "rebound", index: rebound };
  // vite puts proxies in place of some modules: reading a member of one runs vite's code, not the user's
  if (use.members !== undefined && LOADER_MODULE.test(use.name) && isObject(value))
    return { kind: "value", value: pickMembers(value, use.members) };
  if (!isObject(value) || isProxy(value)) return { kind: "value", value };
  if (hasHook(value) || intrinsicPath(value) !== undefined) return { kind: "value", value };
  if (scope.kind.startsWith("Module")) {
    const reference = importedName(source.url, use.name, value);
    if (reference !== undefined) return { kind: "module", value, reference };
  }
  const exported = exportedValue(value);
  if (exported !== undefined) return { kind: "module", value, reference: exported };
  if (use.members !== undefined && isModuleLike(value)) return { kind: "value", value: pickMembers(value, use.members) };
  return { kind: "value", value };
}

const LOADER_MODULE = /^__vi(?:te_ssr)?_import_\d+__$/;

/** Names that CommonJS or a loader defines for each file: they are made anew where the function is rebuilt. */
function reboundIndex(name: string, value: unknown): number {
  const rebound = reboundName(name, value);
  return rebound === undefined ? -1 : REBOUND_NAMES.indexOf(rebound);
}

function reboundName(name: string, value: unknown): (typeof REBOUND_NAMES)[number] | undefined {
  switch (name) {
    case "require":
      return typeof value === "function" && "resolve" in value && "cache" in value ? "require" : undefined;
    case "module":
      return isObject(value) && "filename" in value && "paths" in value && "exports" in value ? "module" : undefined;
    case "__filename":
    case "__dirname":
      return typeof value === "string" ? name : undefined;
    case "__vite_ssr_dynamic_import__":
    case "__vi_dynamic_import__":
      return typeof value === "function" ? "import" : undefined;
    case "__vite_ssr_import_meta__":
      return isObject(value) ? "import.meta" : undefined;
    default:
      return undefined;
  }
}

function hasHook(value: object): boolean {
  return Symbol.for("vonk.closure.replace") in value || Symbol.for("vonk.closure.refuse") in value;
}

/** Namespaces, and the objects that bundlers and test runners put in their place. */
function isModuleLike(value: object): boolean {
  if (isModuleNamespaceObject(value)) return true;
  if (Reflect.getOwnPropertyDescriptor(value, Symbol.toStringTag)?.value === "Module") return true;
  if (Object.hasOwn(value, "__esModule")) return true;
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(value));
  return (
    typeof value === "object" &&
    descriptors.length > 0 &&
    descriptors.every((property) => property.get !== undefined && property.set === undefined)
  );
}

function pickMembers(value: object, members: readonly string[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const member of members) {
    if (!(member in value)) continue;
    Object.defineProperty(picked, member, { value: Reflect.get(value, member), writable: true, enumerable: true, configurable: true });
  }
  return picked;
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}
