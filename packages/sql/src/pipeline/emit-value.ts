import { assert } from "@vonk/common/internal";
import { asNumber, asText } from "@vonk/columnar/internal";
import { typeOf, type Call, type CaseWhen, type Expression, type Literal } from "@vonk/dataframe/internal";
import { address, f64, i32, i64, select, type Expression as Code } from "@vonk/wasm";
import { emitDateField } from "./emit-date.ts";
import { emitLike, textLiteral } from "./emit-like.ts";
import { keyText } from "@vonk/expression/internal";
import { scaleFactors, scaleOf } from "./operand-scale.ts";
import type { RowScope } from "./row-scope.ts";
import { maskColumn, maskName } from "./text-mask.ts";
import { bothValid, isTrue, kept, type Valid, type ValueCode } from "./value-code.ts";

type Integer = Extract<ValueCode, { kind: "integer" }>;
type BooleanCode = Extract<ValueCode, { kind: "boolean" }>;

/** Code for an expression at a position. It is known to be compilable, and its integers to fit into 64 bits. */
export function emitValue(expression: Expression, scope: RowScope): ValueCode {
  const masked = emitMask(expression, scope);
  if (masked !== undefined) return masked;
  switch (expression.kind) {
    case "alias":
      return emitValue(expression.child, scope);
    case "boundReference":
      return scope.column(expression.ordinal);
    case "literal":
      return emitLiteral(expression, scope);
    case "cast":
      return emitCast(expression, scope);
    case "caseWhen":
      return emitCase(expression, scope);
    default:
      assert(expression.kind === "call", "other expressions are not compiled");
      return emitCall(expression, scope);
  }
}

/** Code for a condition: 1 where it is true. */
export function emitCondition(expression: Expression, scope: RowScope): Code<"i32"> {
  return isTrue(emitBoolean(expression, scope));
}

/** A condition on a text that has a dictionary was answered for each of its values. */
function emitMask(expression: Expression, scope: RowScope): BooleanCode | undefined {
  const ordinal = maskColumn(expression, scope.shape);
  if (ordinal === undefined) return undefined;
  const { context, f } = scope.stage;
  const name = maskName(expression, ordinal);
  const mask = context.address(name, (from) => from.mask(expression, ordinal));
  const answer = f.let(i32.load8_u(address.at(mask, scope.dictionaryCode(ordinal), 1)));
  const valid = scope.valid(ordinal);
  return { kind: "boolean", code: i32.and(answer, 1), valid: bothValid(valid, i32.lt_u(answer, 2)) };
}

/** @param factor what a number is multiplied by, here and not at each row */
function emitLiteral({ value, dataType }: Literal, scope: RowScope, factor = 1n): ValueCode {
  const { context } = scope.stage;
  const valid = value === null ? i32.const(0) : undefined;
  const key = `${dataType.kind}:${keyText(value)}${factor === 1n ? "" : ` * ${factor}`}`;
  if (dataType.kind === "string") {
    return { kind: "text", code: value === null ? i64.const(0n) : textLiteral(context, asText(value)), valid };
  }
  if (dataType.kind === "boolean") return { kind: "boolean", code: i32.const(value === true ? 1 : 0), valid };
  if (dataType.kind === "double")
    return { kind: "double", code: value === null ? f64.const(0) : context.f64(key, () => asNumber(value)), valid };
  const number = value === null ? 0n : typeof value === "bigint" ? value : BigInt(asNumber(value));
  return { kind: "integer", code: value === null ? i64.const(0n) : context.i64(key, () => number * factor), valid };
}

function emitInteger(expression: Expression, scope: RowScope): Integer {
  const value = emitValue(expression, scope);
  assert(value.kind === "integer", "the operand is an integer");
  return value;
}

function emitBoolean(expression: Expression, scope: RowScope): BooleanCode {
  const value = emitValue(expression, scope);
  assert(value.kind === "boolean", "the operand is a condition");
  return value;
}

/** Casts to wider integers, to decimals of at least as many digits, and of integers to doubles. */
function emitCast(expression: Extract<Expression, { kind: "cast" }>, scope: RowScope): ValueCode {
  const from = typeOf(expression.child);
  const { dataType } = expression;
  const value = emitValue(expression.child, scope);
  if (dataType.kind === "double" && value.kind === "integer") {
    return { kind: "double", code: f64.convert_i64_s(value.code), valid: value.valid };
  }
  if (dataType.kind !== "decimal" || value.kind !== "integer") return value;
  return { ...value, code: times(value.code, 10n ** BigInt(dataType.scale - scaleOf(from))) };
}

