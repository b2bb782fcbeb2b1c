import { structField, type DataType, type StructField } from "@vonk/columnar/internal";
import type { Command, Expression, LogicalPlan, RoutineDefinition } from "@vonk/dataframe/internal";
import { analysisError } from "../error/analysis-error.ts";
import { parseDataType } from "./parse-type.ts";
import type { TokenCursor } from "./token-cursor.ts";

/** What stands behind `CREATE [OR REPLACE] [TEMPORARY] FUNCTION`. @throws AnalysisError PARSE_SYNTAX_ERROR, and what a function may not have */
export function parseCreateFunction(cursor: TokenCursor, replace: boolean, temporary: boolean): Command {
  const ifNotExists = cursor.take("IF", "NOT", "EXISTS");
  const nameParts = cursor.nameParts();
  const common = { nameParts, temporary, ifNotExists, replace };
  if (cursor.take("AS")) {
    cursor.string();
    cursor.rest();
    return { kind: "createFunction", routine: { ...common, parameters: [] } };
  }
  const parameters = cursor.parenthesised(() => parseParameter(cursor));
  const returns = parseReturns(cursor);
  parseCharacteristics(cursor);
  cursor.expect("RETURN");
  const body = startsQuery(cursor) ? cursor.rules.query(cursor) : cursor.rules.expression(cursor);
  const routine = { ...common, parameters, body, ...(returns === undefined ? {} : { returns }) };
  return { kind: "createFunction", routine };
}

function startsQuery(cursor: TokenCursor): boolean {
  return ["SELECT", "WITH", "FROM", "TABLE"].some((word) => cursor.isWord(word)) || (cursor.isWord("VALUES") && !cursor.isSign(".", 1));
}

function parseReturns(cursor: TokenCursor): RoutineDefinition["returns"] {
  if (!cursor.take("RETURNS")) return undefined;
  if (!cursor.at("TABLE")) return parseDataType(cursor);
  cursor.next();
  return cursor.isSign("(") ? cursor.parenthesised(() => parseReturnColumn(cursor)) : "table";
}

/** How it is written and what it reads: of no consequence here. */
function parseCharacteristics(cursor: TokenCursor): void {
  for (;;) {
    const plain = [
      ["LANGUAGE", "SQL"],
      ["NOT", "DETERMINISTIC"],
      ["DETERMINISTIC"],
      ["CONTAINS", "SQL"],
      ["READS", "SQL", "DATA"],
      ["SQL", "SECURITY", "DEFINER"],
      ["SQL", "SECURITY", "INVOKER"],
    ].some((words) => cursor.take(...words));
    if (plain) continue;
    if (!cursor.take("COMMENT")) return;
    cursor.string();
  }
}

function parseReturnColumn(cursor: TokenCursor): StructField {
  const { name, dataType } = parseParameter(cursor);
  return structField(name, dataType);
}

/** `name type [NOT NULL] [DEFAULT expression] [COMMENT text]`; what tables may say of columns besides is refused by name. */
function parseParameter(cursor: TokenCursor): { readonly name: string; readonly dataType: DataType; readonly otherwise?: Expression } {
  const start = cursor.position;
  const name = cursor.name();
  const dataType = parseDataType(cursor);
  let otherwise: Expression | undefined;
  for (;;) {
    if (cursor.take("NOT", "NULL")) {
      throw analysisError("USER_DEFINED_FUNCTIONS.NOT_NULL_ON_FUNCTION_PARAMETERS", { input: cursor.text }, undefined);
    } else if (cursor.at("GENERATED", "ALWAYS")) {
      throw analysisError("INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_GENERATED_COLUMNS_AS_PARAMETERS", {}, cursor.originFrom(start));
    } else if (["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "REFERENCES"].some((word) => cursor.isWord(word))) {
      throw analysisError("INVALID_SQL_SYNTAX.CREATE_FUNC_WITH_COLUMN_CONSTRAINTS", {}, cursor.originFrom(start));
    } else if (cursor.take("DEFAULT")) {
      otherwise = cursor.rules.expression(cursor);
    } else if (cursor.take("COMMENT")) {
      cursor.string();
    } else {
      return { name, dataType, ...(otherwise === undefined ? {} : { otherwise }) };
    }
  }
}

/** `DECLARE [OR REPLACE] [VARIABLE] name [, name …] [type] [{DEFAULT | =} expression]` */
export function parseDeclare(cursor: TokenCursor): Command {
  cursor.expect("DECLARE");
  const replace = cursor.take("OR", "REPLACE");
  if ((cursor.isWord("VARIABLE") || cursor.isWord("VAR")) && !cursor.isSign("=", 1)) cursor.next();
  if (cursor.at("IF", "NOT", "EXISTS")) {
    cursor.next();
    cursor.next();
    throw cursor.unexpected();
  }
  const names = cursor.list(() => cursor.nameParts());
  const typed = !cursor.done && !cursor.isWord("DEFAULT") && !cursor.isSign("=") && !cursor.isSign(";");
  const dataType = typed ? parseDataType(cursor) : undefined;
  const from = cursor.position + 1;
  const value = cursor.take("DEFAULT") || cursor.takeSign("=") ? cursor.rules.expression(cursor) : undefined;
  return {
    kind: "declareVariable",
    names,
    replace,
    valueText: value === undefined ? "NULL" : cursor.textFrom(from),
    ...(dataType === undefined ? {} : { dataType }),
    ...(value === undefined ? {} : { value }),
  };
}

/** Behind `SET VARIABLE`: `name = value [, …]`, or `(names) = (query)`. Several assignments are one, of a list of values. */
export function parseSetVariable(cursor: TokenCursor): Command {
  if (cursor.isSign("(")) {
    const start = cursor.position;
    const names = cursor.parenthesised(() => cursor.nameParts());
    if (names.length === 0) throw analysisError("INVALID_SET_SYNTAX", {}, cursor.originFrom(start));
    cursor.expectSign("=");
    cursor.expectSign("(");
    const value: LogicalPlan = cursor.rules.query(cursor);
    cursor.expectSign(")");
    return { kind: "setVariable", names, value };
  }
  const nameParts = cursor.nameParts();
  if (!cursor.takeSign("=")) cursor.expectSign("==");
  if (cursor.take("DEFAULT")) return { kind: "setVariable", names: [nameParts], value: "default" };
  return { kind: "setVariable", names: [nameParts], value: cursor.rules.expression(cursor) };
}

/** `EXECUTE IMMEDIATE text [INTO variables] [USING values]` */
export function parseExecuteImmediate(cursor: TokenCursor): Command {
  cursor.expect("EXECUTE");
  cursor.expect("IMMEDIATE");
  const text = cursor.rules.expression(cursor);
  const into = cursor.take("INTO") ? cursor.list(() => cursor.nameParts()) : [];
  const value = (): { readonly value: Expression; readonly name?: string } => {
    const expression = cursor.rules.expression(cursor);
    return cursor.take("AS") ? { value: expression, name: cursor.name() } : { value: expression };
  };
  const using = !cursor.take("USING") ? [] : cursor.isSign("(") ? cursor.parenthesised(value) : cursor.list(value);
  return { kind: "executeImmediate", text, into, using };
}
