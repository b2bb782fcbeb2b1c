import type { AnonymousFunctionDeclaration, AnyNode, ArrowFunctionExpression, Class, FunctionDeclaration, FunctionExpression } from "acorn";

/** How a function uses a name that it does not declare itself. */
export interface NameUse {
  readonly name: string;
  /** True when the function assigns to it. */
  readonly written: boolean;
  /** True when the only uses are `typeof name`, which is legal for a name that does not exist. */
  readonly typeofOnly: boolean;
  /** The members read, when every use is `name.member`; undefined when the value itself is used. */
  readonly members: readonly string[] | undefined;
}

/** What a walk over one function or class finds. Positions are those of the parsed text. */
export interface FreeNames {
  readonly names: readonly NameUse[];
  readonly outerThis: boolean;
  readonly outerSuper: boolean;
  readonly outerNewTarget: boolean;
  readonly directEval: boolean;
  readonly dynamicImport: boolean;
  readonly outerPrivates: readonly string[];
  readonly importMetas: readonly number[];
}

type FunctionNode = AnonymousFunctionDeclaration | FunctionExpression | FunctionDeclaration | ArrowFunctionExpression;

interface Use {
  read?: boolean;
  written?: boolean;
  typeof?: boolean;
  member?: string;
}

interface MutableUse {
  written: boolean;
  typeofOnly: boolean;
  whole: boolean;
  members: Set<string>;
}

class Scope {
  readonly parent: Scope | undefined;
  readonly names = new Set<string>();

  constructor(parent: Scope | undefined) {
    this.parent = parent;
  }

  declares(name: string): boolean {
    return this.names.has(name) || this.parent?.declares(name) === true;
  }
}

/** Where a node stands: its scope, and whether `this` and `super` belong to something inside the text. */
interface Place {
  readonly scope: Scope;
  readonly thisBound: boolean;
  readonly superBound: boolean;
}

/** What the walk leaves out of a class that is rebuilt from rewritten text: its heritage, static state and computed method names. */
export type ClassFilter = (node: AnyNode) => boolean;

/**
 * Finds the names that a function (or class) takes from the code around it.
 *
 * References are collected first and resolved at the end, because declarations are hoisted.
 * `skip` names subtrees that do not count: parts of a class that never run again when it is rebuilt.
 */
export function findFreeNames(root: AnyNode, skip: ClassFilter = () => false): FreeNames {
  return new FreeNameWalk(skip).run(root);
}

class FreeNameWalk {
  readonly #skip: ClassFilter;
  readonly #references: { name: string; scope: Scope; use: Use }[] = [];
  readonly #outerPrivates = new Set<string>();
  readonly #importMetas: number[] = [];
  #privateScopes: ReadonlySet<string>[] = [];
  #outerThis = false;
  #outerSuper = false;
  #outerNewTarget = false;
  #directEval = false;
  #dynamicImport = false;

  constructor(skip: ClassFilter) {
    this.#skip = skip;
  }

  run(root: AnyNode): FreeNames {
    const top: Place = { scope: new Scope(undefined), thisBound: false, superBound: false };
    if (root.type === "Property" && isFunction(root.value)) this.#function(root.value, top, false);
    else if (root.type === "MethodDefinition") this.#function(root.value, top, false);
    else this.#walk(root, top);
    return {
      names: this.#resolve(),
      outerThis: this.#outerThis,
      outerSuper: this.#outerSuper,
      outerNewTarget: this.#outerNewTarget,
      directEval: this.#directEval,
      dynamicImport: this.#dynamicImport,
      outerPrivates: [...this.#outerPrivates],
      importMetas: this.#importMetas,
    };
  }

  #resolve(): NameUse[] {
    const uses = new Map<string, MutableUse>();
    for (const { name, scope, use } of this.#references) {
      if (scope.declares(name)) continue;
      let entry = uses.get(name);
      if (entry === undefined) uses.set(name, (entry = { written: false, typeofOnly: true, whole: false, members: new Set() }));
      if (use.written) entry.written = true;
      if (!use.typeof) entry.typeofOnly = false;
      if (use.member === undefined) entry.whole = true;
      else entry.members.add(use.member);
    }
    return [...uses].map(([name, use]) => ({
      name,
      written: use.written,
      typeofOnly: use.typeofOnly,
      members: use.whole || use.written ? undefined : [...use.members],
    }));
  }

