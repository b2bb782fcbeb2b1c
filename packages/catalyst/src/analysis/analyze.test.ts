import { catalogString } from "@vonk/columnar/internal";
import { outputOf } from "@vonk/dataframe/internal";
import { describe, expect, test } from "vitest";
import { AnalysisError } from "../error/analysis-error.ts";
import { analyzed } from "../testing/small-catalog.ts";

const schema = (text: string): string =>
  outputOf(analyzed(text))
    .map((column) => `${column.name}:${catalogString(column.dataType)}`)
    .join(",");

/** The condition, and the part of the text that it points at. */
function refused(text: string): string {
  try {
    analyzed(text);
  } catch (error) {
    if (error instanceof AnalysisError) return `${error.code} ${error.sqlState} ${error.queryContext[0]?.fragment ?? ""}`.trim();
    throw error;
  }
  return expect.fail(`${text} is accepted`);
}

describe("names and types of results", () => {
  test.each([
    ["SELECT 1 + 1, 'a', 1.5 * 2, null", "(1 + 1):int,a:string,(1.5 * 2):decimal(4,1),NULL:void"],
    ["SELECT id, people.name AS n, p.team FROM people p JOIN people ON p.id = people.team", undefined],
    ["SELECT * FROM teams", "id:int,title:string,budget:decimal(10,2)"],
    ["SELECT t.* EXCEPT (title) FROM teams t", "id:int,budget:decimal(10,2)"],
    [
      "SELECT sum(budget), avg(budget), count(*), max(title) FROM teams",
      "sum(budget):decimal(20,2),avg(budget):decimal(14,6),count(1):bigint,max(title):string",
    ],
    ["SELECT id + 1 AS next, next * 2 FROM teams", "next:int,(lateralAliasReference(next) * 2):int"],
    ["SELECT CASE WHEN id > 1 THEN 1 ELSE 2.5 END FROM teams", "CASE WHEN (id > 1) THEN 1 ELSE 2.5 END:decimal(11,1)"],
    ["SELECT CAST(id AS STRING), id::bigint FROM teams", "id:string,id:bigint"],
    ["SELECT * FROM people NATURAL JOIN (SELECT id, title FROM teams) t", "id:int,name:string,born:date,team:int,title:string"],
    ["SELECT x, y FROM VALUES (1, 'a'), (2L, NULL) AS t(x, y)", "x:bigint,y:string"],
    [
      "SELECT timestampadd(DAY, 1, born), datediff(MONTH, born, born), datediff(born, born) FROM people",
      "timestampadd(DAY, 1, born):timestamp,timestampdiff(MONTH, born, born):bigint,datediff(born, born):int",
    ],
    ["SELECT TIMESTAMP '2001-01-01', X'0f', 0.000000012", "TIMESTAMP '2001-01-01 00:00:00':timestamp,X'0F':binary,1.2E-8:decimal(9,9)"],
    [
      "SELECT - id, negative(id), id || 'x', substring(name, 2), instr(name, 'a', 2), to_char(born, 'yyyy'), array_agg(id) OVER () FROM people",
      "(- id):int,negative(id):int,concat(id, x):string,substring(name, 2, 2147483647):string,instr(name, a, 2, 1):int,date_format(born, yyyy):string,collect_list(id) OVER (ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING):array<int>",
    ],
    [
      "SELECT struct(id, name AS n, 1), current_date, typeof(current_date) FROM people",
      "struct(id, name AS n, 1):struct<id:int,n:string,col3:int>,current_date:date,typeof(current_date):string",
    ],
    ["SELECT current_date FROM VALUES (1) AS t(current_date)", "current_date:int"],
    ["SELECT CASE WHEN true THEN 1Y ELSE float(2) END", "CASE WHEN true THEN 1 ELSE 2 END:double"],
    ["SELECT id FROM people UNION ALL SELECT budget FROM teams", "id:decimal(12,2)"],
    ["WITH a AS (SELECT id FROM people), b(n) AS (SELECT * FROM a) SELECT n, (SELECT max(id) FROM a) FROM b", "n:int,scalarsubquery():int"],
  ])("%s", (text, expected) => {
    if (expected === undefined) expect(refused(text)).toContain("AMBIGUOUS_REFERENCE");
    else expect(schema(text)).toBe(expected);
  });
});

