import {
  unresolvedFunction,
  type Command,
  type Expression,
  type LogicalPlan,
  type ScriptBlock,
  type ScriptBranch,
  type ScriptHandler,
  type ScriptStatement,
} from "@vonk/dataframe/internal";
import { quoteIdentifier } from "@vonk/columnar/internal";
import { analysisError } from "../error/analysis-error.ts";
import { parseDeclare, parseSetVariable } from "./parse-routine-command.ts";
import type { TokenCursor } from "./token-cursor.ts";

/*
 * Scripts: `BEGIN … END` around statements, each ended by a semicolon. What is not part of the language of scripts is a statement as it stands alone,
 * except that SET is of variables.
 */

interface ScriptRules {
  readonly statement: (cursor: TokenCursor) => LogicalPlan;
  /** Labels around, folded: what LEAVE and ITERATE may name. True for those of loops. */
  readonly labels: ReadonlyMap<string, boolean>;
}

/** A whole script. @throws AnalysisError PARSE_SYNTAX_ERROR, LABELS_MISMATCH, INVALID_LABEL_USAGE.DOES_NOT_EXIST… */
export function parseScript(cursor: TokenCursor, statement: (cursor: TokenCursor) => LogicalPlan): Command {
  return { kind: "script", block: parseBlock(cursor, "", { statement, labels: new Map() }) };
}

function parseBlock(cursor: TokenCursor, label: string, rules: ScriptRules): ScriptBlock {
  cursor.expect("BEGIN");
  cursor.take("NOT", "ATOMIC");
  const inner = withLabel(rules, label, false);
  const conditions = new Map<string, string>();
  const variables: Extract<Command, { kind: "declareVariable" }>[] = [];
  const handlers: ScriptHandler[] = [];
  while (cursor.isWord("DECLARE")) {
    parseDeclaration(cursor, inner, { conditions, variables, handlers });
    cursor.expectSign(";");
  }
  const body = parseBody(cursor, inner);
  cursor.expect("END");
  endLabel(cursor, label);
  return { kind: "block", label, conditions, variables, handlers, body };
}

interface Declarations {
  readonly conditions: Map<string, string>;
  readonly variables: Extract<Command, { kind: "declareVariable" }>[];
  readonly handlers: ScriptHandler[];
}

function parseDeclaration(cursor: TokenCursor, rules: ScriptRules, { conditions, variables, handlers }: Declarations): void {
  const start = cursor.position;
  for (const then of ["exit", "continue"] as const) {
    if (cursor.take("DECLARE", then.toUpperCase(), "HANDLER")) {
      handlers.push(parseHandler(cursor, rules, then));
      return;
    }
  }
  if (cursor.isWord("CONDITION", 2)) {
    cursor.next();
    const name = cursor.name().toUpperCase();
    cursor.next();
    const state = cursor.take("FOR") ? parseState(cursor) : "45000";
    conditions.set(name, state);
    return;
  }
  const declared = parseDeclare(cursor);
  if (declared.kind !== "declareVariable") throw cursor.unexpected();
  if (declared.replace)
    throw analysisError("INVALID_VARIABLE_DECLARATION.REPLACE_LOCAL_VARIABLE", { varName: names(declared) }, cursor.originFrom(start));
  const qualified = declared.names.find((name) => name.length > 1);
  if (qualified !== undefined) {
    throw analysisError("INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE", { varName: names(declared) }, cursor.originFrom(start));
  }
  variables.push(declared);
}

function names(declared: Extract<Command, { kind: "declareVariable" }>): string {
  return declared.names.map((parts) => parts.map(quoteIdentifier).join(".")).join(", ");
}

function parseState(cursor: TokenCursor): string {
  cursor.expect("SQLSTATE");
  cursor.take("VALUE");
  return cursor.string();
}