function times(code: Code<"i64">, factor: bigint): Code<"i64"> {
  return factor === 1n ? code : i64.mul(code, factor);
}

function emitCase({ whens, otherwise }: CaseWhen, scope: RowScope): ValueCode {
  const { f } = scope.stage;
  const [, firstValue] = whens;
  assert(firstValue !== undefined, "a CASE has a branch");
  let result: ValueCode | undefined = otherwise === undefined ? undefined : kept(f, emitValue(otherwise, scope));
  for (let index = whens.length - 2; index >= 0; index -= 2) {
    const condition = whens[index];
    const branch = whens[index + 1];
    assert(condition !== undefined && branch !== undefined, "conditions and values alternate");
    const chosen = f.let(emitCondition(condition, scope));
    result = kept(f, either(chosen, kept(f, emitValue(branch, scope)), result));
  }
  assert(result !== undefined, "a CASE has a branch");
  return result;
}

/** One value or another; without another it is null. */
function either(condition: Code<"i32">, then: ValueCode, otherwise: ValueCode | undefined): ValueCode {
  const valid = eitherValid(condition, then.valid, otherwise === undefined ? i32.const(0) : otherwise.valid);
  if (otherwise === undefined) return { ...then, valid };
  if (then.kind === "double" && otherwise.kind === "double") return { ...then, code: select(condition, then.code, otherwise.code), valid };
  if (then.kind === "boolean" && otherwise.kind === "boolean")
    return { ...then, code: select(condition, then.code, otherwise.code), valid };
  assert(then.kind === otherwise.kind && (then.kind === "integer" || then.kind === "text"), "branches have one type");
  assert(otherwise.kind === "integer" || otherwise.kind === "text", "branches have one type");
  return { ...then, code: select(condition, then.code, otherwise.code), valid };
}

function eitherValid(condition: Code<"i32">, then: Valid, otherwise: Valid): Valid {
  if (then === undefined && otherwise === undefined) return undefined;
  return select(condition, then ?? i32.const(1), otherwise ?? i32.const(1));
}

function emitCall(expression: Call, scope: RowScope): ValueCode {
  const { name, args } = expression;
  switch (name) {
    case "and":
    case "or":
      return args.map((argument) => emitBoolean(argument, scope)).reduce((left, right) => connect(scope, name, left, right));
    case "not": {
      const value = emitBoolean(first(args), scope);
      return { ...value, code: i32.eqz(value.code) };
    }
    case "isnull":
    case "isnotnull": {
      const { valid } = emitValue(first(args), scope);
      const code = name === "isnull" ? (valid === undefined ? i32.const(0) : i32.eqz(valid)) : (valid ?? i32.const(1));
      return { kind: "boolean", code, valid: undefined };
    }
    case "in":
      return args
        .slice(1)
        .map((item) => comparison(scope, "=", first(args), item))
        .reduce((left, right) => connect(scope, "or", left, right));
    case "between":
      return connect(scope, "and", comparison(scope, ">=", first(args), at(args, 1)), comparison(scope, "<=", first(args), at(args, 2)));
    case "coalesce":
      return emitCoalesce(args, scope);
    case "like":
      return emitLike(expression, (argument) => emitValue(argument, scope), scope);
    case "substring":
      return emitSubstring(args, scope);
    case "year":
    case "month":
    case "day":
      return { ...emitInteger(first(args), scope), code: emitDateField(scope.stage.f, name, emitInteger(first(args), scope).code) };
    case "+":
    case "-":
    case "*":
      return arithmetic(expression, scope);
    default:
      return comparison(scope, name, first(args), at(args, 1));
  }
}

function emitCoalesce(args: readonly Expression[], scope: RowScope): ValueCode {
  const { f } = scope.stage;
  return args
    .map((argument) => kept(f, emitValue(argument, scope)))
    .reduceRight((rest, value) => (value.valid === undefined ? value : kept(f, either(value.valid, { ...value, valid: undefined }, rest))));
}

function emitSubstring(args: readonly Expression[], scope: RowScope): ValueCode {
  const value = emitValue(first(args), scope);
  const [, position, count] = args;
  assert(value.kind === "text" && position?.kind === "literal", "substring is of a text from a constant on");
  const from = Math.max(0, asNumber(position.value ?? 1) - 1);
  const length = count?.kind === "literal" ? asNumber(count.value ?? 0) : 2 ** 31 - 1;
  return { ...value, code: scope.text.slice(value.code, i32.const(from), i32.const(length)) };
}

