import type { AnyNode, Class, Options } from "acorn";
import { createRequire } from "node:module";
import { BoundedCache } from "./bounded-cache.ts";
import { findFreeNames, type FreeNames } from "./free-names.ts";

/** How a function's text is embedded to be compiled again: as an expression, or as a method of an object literal. */
export type SourceForm = "expression" | "method";

/** A computed member name of a class, found again on the class through the text of its member. */
export interface ComputedName {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly memberText: string;
  readonly isStatic: boolean;
}

/** The parts of a class's text that matter when it is rebuilt. */
export interface ClassShape {
  readonly heritage: { readonly start: number; readonly end: number } | undefined;
  /** Static fields and blocks: their results travel as values, so that they never run again. */
  readonly staticState: readonly { readonly start: number; readonly end: number }[];
  readonly computedNames: readonly ComputedName[];
  readonly staticNames: ReadonlySet<string>;
  readonly prototypeNames: ReadonlySet<string>;
  readonly instancePrivates: boolean;
  readonly staticPrivates: boolean;
  /** A field whose name is computed from variables: its value cannot be known. */
  readonly computedField: boolean;
}

/** Everything that capture needs to know about a function's text. */
export interface SourceAnalysis extends FreeNames {
  readonly form: SourceForm;
  readonly kind: "arrow" | "function" | "method" | "get" | "set" | "class";
  readonly strict: boolean;
  /** True when the text only parses as sloppy code, or says "use strict" itself: the surroundings then do not matter. */
  readonly sloppy: boolean;
  /** Position of what the inspector calls the function's location (the parameter list, except for arrows). */
  readonly locationStart: number;
  /** Span of a method's computed name, replaced by its value. */
  readonly computedKey: { readonly start: number; readonly end: number } | undefined;
  readonly classShape: ClassShape | undefined;
}

const ANALYSES_MAX = 4_000;
const analyses = new BoundedCache<string, SourceAnalysis | { readonly problem: string }>(ANALYSES_MAX);

/**
 * Analyses the text of one function, method, accessor or class; remembered by text.
 * Costs 5 to 130 µs the first time, and 6 to 11 ms once to load the parser.
 */
export function analyseSource(text: string): SourceAnalysis | { readonly problem: string } {
  let analysis = analyses.get(text);
  if (analysis === undefined) analyses.set(text, (analysis = analyse(text)));
  return analysis;
}

type Parse = (code: string, options: Options) => { readonly body: readonly AnyNode[] };
let parser: Parse | undefined;

function parse(code: string, sourceType: "module" | "script"): AnyNode | undefined {
  parser ??= loadParser();
  const program = parser(code, { ecmaVersion: "latest", sourceType, allowSuperOutsideMethod: true, checkPrivateFields: false });
  return program.body[0];
}

function loadParser(): Parse {
  const loaded: { parse: Parse } = createRequire(import.meta.url)("acorn");
  return loaded.parse;
}

interface Embedding {
  readonly before: string;
  readonly after: string;
  readonly form: SourceForm;
  readonly pick: (statement: AnyNode) => AnyNode | undefined;
}

/** An arrow may say `new.target`, which is legal only inside a function: hence the function around an expression. */
const EMBEDDINGS: readonly Embedding[] = [
  { before: "(function(){return(", after: "\n)})", form: "expression", pick: pickReturned },
  { before: "({", after: "\n})", form: "method", pick: pickProperty },
  { before: "(class extends Object{", after: "\n})", form: "method", pick: pickMember },
];

function pickReturned(statement: AnyNode): AnyNode | undefined {
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "FunctionExpression") return undefined;
  const first = statement.expression.body.body[0];
  return first?.type === "ReturnStatement" && first.argument ? first.argument : undefined;
}

function pickProperty(statement: AnyNode): AnyNode | undefined {
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "ObjectExpression") return undefined;
  return statement.expression.properties[0];
}

function pickMember(statement: AnyNode): AnyNode | undefined {
  if (statement.type !== "ExpressionStatement" || statement.expression.type !== "ClassExpression") return undefined;
  return statement.expression.body.body[0];
}

function analyse(text: string): SourceAnalysis | { readonly problem: string } {
  let problem = "it is not a function or class expression";
  for (const sourceType of ["module", "script"] as const) {
    for (const embedding of EMBEDDINGS) {
      try {
        const statement = parse(embedding.before + text + embedding.after, sourceType);
        const root = statement && embedding.pick(statement);
        if (root !== undefined) return describe(root, text, embedding, sourceType === "script");
      } catch (error) {
        if (embedding.form === "expression" && sourceType === "module" && error instanceof Error) problem = error.message;
      }
    }
  }
  return { problem: problem.replace(/ \(\d+:\d+\)$/, "") };
}