function parseHandler(cursor: TokenCursor, rules: ScriptRules, then: ScriptHandler["then"]): ScriptHandler {
  cursor.expect("FOR");
  const conditions = cursor.list((): ScriptHandler["conditions"][number] => {
    if (cursor.at("SQLSTATE")) return { kind: "state", text: parseState(cursor) };
    if (cursor.take("NOT", "FOUND")) return { kind: "name", text: "NOT FOUND" };
    return { kind: "name", text: cursor.nameParts().join(".").toUpperCase() };
  });
  const isBlock = cursor.isWord("BEGIN");
  return { then, conditions, body: [isBlock ? parseBlock(cursor, "", rules) : parseScriptStatement(cursor, rules)] };
}

/** Statements up to what ends them: END, ELSE and their like. */
function parseBody(cursor: TokenCursor, rules: ScriptRules): ScriptStatement[] {
  const body: ScriptStatement[] = [];
  while (!["END", "ELSE", "ELSEIF", "WHEN", "UNTIL"].includes(cursor.word)) {
    if (cursor.isWord("DECLARE")) throw misplaced(cursor);
    body.push(parseScriptStatement(cursor, rules));
    cursor.expectSign(";");
  }
  return body;
}

function misplaced(cursor: TokenCursor): Error {
  if (["HANDLER", "CONDITION"].some((word) => cursor.isWord(word, 2))) return cursor.unexpected();
  const declared = parseDeclare(cursor);
  const varName = declared.kind === "declareVariable" ? names(declared) : "";
  return analysisError("INVALID_VARIABLE_DECLARATION.ONLY_AT_BEGINNING", { varName });
}

function parseScriptStatement(cursor: TokenCursor, rules: ScriptRules): ScriptStatement {
  const start = cursor.position;
  const label = parseLabel(cursor);
  if (label !== "" && rules.labels.has(label))
    throw analysisError("LABEL_ALREADY_EXISTS", { label: quoteIdentifier(label) }, cursor.originFrom(start));
  switch (cursor.word) {
    case "BEGIN":
      return parseBlock(cursor, label, rules);
    case "WHILE":
    case "REPEAT":
    case "LOOP":
    case "FOR":
      return parseLoop(cursor, label, withLabel(rules, label, true));
    default:
      break;
  }
  if (label !== "") throw cursor.unexpected();
  switch (cursor.word) {
    case "IF":
      return parseIf(cursor, rules);
    case "CASE":
      return parseCase(cursor, rules);
    case "LEAVE":
    case "ITERATE":
      return parseJump(cursor, rules);
    default:
      return parsePlain(cursor, rules);
  }
}

function parseLabel(cursor: TokenCursor): string {
  if (!cursor.isSign(":", 1)) return "";
  const label = cursor.name().toLowerCase();
  cursor.expectSign(":");
  return label;
}

function withLabel(rules: ScriptRules, label: string, isLoop: boolean): ScriptRules {
  return label === "" ? rules : { ...rules, labels: new Map([...rules.labels, [label, isLoop]]) };
}

/** The label may stand again at the end. @throws AnalysisError LABELS_MISMATCH, END_LABEL_WITHOUT_BEGIN_LABEL */
function endLabel(cursor: TokenCursor, label: string): void {
  if (cursor.done || cursor.isSign(";")) return;
  const start = cursor.position;
  const end = cursor.name().toLowerCase();
  if (end === label) return;
  const endText = quoteIdentifier(end);
  if (label === "") throw analysisError("END_LABEL_WITHOUT_BEGIN_LABEL", { endLabel: endText }, cursor.originFrom(start));
  throw analysisError("LABELS_MISMATCH", { beginLabel: quoteIdentifier(label), endLabel: endText }, cursor.originFrom(start));
}

function parseLoop(cursor: TokenCursor, label: string, rules: ScriptRules): ScriptStatement {
  const made = parseLoopOf(cursor, label, rules);
  endLabel(cursor, label);
  return made;
}