function connect(scope: RowScope, name: "and" | "or", left: BooleanCode, right: BooleanCode): BooleanCode {
  const { f } = scope.stage;
  const join = name === "and" ? i32.and : i32.or;
  if (left.valid === undefined && right.valid === undefined)
    return { kind: "boolean", code: join(left.code, right.code), valid: undefined };
  const a = kept(f, left);
  const b = kept(f, right);
  assert(a.kind === "boolean" && b.kind === "boolean", "conditions stay conditions");
  // One side decides alone when it is valid and false (AND) or true (OR).
  const decides = (side: BooleanCode): Code<"i32"> => {
    const value = name === "and" ? i32.eqz(side.code) : side.code;
    return side.valid === undefined ? value : i32.and(side.valid, value);
  };
  const known = bothValid(a.valid, b.valid) ?? i32.const(1);
  const decided = f.let(i32.or(decides(a), decides(b)));
  const code = name === "and" ? i32.and(i32.eqz(decided), i32.and(a.code, b.code)) : i32.or(decided, i32.or(a.code, b.code));
  return { kind: "boolean", code, valid: i32.or(known, decided) };
}

function arithmetic(expression: Call, scope: RowScope): ValueCode {
  const { name, args } = expression;
  const [a = 1n, b = 1n] = scaleFactors(name, args);
  const left = emitScaled(first(args), scope, a);
  const right = emitScaled(at(args, 1), scope, b);
  const valid = bothValid(left.valid, right.valid);
  if (left.kind === "double" && right.kind === "double") {
    const operate = name === "+" ? f64.add : name === "-" ? f64.sub : f64.mul;
    return { kind: "double", code: operate(left.code, right.code), valid };
  }
  assert(left.kind === "integer" && right.kind === "integer", "operands are numbers of one kind");
  const operate = name === "+" ? i64.add : name === "-" ? i64.sub : i64.mul;
  return { kind: "integer", code: operate(left.code, right.code), valid };
}

/** An operand with as many digits behind the point as the other has. */
function emitScaled(expression: Expression, scope: RowScope, factor: bigint): ValueCode {
  if (expression.kind === "literal") return emitLiteral(expression, scope, factor);
  const value = emitValue(expression, scope);
  return value.kind === "integer" ? { ...value, code: times(value.code, factor) } : value;
}

const orders = new Map([
  ["=", [i64.eq, i32.eq, f64.eq] as const],
  ["<", [i64.lt_s, i32.lt_s, f64.lt] as const],
  ["<=", [i64.le_s, i32.le_s, f64.le] as const],
  [">", [i64.gt_s, i32.gt_s, f64.gt] as const],
  [">=", [i64.ge_s, i32.ge_s, f64.ge] as const],
]);

/** Names of comparisons that are compiled. */
export function isComparison(name: string): boolean {
  return orders.has(name);
}

function comparison(scope: RowScope, name: string, first: Expression, second: Expression): BooleanCode {
  const order = orders.get(name);
  assert(order !== undefined, "other calls are not compiled");
  const [ofIntegers, ofSmall, ofDoubles] = order;
  const left = emitValue(first, scope);
  const right = emitValue(second, scope);
  const valid = bothValid(left.valid, right.valid);
  if (left.kind === "integer" && right.kind === "integer") return { kind: "boolean", code: ofIntegers(left.code, right.code), valid };
  if (left.kind === "boolean" && right.kind === "boolean") return { kind: "boolean", code: ofSmall(left.code, right.code), valid };
  if (left.kind === "double" && right.kind === "double") return { kind: "boolean", code: ofDoubles(left.code, right.code), valid };
  assert(left.kind === "text" && right.kind === "text", "both sides have one type");
  if (name === "=") return { kind: "boolean", code: scope.stage.f.let(scope.text.equal(left.code, right.code)), valid };
  return { kind: "boolean", code: ofSmall(scope.stage.f.let(scope.text.compare(left.code, right.code)), i32.const(0)), valid };
}

function first(args: readonly Expression[]): Expression {
  return at(args, 0);
}

function at(args: readonly Expression[], index: number): Expression {
  const argument = args[index];
  assert(argument !== undefined, "a call has its arguments");
  return argument;
}
