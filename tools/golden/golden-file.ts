/** One statement of a results file and what Spark answered. */
export interface GoldenAnswer {
  readonly sql: string;
  /** `struct<name:type,…>`; `struct<>` for commands and errors. */
  readonly schema: string;
  readonly output: string;
}

/** A results file taken apart: a header, then statement, schema and output in turn. */
export function parseResults(text: string): GoldenAnswer[] {
  const [, ...parts] = text.split(/-- !query.*\n/);
  const answers: GoldenAnswer[] = [];
  for (let at = 0; at + 2 < parts.length; at += 3) {
    answers.push({ sql: (parts[at] ?? "").trim(), schema: (parts[at + 1] ?? "").trim(), output: (parts[at + 2] ?? "").replace(/\s+$/, "") });
  }
  return answers;
}

/** Directives and code of an input file. */
export interface GoldenInput {
  readonly settings: readonly (readonly [key: string, value: string])[];
  readonly imports: readonly string[];
  /** Tables of a benchmark, named in a first line `-- TABLES name`. */
  readonly tables: readonly string[];
  readonly code: string;
}

const delimiter = /^--QUERY-DELIMITER-(?:START|END)/;

/** An input file's own lines; imports are not read. */
export function parseInput(text: string): GoldenInput {
  const lines = text.split("\n");
  const settings = lines
    .filter((line) => line.startsWith("--SET "))
    .flatMap((line) => line.slice("--SET ".length).split(","))
    .map((pair) => [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1).trim()] as const);
  const imports = lines.filter((line) => line.startsWith("--IMPORT ")).map((line) => line.slice("--IMPORT ".length).trim());
  const tables = lines.filter((line) => line.startsWith("-- TABLES ")).map((line) => line.slice("-- TABLES ".length).trim());
  const code = lines.filter((line) => !line.trim().startsWith("--") || delimiter.test(line) || line === "--DEBUG").join("\n");
  return { settings, imports, tables, code };
}

/** The statements of code: cut at semicolons that no backslash precedes, but for stretches that are marked as one statement. */
export function statementsOf(code: string): string[] {
  const statements: string[] = [];
  let whole = false;
  for (const part of code.split(/^(--QUERY-DELIMITER-(?:START|END).*)$/m)) {
    if (delimiter.test(part)) whole = part.startsWith("--QUERY-DELIMITER-START");
    else statements.push(...(whole ? [part] : part.split(/(?<!\\);/)));
  }
  return statements
    .map((statement) =>
      statement
        .split("\n")
        .filter((line) => !line.startsWith("--"))
        .join("\n")
        .trim(),
    )
    .filter((statement) => statement !== "");
}
