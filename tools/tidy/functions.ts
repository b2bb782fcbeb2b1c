import { lineAt } from "./repository.ts";

/** A function with a body, its header's line and its length in lines. */
export interface FunctionSpan {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

const control = /^(if|for|while|switch|catch|with|else|do|try|finally|return|class|interface|namespace|enum)\b/;
const method =
  /^(?:(?:static|async|override|get|set|readonly|public|private|protected)\s+|\*\s*)*(#?[\w$]+|\[[^\]]*\])\s*(?:<[^{}]*>)?\s*\([^]*\)\s*(?::[^=]*)?$/;
const named = /\bfunction\b\s*\*?\s*([\w$]+)/;
const assigned = /([\w$#]+)\s*(?::[^=]*)?=\s*(?:async\s*)?(?:<[^{}]*>)?\(?[^]*=>\s*$/;

/** Every function, method and arrow function with a block body in blanked code, outer ones included. */
export function functionsOf(code: string): FunctionSpan[] {
  const found: FunctionSpan[] = [];
  const open: { start: number; header: string }[] = [];
  let headerStart = 0;
  let round = 0;
  const rounds: number[] = [];
  for (let i = 0; i < code.length; i++) {
    const c = code[i];
    if (c === "(" || c === "[") round++;
    else if (c === ")" || c === "]") round--;
    else if (c === ";" && round === (rounds.at(-1) ?? 0)) headerStart = i + 1;
    else if (c === "{") {
      open.push({ start: headerStart, header: code.slice(headerStart, i).trim() });
      rounds.push(round);
      headerStart = i + 1;
    } else if (c === "}") {
      const block = open.pop();
      round = rounds.pop() ?? 0;
      const name = block === undefined ? undefined : functionName(block.header);
      const inType = block !== undefined && name === undefined && round > (rounds.at(-1) ?? 0); // a type or an object among arguments
      headerStart = inType ? block.start : i + 1;
      if (block === undefined || name === undefined) continue;
      const line = lineAt(code, block.start + (/\S/.exec(code.slice(block.start))?.index ?? 0));
      found.push({ name, line, lines: lineAt(code, i) - line + 1 });
    }
  }
  return found;
}

/** Name of the function whose header stands before a brace; undefined when the brace opens something else. */
function functionName(header: string): string | undefined {
  const text = header.replace(/^(export\s+)?(default\s+)?/, "");
  const declared = named.exec(text)?.[1];
  if (declared !== undefined) return declared;
  if (/\bfunction\b[^=]*$/.test(text)) return "(anonymous)";
  if (text.endsWith("=>")) return assigned.exec(text)?.[1] ?? /[\w$.]+/.exec(text)?.[0] ?? "(arrow)";
  if (control.test(text)) return undefined;
  return method.exec(text)?.[1];
}
