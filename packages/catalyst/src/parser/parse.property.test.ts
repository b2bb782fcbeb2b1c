import { EngineError } from "@vonk/common";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseSQL } from "./parse.ts";

const statements = [
  "SELECT a, count(*) AS n FROM t JOIN u USING (k) WHERE a BETWEEN 1 AND 2 GROUP BY ROLLUP (a, b) HAVING n > 1 ORDER BY 1 DESC NULLS LAST LIMIT 3",
  "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 9) SELECT /*+ BROADCAST(r) */ * EXCEPT (x) FROM r",
  "SELECT sum(x) OVER (PARTITION BY y ORDER BY z ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), CASE WHEN a THEN 'b' ELSE c[1].d END FROM v TABLESAMPLE (5 PERCENT)",
  "SELECT * FROM s PIVOT (sum(n) FOR y IN (1, 2)) UNPIVOT (v FOR k IN (a, b)) LATERAL VIEW explode(m) e AS f, LATERAL (SELECT e.f)",
  "CREATE OR REPLACE TEMPORARY FUNCTION f(x INT DEFAULT 1) RETURNS TABLE (y DECIMAL(3, 2)) RETURN SELECT CAST(x AS DECIMAL(3, 2)) FROM VALUES (1)",
  "INSERT OVERWRITE TABLE a.b PARTITION (p = 'q') BY NAME SELECT INTERVAL '1-2' YEAR TO MONTH, x -> x::array<map<string, struct<a: int>>>, TIMESTAMP '2020-01-01'",
  "EXECUTE IMMEDIATE 'SELECT ?' INTO v USING 1 AS a; SET VARIABLE (a, b) = (SELECT 1, 2)",
];
/** Pieces of text that mean something to the grammar: what random characters would seldom hit. */
const pieces = statements
  .flatMap((text) => text.match(/\w+|'[^']*'|\s+|[^\w\s]/g) ?? [])
  .concat(["`", "'", '"', "/*", "*/", "--", "\\", "é", "\u0000", "1e", "0x", "((((", "))))"]);

/** Undefined when the text parses; else the error's code, which every error has. */
function outcome(text: string): string | undefined {
  try {
    parseSQL(text);
    return undefined;
  } catch (error) {
    expect(error, text.slice(0, 200)).toBeInstanceOf(EngineError);
    return error instanceof EngineError ? error.code : "";
  }
}

const slowMs = 2000;

function quickly(text: string): string | undefined {
  const start = performance.now();
  const result = outcome(text);
  expect(performance.now() - start, text.slice(0, 200)).toBeLessThan(slowMs);
  return result;
}

describe("whatever the text, it is a plan or an error with a code, soon", () => {
  test("pieces of statements in any order", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), (list) => {
        const code = quickly(list.join(""));
        if (code !== undefined) expect(code).toMatch(/^[A-Z_]+(?:\.[A-Z_]+)?|_LEGACY/);
      }),
      { numRuns: 1500 },
    );
  });

  test("statements with a stretch left out, doubled or put elsewhere", () => {
    const cut = fc.record({
      text: fc.constantFrom(...statements),
      from: fc.nat(250),
      length: fc.nat(40),
      to: fc.nat(250),
      form: fc.nat(2),
    });
    fc.assert(
      fc.property(cut, ({ text, from, length, to, form }) => {
        const stretch = text.slice(from, from + length);
        const without = text.slice(0, from) + text.slice(from + length);
        const changed =
          form === 0
            ? without
            : form === 1
              ? text.slice(0, from) + stretch + text.slice(from)
              : without.slice(0, to) + stretch + without.slice(to);
        quickly(changed);
      }),
      { numRuns: 1500 },
    );
  });

  test("any characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), (text) => void quickly(text)),
      { numRuns: 1500 },
    );
  });

  test("any nesting", () => {
    const nest = fc.record({
      open: fc.constantFrom("(", "abs(", "array(", "NOT ", "- ", "CASE WHEN a THEN ", "(SELECT ", "[", "CAST("),
      depth: fc.nat(20_000),
    });
    fc.assert(
      fc.property(nest, ({ open, depth }) => void quickly(`SELECT ${open.repeat(depth)}1`)),
      { numRuns: 60 },
    );
  });
});

test("statements far beyond what people write", () => {
  const list = (count: number, item: (index: number) => string, separator: string): string =>
    Array.from({ length: count }, (_, index) => item(index)).join(separator);
  expect(quickly(`SELECT ${list(10_000, (i) => `a = ${i}`, " OR ")}`)).toBeUndefined();
  expect(quickly(list(500, (i) => `SELECT ${i}`, " UNION ALL "))).toBeUndefined();
  expect(quickly(`SELECT ${"(".repeat(200)}1${")".repeat(200)}`)).toBeUndefined();
  expect(quickly(`SELECT ${"(".repeat(100_000)}`)).toBe("FAILED_TO_PARSE_TOO_COMPLEX");
});