  #function(node: FunctionNode, outer: Place, superBound: boolean): void {
    const arrow = node.type === "ArrowFunctionExpression";
    let around = outer.scope;
    if (node.type === "FunctionExpression" && node.id) {
      around = new Scope(around);
      around.names.add(node.id.name);
    }
    const parameters = new Scope(around);
    if (!arrow) parameters.names.add("arguments");
    const place: Place = {
      scope: parameters,
      thisBound: arrow ? outer.thisBound : true,
      superBound: arrow ? outer.superBound : superBound,
    };
    for (const parameter of node.params) declarePattern(parameter, parameters);
    for (const parameter of node.params) this.#bindingDefaults(parameter, place);
    if (node.body.type !== "BlockStatement") return this.#walk(node.body, place);
    this.#body(node.body.body, { ...place, scope: new Scope(parameters) });
  }

  /** A function body or static block: `var` declarations anywhere inside belong to it. */
  #body(statements: readonly AnyNode[], place: Place): void {
    for (const statement of statements) hoistVariables(statement, place.scope);
    declareLexical(statements, place.scope);
    for (const statement of statements) this.#walk(statement, place);
  }

  #class(node: Class & AnyNode, outer: Place): void {
    const scope = new Scope(outer.scope);
    if (node.id) scope.names.add(node.id.name);
    const heritage: Place = { ...outer, scope };
    const inside: Place = { scope, thisBound: true, superBound: true };
    const privates = new Set<string>();
    for (const member of node.body.body) {
      if (member.type !== "StaticBlock" && member.key.type === "PrivateIdentifier") privates.add(member.key.name);
    }
    const before = this.#privateScopes;
    this.#privateScopes = [...before, privates];
    if (node.superClass && !this.#skip(node.superClass)) this.#walk(node.superClass, heritage);
    for (const member of node.body.body) {
      if (this.#skip(member)) continue;
      if (member.type === "StaticBlock") {
        this.#body(member.body, { ...inside, scope: new Scope(scope) });
        continue;
      }
      if (member.computed && !this.#skip(member.key)) this.#walk(member.key, heritage);
      if (member.type === "MethodDefinition") this.#function(member.value, inside, true);
      else if (member.value) this.#walk(member.value, inside);
    }
    this.#privateScopes = before;
  }

  #refer(name: string, place: Place, use: Use): void {
    this.#references.push({ name, scope: place.scope, use });
  }

  #walk(node: AnyNode, place: Place): void {
    switch (node.type) {
      case "Identifier":
        return this.#refer(node.name, place, { read: true });
      case "ThisExpression":
        if (!place.thisBound) this.#outerThis = true;
        return;
      case "Super":
        if (!place.superBound) this.#outerSuper = true;
        return;
      case "MetaProperty":
        if (node.meta.name === "import") this.#importMetas.push(node.start);
        else if (!place.thisBound) this.#outerNewTarget = true;
        return;
      case "PrivateIdentifier":
        if (!this.#privateScopes.some((names) => names.has(node.name))) this.#outerPrivates.add(node.name);
        return;
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "FunctionDeclaration":
        return this.#function(node, place, false);
      case "ClassExpression":
      case "ClassDeclaration":
        return this.#class(node, place);
      case "BlockStatement":
      case "SwitchStatement":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "CatchClause":
        return this.#scoped(node, place);
      case "VariableDeclarator":
        this.#bindingDefaults(node.id, place);
        if (node.init) this.#walk(node.init, place);
        return;
      case "LabeledStatement":
        return this.#walk(node.body, place);
      case "BreakStatement":
      case "ContinueStatement":
        return;
      default:
        return this.#expression(node, place);
    }
  }

  #expression(node: AnyNode, place: Place): void {
    switch (node.type) {
      case "MemberExpression":
        if (node.object.type === "Identifier" && !node.computed && !node.optional && node.property.type === "Identifier") {
          return this.#refer(node.object.name, place, { read: true, member: node.property.name });
        }
        this.#walk(node.object, place);
        if (node.computed || node.property.type === "PrivateIdentifier") this.#walk(node.property, place);
        return;
      case "Property":
        if (node.computed) this.#walk(node.key, place);
        if (isFunction(node.value) && (node.method || node.kind !== "init")) return this.#function(node.value, place, true);
        return this.#walk(node.value, place);
      case "CallExpression":
        if (node.callee.type === "Identifier" && node.callee.name === "eval" && !place.scope.declares("eval")) this.#directEval = true;
        return this.#children(node, place);
      case "ImportExpression":
        this.#dynamicImport = true;
        return this.#children(node, place);
      case "UnaryExpression":
        if (node.operator !== "typeof" || node.argument.type !== "Identifier") return this.#walk(node.argument, place);
        return this.#refer(node.argument.name, place, { typeof: true });
      case "AssignmentExpression":
        if (node.left.type === "Identifier") this.#refer(node.left.name, place, { written: true, read: node.operator !== "=" });
        else this.#assigned(node.left, place);
        return this.#walk(node.right, place);
      case "UpdateExpression":
        if (node.argument.type !== "Identifier") return this.#walk(node.argument, place);
        return this.#refer(node.argument.name, place, { written: true, read: true });
      default:
        return this.#children(node, place);
    }
  }

  /** Nodes that open a block scope. */
  #scoped(node: AnyNode, outer: Place): void {
    const place: Place = { ...outer, scope: new Scope(outer.scope) };
    switch (node.type) {
      case "BlockStatement":
        declareLexical(node.body, place.scope);
        return this.#children(node, place);
      case "SwitchStatement":
        this.#walk(node.discriminant, outer);
        for (const branch of node.cases) declareLexical(branch.consequent, place.scope);
        for (const branch of node.cases) this.#children(branch, place);
        return;
      case "ForStatement":
        if (node.init?.type === "VariableDeclaration") declareLexical([node.init], place.scope);
        return this.#children(node, place);
      case "ForInStatement":
      case "ForOfStatement":
        if (node.left.type === "VariableDeclaration") {
          declareLexical([node.left], place.scope);
          this.#walk(node.left, place);
        } else this.#assigned(node.left, place);
        this.#walk(node.right, place);
        return this.#walk(node.body, place);
      case "CatchClause":
        if (node.param) {
          declarePattern(node.param, place.scope);
          this.#bindingDefaults(node.param, place);
        }
        return this.#walk(node.body, place);
      default:
        return this.#children(node, place);
    }
  }

  /** Default values and computed keys of a declared pattern; the names themselves are declarations. */
  #bindingDefaults(pattern: AnyNode, place: Place): void {
    this.#pattern(pattern, place, () => {});
  }

  /** The target of a destructuring assignment: its names are written. */
  #assigned(pattern: AnyNode, place: Place): void {
    this.#pattern(pattern, place, (name) => this.#refer(name, place, { written: true }));
  }

  #pattern(pattern: AnyNode, place: Place, onName: (name: string) => void): void {
    switch (pattern.type) {
      case "Identifier":
        return onName(pattern.name);
      case "AssignmentPattern":
        this.#pattern(pattern.left, place, onName);
        return this.#walk(pattern.right, place);
      case "RestElement":
        return this.#pattern(pattern.argument, place, onName);
      case "ArrayPattern":
        for (const element of pattern.elements) if (element) this.#pattern(element, place, onName);
        return;
      case "ObjectPattern":
        for (const property of pattern.properties) {
          if (property.type === "RestElement") {
            this.#pattern(property.argument, place, onName);
            continue;
          }
          if (property.computed) this.#walk(property.key, place);
          this.#pattern(property.value, place, onName);
        }
        return;
      default:
        return this.#walk(pattern, place);
    }
  }

  #children(node: AnyNode, place: Place): void {
    for (const child of childNodes(node)) this.#walk(child, place);
  }
}