function describe(root: AnyNode, text: string, embedding: Embedding, sloppy: boolean): SourceAnalysis | { readonly problem: string } {
  const offset = embedding.before.length;
  const isClass = root.type === "ClassExpression";
  const classShape = isClass ? describeClass(root, text, offset) : undefined;
  const kind = kindOf(root);
  if (kind === undefined) return { problem: "it is not a function or class expression" };
  const free = findFreeNames(root, isClass ? (node) => isLeftOut(node, root) : undefined);
  const body = isClass ? root : functionOf(root);
  return {
    ...free,
    importMetas: free.importMetas.map((start) => start - offset),
    form: embedding.form,
    kind,
    sloppy,
    strict: isClass || hasStrictDirective(body),
    locationStart: locationStart(root, text, offset),
    computedKey: computedKeyOf(root, offset),
    classShape,
  };
}

function kindOf(root: AnyNode): SourceAnalysis["kind"] | undefined {
  switch (root.type) {
    case "ArrowFunctionExpression":
      return "arrow";
    case "FunctionExpression":
      return "function";
    case "ClassExpression":
      return "class";
    case "Property":
      return root.kind === "init" ? (root.method ? "method" : undefined) : root.kind;
    case "MethodDefinition":
      return root.kind === "get" || root.kind === "set" ? root.kind : "method";
    default:
      return undefined;
  }
}

function functionOf(root: AnyNode): AnyNode {
  return root.type === "Property" || root.type === "MethodDefinition" ? root.value : root;
}

function hasStrictDirective(node: AnyNode): boolean {
  if (!("body" in node) || node.type === "Program") return false;
  if (node.type !== "FunctionExpression" && node.type !== "ArrowFunctionExpression") return false;
  if (node.body.type !== "BlockStatement") return false;
  return node.body.body.some((statement) => statement.type === "ExpressionStatement" && statement.directive === "use strict");
}

function computedKeyOf(root: AnyNode, offset: number): { start: number; end: number } | undefined {
  if ((root.type !== "Property" && root.type !== "MethodDefinition") || !root.computed) return undefined;
  return { start: root.key.start - offset, end: root.key.end - offset };
}

/** The inspector gives an arrow's start, a class's start (or its constructor's parameters), and else the parameter list. */
function locationStart(root: AnyNode, text: string, offset: number): number {
  if (root.type === "ClassExpression") {
    const maker = root.body.body.find((member) => member.type === "MethodDefinition" && member.kind === "constructor");
    return maker?.type === "MethodDefinition" ? maker.value.start - offset : 0;
  }
  if (root.type === "Property" || root.type === "MethodDefinition") return root.value.start - offset;
  if (root.type !== "FunctionExpression") return 0;
  const from = root.id ? root.id.end - offset : 0;
  return Math.max(0, text.indexOf("(", from));
}

/** Parts of the class itself (not of classes inside it) that never run again. */
function isLeftOut(node: AnyNode, root: Class): boolean {
  if (node === root.superClass) return true;
  return root.body.body.some((member) => {
    if (member.type === "StaticBlock") return member === node;
    if (member.type === "PropertyDefinition") return member === node && member.static && member.key.type !== "PrivateIdentifier";
    return member.computed && member.key === node;
  });
}

function describeClass(root: Class, text: string, offset: number): ClassShape {
  const staticState: { start: number; end: number }[] = [];
  const computedNames: ComputedName[] = [];
  const staticNames = new Set<string>();
  const prototypeNames = new Set<string>(["constructor"]);
  let instancePrivates = false;
  let staticPrivates = false;
  let computedField = false;
  for (const member of root.body.body) {
    const span = { start: member.start - offset, end: member.end - offset };
    if (member.type === "StaticBlock") {
      staticState.push(span);
      continue;
    }
    const { key } = member;
    if (key.type === "PrivateIdentifier") {
      if (!member.static) instancePrivates = true;
      else if (member.type === "PropertyDefinition") staticPrivates = true;
      continue;
    }
    if (member.type === "PropertyDefinition") {
      if (member.static) staticState.push(span);
      else if (member.computed && findFreeNames(key).names.some((use) => use.name !== "Symbol")) computedField = true;
      continue;
    }
    if (member.computed) {
      const memberText = text.slice(span.start, span.end).replace(/^static\s+/, "");
      computedNames.push({ keyStart: key.start - offset, keyEnd: key.end - offset, memberText, isStatic: member.static });
      continue;
    }
    const name = key.type === "Identifier" ? key.name : key.type === "Literal" ? String(key.value) : undefined;
    if (name !== undefined) (member.static ? staticNames : prototypeNames).add(name);
  }
  const { superClass } = root;
  const heritage = superClass ? { start: superClass.start - offset, end: superClass.end - offset } : undefined;
  return { heritage, staticState, computedNames, staticNames, prototypeNames, instancePrivates, staticPrivates, computedField };
}
