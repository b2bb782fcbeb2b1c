import { catalogString } from "@vonk/columnar/internal";
import { describe, expect, test } from "vitest";
import { prettyText } from "../naming/expression-text.ts";
import { planText } from "../naming/plan-text.ts";
import { AnalysisError } from "../error/analysis-error.ts";
import { parseExpressionText, parseSchemaText, parseSQL, parseTypeText } from "./parse.ts";

describe("expressions bind as Spark's", () => {
  test.each([
    ["a or b and not c = 1", "(a OR (b AND (NOT (c = 1))))"],
    ["1 + 2 * -3 - 4", "((1 + (2 * -3)) - 4)"],
    ["a is not null and b is distinct from 2", "((a IS NOT NULL) AND (NOT (b <=> 2)))"],
    ["a not between 1 and 2 or b in (1, 2)", "((NOT between(a, 1, 2)) OR (b IN (1, 2)))"],
    ["a not like 'x%' escape '!'", "(NOT a LIKE x% ESCAPE '!')"],
    ["case a when 1 then 'x' else 'y' end", "CASE WHEN (a = 1) THEN x ELSE y END"],
    ["cast(a as decimal(5,2))::string", "CAST(CAST(a AS DECIMAL(5,2)) AS STRING)"],
    ["date '2001-09-28'", "DATE '2001-09-28'"],
    ["count(distinct a) filter (where b > 1)", "count(DISTINCT a) FILTER (WHERE (b > 1))"],
    [
      "sum(a) over (partition by b order by c desc rows between 1 preceding and current row)",
      "sum(a) OVER (PARTITION BY b ORDER BY c DESC NULLS LAST ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
    ],
    ["t.`odd name`", "t.odd name"],
    ["'it''s' 'one'", "it'sone"],
    ["1L", "1"],
    [".5", "0.5"],
  ])("%s", (text, expected) => {
    expect(prettyText(parseExpressionText(text))).toBe(expected);
  });
});

test("a word is a keyword only where one may stand", () => {
  expect(planText(parseSQL("select date, year, first from left_table, values v where select_ = 1"))).toContain(
    "Project [date, year, first]",
  );
});

test("set operations bind as Spark's, ORDER BY and LIMIT stand around them", () => {
  const text = planText(parseSQL("select 1 union all select 2 intersect select 3 order by 1 limit 5"));
  expect(text.split("\n").map((line) => line.replaceAll(/[^A-Za-z]/g, "").slice(0, 9))).toEqual(
    ["Limit", "SortAAS", "Union", "Project", "OneRowRel", "Intersect", "Project", "OneRowRel", "Project", "OneRowRel"].map((name) =>
      name === "SortAAS" ? "SortASCNU" : name,
    ),
  );
});

test("comments nest, hints are kept, text after the statement is refused", () => {
  expect(parseSQL("select /* a /* b */ c */ 1 -- end").kind).toBe("project");
  expect(parseSQL("select /*+ broadcast(t) */ 1 from t;").kind).toBe("unresolvedHint");
  expect(() => parseSQL("select 1 select 2")).toThrow(AnalysisError);
});

test.each(["array<map<string,decimal(10,2)>>", "struct<a:int,b:array<date>>", "interval day to second", "timestamp_ntz"])(
  "type %s",
  (text) => {
    expect(catalogString(parseTypeText(text))).toBe(text);
  },
);

test("a schema", () => {
  expect(parseSchemaText("a INT NOT NULL, b STRING COMMENT 'x'").fields.map(({ name, nullable }) => [name, nullable])).toEqual([
    ["a", false],
    ["b", true],
  ]);
});
