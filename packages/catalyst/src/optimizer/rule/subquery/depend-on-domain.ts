import { booleanType, integerType } from "@vonk/columnar/internal";
import {
  aggregateCall,
  alias,
  call,
  caseWhen,
  collect,
  conjunction,
  integerLiteral,
  literal,
  outputOf,
  planChildren,
  planExpressions,
  toAttribute,
  transformDown,
  trueLiteral,
  typeOf,
  type Aggregate,
  type Attribute,
  type Expression,
  type Join,
  type LogicalPlan,
  type NamedExpression,
  type OuterReference,
  type Union,
} from "@vonk/dataframe/internal";
import type { SessionValues } from "@vonk/expression/internal";
import {} from "../../../tree/attributes.ts";
import { isCorrelatedPlan, refuseCorrelation } from "./pull-up-correlation.ts";
import { valueOfNoRows } from "./value-without-rows.ts";

/** A subquery's plan for all values of the outer query at once. */
export interface OverDomain {
  readonly plan: LogicalPlan;
  /** Of the outer query's columns, in the order of {@link outerColumns}: the plan's columns that say for which values a row was made. */
  readonly domain: readonly Attribute[];
}

/** The columns of the outer query that a subquery's plan refers to, each once. */
export function outerColumns(plan: LogicalPlan, outer: ReadonlySet<number>): Attribute[] {
  const found = new Map<number, Attribute>();
  const visit = (node: LogicalPlan): void => {
    for (const expression of planExpressions(node)) {
      for (const { child } of collect(expression, (item): item is OuterReference => item.kind === "outerReference")) {
        if (child.kind === "attribute" && outer.has(child.exprId)) found.set(child.exprId, child);
      }
    }
    planChildren(node).forEach(visit);
  };
  visit(plan);
  return [...found.values()];
}

/**
 * A correlated plan without references to the outer query: it is computed for each of the different values that the outer query has (the
 * domain), which its rows carry along. The way that always works, and dearer than {@link pullUpCorrelation}, which joins no domain.
 *
 * The domain is pushed down to where the references are: filters and projections just see it, aggregates and windows are by it, limits count
 * by it, a join takes it to the sides that refer to it. An aggregate without groups gives a row for each value, also for those without input.
 *
 * @throws AnalysisError UNSUPPORTED_SUBQUERY_EXPRESSION_CATEGORY.UNSUPPORTED_CORRELATED_REFERENCE for the few nodes that cannot
 * @see Neumann and Kemper, "Unnesting Arbitrary Queries" (2015)
 */
export function dependOnDomain(plan: LogicalPlan, left: LogicalPlan, columns: readonly Attribute[], session: SessionValues): OverDomain {
  const makeDomain = (): OverDomain => {
    const items = columns.map((column) => alias(column, column.name));
    const projected: LogicalPlan = { kind: "project", projections: items, child: left };
    return { plan: { kind: "distinct", child: projected }, domain: items.map(toAttribute) };
  };
  return new DomainPush(columns, makeDomain, session).push(plan);
}

/** Rows of one value and of the other belong together. */
export function sameDomain(left: readonly Expression[], right: readonly Expression[]): Expression {
  return conjunction(left.map((column, index) => call("<=>", [column, right[index] ?? column], booleanType, { nullable: false })));
}

class DomainPush {
  readonly #columns: readonly Attribute[];
  readonly #makeDomain: () => OverDomain;
  readonly #session: SessionValues;

  constructor(columns: readonly Attribute[], makeDomain: () => OverDomain, session: SessionValues) {
    this.#columns = columns;
    this.#makeDomain = makeDomain;
    this.#session = session;
  }

