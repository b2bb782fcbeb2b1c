import type { GoldenAnswer } from "./golden-file.ts";

/** A query of a function's documentation and what it prints. */
export interface FunctionExample {
  readonly name: string;
  /** The function and the query's place among its examples. */
  readonly statement: string;
  /** Without a schema: the documentation shows rows alone. */
  readonly answer: GoldenAnswer;
}

interface FunctionEntry {
  readonly name: string;
  readonly examples: readonly { readonly sql: string; readonly output: readonly string[] }[];
}

/** The examples of a file. */
export function functionExamples(text: string): FunctionExample[] {
  const entries: unknown = JSON.parse(text);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap(({ name, examples }: FunctionEntry) =>
    examples.map(({ sql, output }, index) => ({
      name,
      statement: `${name}.${index}`,
      answer: { sql, schema: "", output: output.join("\n").replace(/\s+$/, "") },
    })),
  );
}