describe("what is refused, with Spark's condition and the place", () => {
  test.each([
    ["SELECT nme FROM people", "UNRESOLVED_COLUMN.WITH_SUGGESTION 42703 nme"],
    ["SELECT a", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION 42703 a"],
    ["SELECT id FROM people p, teams t", "AMBIGUOUS_REFERENCE 42704 id"],
    ["SELECT * FROM nowhere.land", "TABLE_OR_VIEW_NOT_FOUND 42P01 nowhere.land"],
    ["SELECT frobnicate(1)", "UNRESOLVED_ROUTINE 42883 frobnicate(1)"],
    ["SELECT name, count(*) FROM people GROUP BY team", "MISSING_AGGREGATION 42803"],
    ["SELECT sum(count(*)) FROM people", "NESTED_AGGREGATE_FUNCTION 42607 count(*)"],
    ["SELECT 1 FROM people GROUP BY sum(id)", "GROUP_BY_AGGREGATE 42903 sum(id)"],
    ["SELECT id FROM people GROUP BY 2", "GROUP_BY_POS_OUT_OF_RANGE 42805 2"],
    ["SELECT id FROM people ORDER BY 3", "ORDER_BY_POS_OUT_OF_RANGE 42805 3"],
    ["SELECT id FROM people WHERE id", "DATATYPE_MISMATCH.FILTER_NOT_BOOLEAN 42K09 id"],
    ["SELECT id, name FROM people UNION SELECT id FROM teams", "NUM_COLUMNS_MISMATCH 42826"],
    ["SELECT id = 1 FROM people UNION SELECT budget FROM teams", "INCOMPATIBLE_COLUMN_TYPE 42825"],
    ["SELECT (SELECT id, name FROM people)", "INVALID_SUBQUERY_EXPRESSION_SIZE 42823"],
    ["SELECT substring(name) FROM people", "WRONG_NUM_ARGS.WITHOUT_SUGGESTION 42605 substring(name)"],
    ["SELECT id[1] FROM people", "INVALID_EXTRACT_BASE_FIELD_TYPE 42000 id[1]"],
    ["SELECT id -> 1 FROM people", "UNSUPPORTED_FEATURE 0A000 id -> 1"],
    ["SELECT team, count(*) FROM people", "MISSING_GROUP_BY 42803 SELECT team, count(*) FROM people"],
    ["SELECT id FROM people WHERE count(*) > 1", "INVALID_WHERE_CONDITION 42903 WHERE count(*) > 1"],
    ["SELECT TIMESTAMP '2001-13-01'", "INVALID_TYPED_LITERAL 42604 TIMESTAMP '2001-13-01'"],
    ["SELECT X'XY'", "INVALID_TYPED_LITERAL 42604 X'XY'"],
    ["SELECT 128Y", "INVALID_NUMERIC_LITERAL_RANGE 22003 128Y"],
    ["SELECT dateadd('DAY', 1, born) FROM people", "INVALID_PARAMETER_VALUE.DATETIME_UNIT 22023 dateadd('DAY', 1, born)"],
    ["SELECT * FROM people WHERE", "PARSE_SYNTAX_ERROR 42601"],
    ["SELECT 'open", "PARSE_SYNTAX_ERROR 42601"],
  ])("%s", (text, expected) => {
    expect(refused(text)).toMatch(expected.length > 40 ? expected : new RegExp(`^${RegExp.escape(expected)}`));
  });

  test("a misspelt column names those that are there, nearest first", () => {
    expect(() => analyzed("SELECT tem FROM people")).toThrow("Did you mean one of: `team`, `id`, `name`, `born`?");
  });
});

test("ORDER BY and HAVING may use what is not selected", () => {
  expect(schema("SELECT name FROM people ORDER BY born, id DESC")).toBe("name:string");
  expect(schema("SELECT team FROM people GROUP BY team HAVING count(*) > 1 ORDER BY max(born), team + 1")).toBe("team:int");
});