  push(plan: LogicalPlan): OverDomain {
    if (!isCorrelatedPlan(plan)) return this.#beside(plan);
    switch (plan.kind) {
      case "filter": {
        const below = this.push(plan.child);
        return { ...below, plan: { ...plan, condition: this.#inside(plan.condition, below.domain), child: below.plan } };
      }
      case "project": {
        const below = this.push(plan.child);
        const projections = plan.projections.map((item) => this.#inside(item, below.domain));
        return { ...below, plan: { ...plan, projections: [...below.domain, ...projections], child: below.plan } };
      }
      case "aggregate":
        return plan.groupings.length === 0 ? this.#throughTotal(plan) : this.#throughAggregate(plan);
      case "window": {
        const below = this.push(plan.child);
        const change = (item: Expression): Expression => this.#inside(item, below.domain);
        const windowExpressions = plan.windowExpressions.map((item) => withPartition(change(item), below.domain));
        const partitionBy = [...below.domain, ...plan.partitionBy.map(change)];
        return { ...below, plan: { ...plan, windowExpressions, partitionBy, orderBy: plan.orderBy.map(change), child: below.plan } };
      }
      case "subqueryAlias":
      case "sort":
        return this.push(plan.child);
      case "distinct": {
        const below = this.push(plan.child);
        return { ...below, plan: { ...plan, child: below.plan } };
      }
      case "limit":
        return this.#throughLimit(plan.child, undefined, plan.limit);
      case "offset":
        return this.#throughLimit(plan.child, plan.offset, undefined);
      case "generate": {
        const below = this.push(plan.child);
        return { ...below, plan: { ...plan, generator: this.#inside(plan.generator, below.domain), child: below.plan } };
      }
      case "union":
        return this.#throughUnion(plan);
      case "setOperation": {
        const [left, right] = [this.#domainFirst(plan.left), this.#domainFirst(plan.right)];
        return { domain: left.domain, plan: { ...plan, left: left.plan, right: right.plan } };
      }
      case "join":
        return this.#throughJoin(plan);
      default:
        throw refuseCorrelation(plan);
    }
  }

  /** Each row of a plan for each value. */
  #beside(plan: LogicalPlan): OverDomain {
    const domain = this.#makeDomain();
    if (plan.kind === "oneRow") return domain;
    return { ...domain, plan: { kind: "join", left: domain.plan, right: plan, joinType: "cross", lateral: false } };
  }

  /** References to the outer query as columns of the domain. */
  #inside(expression: Expression, domain: readonly Attribute[]): Expression {
    return transformDown(expression, (node) => {
      if (node.kind !== "outerReference" || node.child.kind !== "attribute") return node;
      const { exprId } = node.child;
      return domain[this.#columns.findIndex((column) => column.exprId === exprId)] ?? node;
    });
  }

  #throughAggregate(plan: Aggregate): OverDomain {
    const below = this.push(plan.child);
    const groupings = [...below.domain, ...plan.groupings.map((item) => this.#inside(item, below.domain))];
    const aggregates = [...below.domain, ...plan.aggregates.map((item) => this.#inside(item, below.domain))];
    return { ...below, plan: { ...plan, groupings, aggregates, child: below.plan } };
  }

  /** One group a value: those that no row has come from the domain, with what the aggregate gives for no rows. */
  #throughTotal(plan: Aggregate): OverDomain {
    const { plan: grouped, domain } = this.#throughAggregate(plan);
    const all = this.#makeDomain();
    const marker = alias(trueLiteral, "present");
    const marked: LogicalPlan = { kind: "project", projections: [...outputOf(grouped), marker], child: grouped };
    const joined: Join = {
      kind: "join",
      left: all.plan,
      right: marked,
      joinType: "left",
      lateral: false,
      condition: sameDomain(all.domain, domain),
    };
    const missing = call("isnull", [{ ...toAttribute(marker), nullable: true }], booleanType, { nullable: false });
    const projections = plan.aggregates.filter(isNamed).map((item) => {
      const column = { ...toAttribute(item), nullable: true };
      const empty = valueOfNoRows(item, this.#session);
      if (empty === null) return column;
      return alias(caseWhen([missing, literal(empty, typeOf(item))], column), column.name, { exprId: column.exprId });
    });
    return { domain: all.domain, plan: { kind: "project", projections: [...all.domain, ...projections], child: joined } };
  }

  /** Rows are counted for each value, in the order of the sort below. */
  #throughLimit(child: LogicalPlan, offset: Expression | undefined, limit: Expression | undefined): OverDomain {
    const inner = limit !== undefined && child.kind === "offset" ? child : undefined;
    const skipped = offset ?? inner?.offset;
    const source = inner?.child ?? child;
    const below = this.push(source);
    const orderBy = source.kind === "sort" ? source.order.map((item) => this.#inside(item, below.domain)) : [];
    const number = aggregateCall("row_number", [], integerType, { nullable: false });
    const frame = { unit: "rows", lower: { kind: "unbounded" }, upper: { kind: "current" } } as const;
    const item = alias({ kind: "window", function: number, partitionBy: below.domain, orderBy, frame }, "row_number");
    const numbered: LogicalPlan = { kind: "window", windowExpressions: [item], partitionBy: below.domain, orderBy, child: below.plan };
    const at = toAttribute(item);
    const conditions = [
      ...(skipped === undefined ? [] : [call(">", [at, skipped], booleanType)]),
      ...(limit === undefined
        ? []
        : [call("<=", [at, skipped === undefined ? limit : call("+", [skipped, limit], integerType)], booleanType)]),
    ];
    const kept: LogicalPlan = { kind: "filter", condition: conjunction(conditions), child: numbered };
    return { ...below, plan: { kind: "project", projections: outputOf(below.plan), child: kept } };
  }

  /** The plan with the domain's columns before its own, in that order. */
  #domainFirst(plan: LogicalPlan): OverDomain {
    const below = this.push(plan);
    const columns = outputOf(plan).map(({ exprId }) => exprId);
    const output = new Map(outputOf(below.plan).map((column) => [column.exprId, column]));
    const own = columns.flatMap((exprId) => output.get(exprId) ?? []);
    return { ...below, plan: { kind: "project", projections: [...below.domain, ...own], child: below.plan } };
  }

  #throughUnion(plan: Union): OverDomain {
    const children = plan.children.map((child) => this.#domainFirst(child));
    const domain = children[0]?.domain ?? [];
    return { domain, plan: { ...plan, children: children.map((child) => child.plan) } };
  }

  #throughJoin(plan: Join): OverDomain {
    const symmetric = plan.joinType === "inner" || plan.joinType === "cross";
    if (plan.joinType === "right" || plan.joinType === "full") throw refuseCorrelation(plan);
    const inRight = isCorrelatedPlan(plan.right);
    const inLeft = isCorrelatedPlan(plan.left);
    if (symmetric && inRight && !inLeft) {
      const right = this.push(plan.right);
      return { domain: right.domain, plan: this.#joined(plan, plan.left, right.plan, right.domain, undefined) };
    }
    const left = this.push(plan.left);
    if (!inRight) return { domain: left.domain, plan: this.#joined(plan, left.plan, plan.right, left.domain, undefined) };
    const right = this.push(plan.right);
    return {
      domain: left.domain,
      plan: this.#joined(plan, left.plan, right.plan, left.domain, sameDomain(left.domain, right.domain)),
    };
  }

  #joined(plan: Join, left: LogicalPlan, right: LogicalPlan, domain: readonly Attribute[], same: Expression | undefined): LogicalPlan {
    const { condition, ...rest } = plan;
    const written = condition === undefined ? [] : [this.#inside(condition, domain)];
    const all = [...written, ...(same === undefined ? [] : [same])];
    const joinType = plan.joinType === "cross" && all.length > 0 ? "inner" : plan.joinType;
    return { ...rest, left, right, joinType, ...(all.length === 0 ? {} : { condition: conjunction(all) }) };
  }
}

function isNamed(expression: Expression): expression is NamedExpression {
  return expression.kind === "alias" || expression.kind === "attribute";
}

function withPartition(expression: Expression, domain: readonly Attribute[]): Expression {
  return transformDown(expression, (node) => (node.kind === "window" ? { ...node, partitionBy: [...domain, ...node.partitionBy] } : node));
}

/** A scalar subquery's rows, one a value: a second one is an error when it is asked for. */
export function oneRowEach({ plan, domain }: OverDomain, column: Attribute): { readonly plan: LogicalPlan; readonly value: Attribute } {
  const first = aggregateCall("first", [column], column.dataType);
  const rows = aggregateCall("count", [integerLiteral(1)], { kind: "long" }, { nullable: false });
  const single = alias(call("single_row", [rows, first], column.dataType, { nullable: true }), column.name);
  const grouped: LogicalPlan = { kind: "aggregate", groupings: domain, aggregates: [...domain, single], child: plan };
  return { plan: grouped, value: toAttribute(single) };
}
