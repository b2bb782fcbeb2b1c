import { assert } from "@vonk/common/internal";
import type { Expression, ExpressionKind, FrameBoundary, WindowFrame } from "./expression.ts";

type Of<Kind extends ExpressionKind> = Extract<Expression, { kind: Kind }>;

/** What traversals need of a kind: its children in order, and the same node with others in their place. Subquery plans are no children. */
interface Shape<Node> {
  readonly children: (node: Node) => readonly Expression[];
  /** `children` has the length and the order of what `children` gave. */
  readonly rebuild: (node: Node, children: readonly Expression[]) => Node;
}

const none: readonly Expression[] = [];
function leaf<Node>(): Shape<Node> {
  return { children: () => none, rebuild: (node) => node };
}

/** Takes expressions from a list one after the other; the lists that `rebuild` gets are as long as it needs. */
class Cursor {
  readonly #list: readonly Expression[];
  #at = 0;

  constructor(list: readonly Expression[]) {
    this.#list = list;
  }

  one(): Expression {
    const item = this.#list[this.#at++];
    assert(item !== undefined, "an expression is rebuilt from as many children as it has");
    return item;
  }

  many(count: number): Expression[] {
    return Array.from({ length: count }, () => this.one());
  }

  optional(before: Expression | undefined): Expression | undefined {
    return before === undefined ? undefined : this.one();
  }
}

function frameChildren(frame: WindowFrame | undefined): Expression[] {
  return [frame?.lower, frame?.upper].flatMap((end) => (end?.kind === "offset" ? [end.value] : []));
}

function rebuildFrame(frame: WindowFrame, cursor: Cursor): WindowFrame {
  const end = (boundary: FrameBoundary): FrameBoundary => (boundary.kind === "offset" ? { ...boundary, value: cursor.one() } : boundary);
  return { unit: frame.unit, lower: end(frame.lower), upper: end(frame.upper) };
}

function withOptional<Node extends object, Key extends string>(node: Node, key: Key, value: Expression | undefined): Node {
  return value === undefined ? node : { ...node, [key]: value };
}

/** One entry a kind: a new kind does not compile until its shape stands here. */
export const expressionShapes: { readonly [Kind in ExpressionKind]: Shape<Of<Kind>> } = {
  unresolvedAttribute: leaf(),
  unresolvedStar: leaf(),
  parameter: leaf(),
  unparsed: leaf(),
  literal: leaf(),
  attribute: leaf(),
  lambdaVariable: leaf(),
  boundReference: leaf(),
  unresolvedFunction: {
    children: (node) => [...node.args, ...node.orderWithinGroup, ...(node.filter === undefined ? none : [node.filter])],
    rebuild: (node, children) => {
      const cursor = new Cursor(children);
      const args = cursor.many(node.args.length);
      const orderWithinGroup = cursor.many(node.orderWithinGroup.length);
      return withOptional({ ...node, args, orderWithinGroup }, "filter", cursor.optional(node.filter));
    },
  },
  unresolvedExtract: {
    children: (node) => [node.child, node.key],
    rebuild: (node, children) => {
      const cursor = new Cursor(children);
      return { ...node, child: cursor.one(), key: cursor.one() };
    },
  },
  namedArgument: { children: (node) => [node.value], rebuild: (node, children) => ({ ...node, value: new Cursor(children).one() }) },
  multiAlias: { children: (node) => [node.child], rebuild: (node, children) => ({ ...node, child: new Cursor(children).one() }) },
  alias: { children: (node) => [node.child], rebuild: (node, children) => ({ ...node, child: new Cursor(children).one() }) },
  cast: { children: (node) => [node.child], rebuild: (node, children) => ({ ...node, child: new Cursor(children).one() }) },
  outerReference: { children: (node) => [node.child], rebuild: (node, children) => ({ ...node, child: new Cursor(children).one() }) },
  sortOrder: { children: (node) => [node.child], rebuild: (node, children) => ({ ...node, child: new Cursor(children).one() }) },
  caseWhen: {
    children: (node) => (node.otherwise === undefined ? node.whens : [...node.whens, node.otherwise]),
    rebuild: (node, children) => {
      const cursor = new Cursor(children);
      return withOptional({ ...node, whens: cursor.many(node.whens.length) }, "otherwise", cursor.optional(node.otherwise));
    },
  },
  lambda: {
    children: (node) => [node.body, ...node.parameters],
    rebuild: (node, children) => {
      const cursor = new Cursor(children);
      return { ...node, body: cursor.one(), parameters: cursor.many(node.parameters.length) };
    },
  },
  window: {
    children: (node) => [node.function, ...node.partitionBy, ...node.orderBy, ...frameChildren(node.frame)],
    rebuild: (node, children) => {
      const cursor = new Cursor(children);
      const rebuilt = {
        ...node,
        function: cursor.one(),
        partitionBy: cursor.many(node.partitionBy.length),
        orderBy: cursor.many(node.orderBy.length),
      };
      return node.frame === undefined ? rebuilt : { ...rebuilt, frame: rebuildFrame(node.frame, cursor) };
    },
  },
  subquery: {
    children: (node) => [...node.values, ...node.outer],
    rebuild: (node, children) => {
      const cursor = new Cursor(children);
      return { ...node, values: cursor.many(node.values.length), outer: cursor.many(node.outer.length) };
    },
  },
  userFunction: { children: (node) => node.args, rebuild: (node, children) => ({ ...node, args: children }) },
  call: { children: (node) => node.args, rebuild: (node, children) => ({ ...node, args: children }) },
  aggregate: {
    children: (node) => [...node.args, ...node.orderBy, ...(node.filter === undefined ? none : [node.filter])],
    rebuild: (node, children) => {
      const cursor = new Cursor(children);
      const args = cursor.many(node.args.length);
      const orderBy = cursor.many(node.orderBy.length);
      return withOptional({ ...node, args, orderBy }, "filter", cursor.optional(node.filter));
    },
  },
};