function parseLoopOf(cursor: TokenCursor, label: string, rules: ScriptRules): ScriptStatement {
  if (cursor.take("WHILE")) {
    const condition = cursor.rules.expression(cursor);
    cursor.expect("DO");
    const body = parseBody(cursor, rules);
    cursor.expect("END", "WHILE");
    return { kind: "while", label, condition, body };
  }
  if (cursor.take("REPEAT")) {
    const body = parseBody(cursor, rules);
    cursor.expect("UNTIL");
    const until = cursor.rules.expression(cursor);
    cursor.expect("END", "REPEAT");
    return { kind: "repeat", label, until, body };
  }
  if (cursor.take("LOOP")) {
    const body = parseBody(cursor, rules);
    cursor.expect("END", "LOOP");
    return { kind: "loop", label, body };
  }
  cursor.expect("FOR");
  const variable = cursor.isWord("AS", 1) ? cursor.name().toLowerCase() : "";
  if (variable !== "") cursor.next();
  cursor.beforeDo = true;
  const query = cursor.rules.query(cursor);
  cursor.beforeDo = false;
  cursor.expect("DO");
  const body = parseBody(cursor, rules);
  cursor.expect("END", "FOR");
  return { kind: "for", label, variable, query, body };
}

function parseIf(cursor: TokenCursor, rules: ScriptRules): ScriptStatement {
  const branches: ScriptBranch[] = [];
  cursor.expect("IF");
  do {
    const condition = cursor.rules.expression(cursor);
    cursor.expect("THEN");
    branches.push({ condition, body: parseBody(cursor, rules) });
  } while (cursor.take("ELSEIF"));
  const otherwise = cursor.take("ELSE") ? parseBody(cursor, rules) : [];
  cursor.expect("END", "IF");
  return { kind: "if", branches, otherwise };
}

/** CASE as a statement, of conditions or of values to compare with. */
function parseCase(cursor: TokenCursor, rules: ScriptRules): ScriptStatement {
  cursor.expect("CASE");
  const value = cursor.isWord("WHEN") ? undefined : cursor.rules.expression(cursor);
  const branches: ScriptBranch[] = [];
  while (cursor.take("WHEN")) {
    const written = cursor.rules.expression(cursor);
    const condition: Expression = value === undefined ? written : unresolvedFunction("=", [value, written]);
    cursor.expect("THEN");
    branches.push({ condition, body: parseBody(cursor, rules) });
  }
  const otherwise = cursor.take("ELSE") ? parseBody(cursor, rules) : [];
  cursor.expect("END", "CASE");
  return { kind: "if", branches, otherwise };
}

/** @throws AnalysisError INVALID_LABEL_USAGE… */
function parseJump(cursor: TokenCursor, { labels }: ScriptRules): ScriptStatement {
  const start = cursor.position;
  const kind = cursor.take("LEAVE") ? "leave" : (cursor.expect("ITERATE"), "iterate");
  const label = cursor.name().toLowerCase();
  const isLoop = labels.get(label);
  const params = { labelName: label.toUpperCase(), statementType: kind.toUpperCase() };
  if (isLoop === undefined) throw analysisError("INVALID_LABEL_USAGE.DOES_NOT_EXIST", params, cursor.originFrom(start));
  if (kind === "iterate" && !isLoop) throw analysisError("INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND", params, cursor.originFrom(start));
  return { kind, label };
}

function parsePlain(cursor: TokenCursor, { statement }: ScriptRules): ScriptStatement {
  const start = cursor.position;
  if (!cursor.isWord("SET")) {
    const plan = statement(cursor);
    return { kind: "statement", text: cursor.textFrom(start), plan };
  }
  cursor.next();
  if ((cursor.isWord("VARIABLE") || cursor.isWord("VAR")) && !cursor.isSign("=", 1)) cursor.next();
  const command = parseSetVariable(cursor);
  return { kind: "statement", text: cursor.textFrom(start), plan: { kind: "command", command } };
}
