import { asBytes, binaryCollation, quoteIfNeeded, sqlType, type DataType, type SQLValue } from "@vonk/columnar/internal";
import { childrenOf, typeOf, type Expression, type WindowFrame, type FrameBoundary } from "@vonk/dataframe/internal";
import { conversion, findFunction, type SessionValues } from "@vonk/expression/internal";
import { stringType } from "@vonk/columnar/internal";

/**
 * The name that Spark generates for a column: references by their last name, casts of the analyzer left out, text without quotes.
 * @see Spark's `toPrettySQL`
 */
export function prettyText(expression: Expression): string {
  return textOf(expression, true);
}

/** An expression as SQL, as errors show it. */
export function sqlText(expression: Expression): string {
  return textOf(expression, false);
}

const utc = { timeZone: "UTC", nowMicros: 0n, user: "", catalog: "", database: "", version: "" };

/** A constant: text in quotes when `quoted`, dates with their type. */
export function literalText(value: SQLValue, type: DataType, quoted: boolean, session: SessionValues = utc): string {
  if (value === null) return "NULL";
  const plain = conversion(type, stringType, { mode: "ansi", session })?.(value);
  const shown = typeof plain === "string" ? plain : "?";
  switch (type.kind) {
    case "string":
      if (type.collation !== binaryCollation) return `'${shown}' collate ${type.collation}`;
      return quoted ? `'${shown.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'` : shown;
    case "date":
    case "timestamp":
    case "timestamp_ntz":
    case "time":
      return `${sqlType(type).replace(/\(.*/, "")} '${shown}'`;
    case "long":
      return quoted ? `${shown}L` : shown;
    case "short":
      return quoted ? `${shown}S` : shown;
    case "byte":
      return quoted ? `${shown}Y` : shown;
    case "double":
      return quoted ? `${shown}D` : shown;
    case "decimal":
      return scientific(shown) + (quoted ? "BD" : "");
    case "binary":
      return `X'${Buffer.from(asBytes(value)).toString("hex").toUpperCase()}'`;
    default:
      return shown;
  }
}

/** A decimal as Java prints it: with an exponent when more than six zeros would stand behind the point. */
function scientific(shown: string): string {
  const [, sign = "", zeros = "", digits = ""] = /^(-?)0\.(0{6,})(\d+)$/.exec(shown) ?? [];
  if (digits === "" || zeros.length < 6) return shown;
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
  return `${sign}${digits[0] ?? ""}${fraction}E-${zeros.length + 1}`;
}

function textOf(expression: Expression, pretty: boolean): string {
  const inner = (child: Expression): string => textOf(child, pretty);
  switch (expression.kind) {
    case "unresolvedAttribute":
      return pretty ? expression.nameParts.join(".") : expression.nameParts.map(quoteIfNeeded).join(".");
    case "attribute":
    case "lambdaVariable":
      if ("metadata" in expression && expression.metadata?.["lateralAlias"] === true) return `lateralAliasReference(${expression.name})`;
      return pretty
        ? expression.name
        : [...("qualifier" in expression ? expression.qualifier : []), expression.name].map(quoteIfNeeded).join(".");
    case "literal":
      return expression.shown ?? literalText(expression.value, expression.dataType, !pretty);
    case "alias":
      return pretty ? inner(expression.child) : `${inner(expression.child)} AS ${quoteIfNeeded(expression.name)}`;
    case "cast":
      return expression.written || !pretty
        ? `${expression.mode === "try" ? "TRY_CAST" : "CAST"}(${inner(expression.child)} AS ${sqlType(expression.dataType)})`
        : inner(expression.child);
    case "caseWhen":
      return caseText(expression.whens.map(inner), expression.otherwise === undefined ? undefined : inner(expression.otherwise));
    case "outerReference":
      return pretty ? inner(expression.child) : `outer(${inner(expression.child)})`;
    case "unresolvedStar":
      return [...expression.target, "*"].join(".");
    case "sortOrder":
      return `${inner(expression.child)} ${expression.ascending ? "ASC" : "DESC"} NULLS ${expression.nullsFirst ? "FIRST" : "LAST"}`;
    case "unresolvedFunction":
    case "call":
    case "aggregate":
      return callText(expression, inner);
    case "userFunction":
      return `${expression.name}(${expression.args.map(inner).join(", ")})`;
    case "window":
      return windowText(expression, inner);
    case "subquery":
      return subqueryText(expression.form, expression.values.map(inner), expression.outer.map(inner).join(", "));
    case "lambda":
      return `lambdafunction(${[expression.body, ...expression.parameters].map(inner).join(", ")})`;
    case "boundReference":
      return `input[${expression.ordinal}]`;
    default:
      return `${expression.kind}(${childrenOf(expression).map(inner).join(", ")})`;
  }
}

function subqueryText(form: "scalar" | "exists" | "in", values: readonly string[], outer: string): string {
  if (form === "exists") return `exists(${outer})`;
  return form === "in"
    ? `(${values.length === 1 ? values.join() : `(${values.join(", ")})`} IN (listquery(${outer})))`
    : `scalarsubquery(${outer})`;
}