/** The nodes directly below a node, in source order. */
export function childNodes(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (isNode(value)) children.push(value);
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) children.push(item);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string" && "start" in value;
}

function isFunction(node: AnyNode): node is FunctionExpression {
  return node.type === "FunctionExpression";
}

function declarePattern(pattern: AnyNode, scope: Scope): void {
  switch (pattern.type) {
    case "Identifier":
      scope.names.add(pattern.name);
      return;
    case "AssignmentPattern":
      return declarePattern(pattern.left, scope);
    case "RestElement":
      return declarePattern(pattern.argument, scope);
    case "ArrayPattern":
      for (const element of pattern.elements) if (element) declarePattern(element, scope);
      return;
    case "ObjectPattern":
      for (const property of pattern.properties)
        declarePattern(property.type === "RestElement" ? property.argument : property.value, scope);
      return;
    default:
      return;
  }
}

function declareLexical(statements: readonly AnyNode[], scope: Scope): void {
  for (const statement of statements) {
    if (statement.type === "VariableDeclaration" && statement.kind !== "var") {
      for (const declarator of statement.declarations) declarePattern(declarator.id, scope);
    } else if ((statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") && statement.id) {
      scope.names.add(statement.id.name);
    }
  }
}

function hoistVariables(node: AnyNode, scope: Scope): void {
  if (OWN_VARIABLES.has(node.type)) return;
  if (node.type === "VariableDeclaration" && node.kind === "var") {
    for (const declarator of node.declarations) declarePattern(declarator.id, scope);
  }
  for (const child of childNodes(node)) hoistVariables(child, scope);
}

/** Nodes whose `var` declarations are their own. */
const OWN_VARIABLES: ReadonlySet<string> = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ClassDeclaration",
  "ClassExpression",
]);