function caseText(whens: readonly string[], otherwise: string | undefined): string {
  const branches = whens.flatMap((text, index) => (index % 2 === 0 ? [`WHEN ${text} THEN ${whens[index + 1] ?? ""}`] : []));
  return `CASE ${branches.join(" ")}${otherwise === undefined ? "" : ` ELSE ${otherwise}`} END`;
}

function callText(
  expression: Extract<Expression, { kind: "unresolvedFunction" | "call" | "aggregate" }>,
  inner: (child: Expression) => string,
): string {
  const resolved = expression.kind !== "unresolvedFunction";
  const name = resolved ? (expression.alias ?? expression.name) : expression.nameParts.join(".");
  // A function or variable of the session: its text was made when it was resolved.
  if (resolved && expression.name === "routine_result") return name;
  if (resolved && expression.name === "getfield" && expression.alias !== undefined)
    return `${expression.args.slice(0, 1).map(inner).join("")}.${expression.alias}`;
  const args = expression.args.map((argument) =>
    argument.kind === "alias" && name === "struct" ? `${inner(argument.child)} AS ${argument.name}` : inner(argument),
  );
  const definition = findFunction(name);
  if (definition?.sql !== undefined) return definition.sql(args, name);
  const distinct = expression.kind !== "call" && expression.distinct ? "DISTINCT " : "";
  const star =
    name === "count" && args.length === 1 && (args[0] === "1" || args[0] === "*") && distinct === "" && isCountAll(expression)
      ? ["1"]
      : args;
  const filter = expression.kind !== "call" && expression.filter !== undefined ? ` FILTER (WHERE ${inner(expression.filter)})` : "";
  if (expression.kind === "aggregate" && expression.name === "listagg") {
    const [value = "", separator = "NULL"] = args;
    return `listagg(${distinct}${value}, ${separator})${withinOrder(expression.orderBy, inner)}${filter}`;
  }
  const within = expression.kind === "aggregate" && name.startsWith("percentile_") ? withinGroup(expression.orderBy, inner) : "";
  return `${mainNames[name] ?? name}(${distinct}${star.join(", ")})${within}${filter}`;
}

/** Aliases that Spark does not keep: columns are named after the function itself. */
const mainNames: Readonly<Record<string, string>> = { array_agg: "collect_list", signum: "SIGNUM" };

function withinOrder(orderBy: readonly Expression[], inner: (child: Expression) => string): string {
  return orderBy.length === 0 ? "" : ` WITHIN GROUP (ORDER BY ${orderBy.map(inner).join(", ")})`;
}

function withinGroup(orderBy: readonly Expression[], inner: (child: Expression) => string): string {
  if (orderBy.length === 0) return "";
  const keys = orderBy.map((key) => (key.kind === "sortOrder" ? `${inner(key.child)}${key.ascending ? "" : " DESC"}` : inner(key)));
  return ` WITHIN GROUP (ORDER BY ${keys.join(", ")})`;
}

function isCountAll(expression: Expression): boolean {
  const [argument] = childrenOf(expression);
  return argument?.kind === "unresolvedStar" || argument?.kind === "literal";
}

function windowText(expression: Extract<Expression, { kind: "window" }>, inner: (child: Expression) => string): string {
  const parts: string[] = [];
  if (expression.partitionBy.length > 0) parts.push(`PARTITION BY ${expression.partitionBy.map(inner).join(", ")}`);
  if (expression.orderBy.length > 0) parts.push(`ORDER BY ${expression.orderBy.map(inner).join(", ")}`);
  if (expression.frame !== undefined) parts.push(frameText(expression.frame, inner, convertsOffsets(expression)));
  return `${inner(expression.function)} OVER (${parts.join(" ")})`;
}

/** True when the ends of a frame are of another type than the order's: Spark then names them as computed. */
function convertsOffsets({ frame, orderBy }: Extract<Expression, { kind: "window" }>): boolean {
  const [order] = orderBy;
  const offset = frame?.lower.kind === "offset" ? frame.lower.value : undefined;
  const value = offset?.kind === "cast" && !offset.written ? offset.child : offset;
  if (frame?.unit !== "range" || order?.kind !== "sortOrder" || value?.kind !== "literal" || !isTyped(order.child)) return false;
  return typeOf(order.child).kind !== value.dataType.kind;
}

function isTyped(expression: Expression): boolean {
  return ["attribute", "call", "cast", "literal", "aggregate"].includes(expression.kind);
}

function frameText(frame: WindowFrame, inner: (child: Expression) => string, converts: boolean): string {
  const end = (boundary: FrameBoundary, side: "PRECEDING" | "FOLLOWING"): string => {
    if (boundary.kind === "current") return "CURRENT ROW";
    if (boundary.kind === "unbounded") return `UNBOUNDED ${side}`;
    if (converts && boundary.preceding) return `(- ${inner(boundary.value)}) FOLLOWING`;
    return `${inner(boundary.value)} ${boundary.preceding ? "PRECEDING" : "FOLLOWING"}`;
  };
  return `${frame.unit.toUpperCase()} BETWEEN ${end(frame.lower, "PRECEDING")} AND ${end(frame.upper, "FOLLOWING")}`;
}
