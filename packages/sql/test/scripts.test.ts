import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SparkSession } from "../src/index.ts";

let spark: SparkSession;

beforeAll(() => {
  spark = new SparkSession({ master: "local[2]", appName: "scripts.test" });
});

afterAll(() => spark.stop());

async function rows(text: string): Promise<unknown[][]> {
  return (await (await spark.sql(text)).collect()).map((row) => [...row.internal]);
}

describe("scripts", () => {
  test("loops, branches and jumps", async () => {
    const text = `BEGIN
      DECLARE i INT DEFAULT 0;
      DECLARE s STRING = '';
      outer_loop: WHILE i < 10 DO
        SET i = i + 1;
        IF i = 3 THEN ITERATE outer_loop; ELSEIF i = 6 THEN LEAVE outer_loop; END IF;
        SET VAR s = s || i || ',';
      END WHILE outer_loop;
      SELECT i, s;
    END;`;
    expect(await rows(text)).toEqual([[6, "1,2,4,5,"]]);
  });

  test("FOR has the columns of a row, REPEAT its test at the end, CASE compares", async () => {
    const text = `BEGIN
      DECLARE total BIGINT DEFAULT 0;
      FOR r AS SELECT id, id * 2 AS d FROM range(4) DO
        SET total = total + r.id + d;
      END FOR;
      REPEAT SET total = total + 1; UNTIL total >= 20 END REPEAT;
      l: LOOP SET total = total + 1; IF total > 25 THEN LEAVE l; END IF; END LOOP l;
      CASE total WHEN 26 THEN SELECT 'a', total; ELSE SELECT 'b'; END CASE;
    END`;
    expect(await rows(text)).toEqual([["a", 26n]]);
  });

  test("variables of a block hide those around, and end with it", async () => {
    const text = `BEGIN
      DECLARE x INT DEFAULT 1;
      inner_block: BEGIN DECLARE x INT DEFAULT 9; SET inner_block.x = 10; SET (x) = (SELECT x + 1); END;
      SELECT x;
    END`;
    expect(await rows(text)).toEqual([[1]]);
    await expect(spark.sql("SELECT x")).rejects.toMatchObject({ code: "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION" });
  });

  test("a handler that continues goes on behind what failed, one that exits ends its block", async () => {
    const continued = `BEGIN
      DECLARE x INT DEFAULT 1;
      DECLARE CONTINUE HANDLER FOR DIVIDE_BY_ZERO BEGIN SET x = 7; END;
      SET x = 1 / 0;
      SELECT x;
    END`;
    expect(await rows(continued)).toEqual([[7]]);
    const outer = `BEGIN
      DECLARE EXIT HANDLER FOR SQLEXCEPTION VALUES ('outer');
      BEGIN
        DECLARE zero CONDITION FOR SQLSTATE '22012';
        DECLARE EXIT HANDLER FOR zero SELECT 1 / 0;
        SELECT 1 / 0;
      END;
      SELECT 'not reached';
    END`;
    expect(await rows(outer)).toEqual([["outer"]]);
  });

  test("a script without queries has no rows", async () => {
    expect(await rows("BEGIN DECLARE x INT; SET x = 1; END")).toEqual([]);
  });

  test.each([
    ["BEGIN a: BEGIN SELECT 1; END b; END", "LABELS_MISMATCH"],
    ["BEGIN BEGIN SELECT 1; END b; END", "END_LABEL_WITHOUT_BEGIN_LABEL"],
    ["BEGIN a: BEGIN a: LOOP SELECT 1; END LOOP; END; END", "LABEL_ALREADY_EXISTS"],
    ["BEGIN LEAVE x; END", "INVALID_LABEL_USAGE.DOES_NOT_EXIST"],
    ["BEGIN a: BEGIN ITERATE a; END; END", "INVALID_LABEL_USAGE.ITERATE_IN_COMPOUND"],
    ["BEGIN SELECT 1; DECLARE x INT; END", "INVALID_VARIABLE_DECLARATION.ONLY_AT_BEGINNING"],
    ["BEGIN DECLARE OR REPLACE x INT; END", "INVALID_VARIABLE_DECLARATION.REPLACE_LOCAL_VARIABLE"],
    ["BEGIN DECLARE session.x INT; END", "INVALID_VARIABLE_DECLARATION.QUALIFIED_LOCAL_VARIABLE"],
    ["BEGIN DECLARE x INT; DECLARE x INT; END", "VARIABLE_ALREADY_EXISTS"],
    ["BEGIN IF 1 THEN SELECT 1; END IF; END", "INVALID_BOOLEAN_STATEMENT"],
    ["BEGIN SELECT nope; END", "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION"],
    ["BEGIN SELECT 1 END", "PARSE_SYNTAX_ERROR"],
  ])("%s: %s", async (text, code) => {
    await expect(spark.sql(text)).rejects.toMatchObject({ code });
  });
});

test("rows of tables cannot be changed, as in Spark without a catalog that can", async () => {
  await spark.sql("CREATE TABLE fixed (a INT, b STRING) USING parquet");
  for (const text of [
    "DELETE FROM fixed WHERE a = 1",
    "UPDATE fixed f SET a = 1, b = DEFAULT WHERE a = 2",
    `MERGE INTO fixed t USING (SELECT 1 AS a) s ON t.a = s.a WHEN MATCHED AND t.a > 0 THEN UPDATE SET a = 2
      WHEN NOT MATCHED BY SOURCE THEN DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (1)`,
  ]) {
    await expect(spark.sql(text)).rejects.toMatchObject({ code: "UNSUPPORTED_FEATURE.TABLE_OPERATION" });
  }
});

test("a query in parentheses may be a part of what stands in parentheses", async () => {
  expect(await rows("SELECT ((SELECT 1) + 1), 1 IN ((SELECT 1), 2), (((SELECT 2))), 2 IN ((SELECT 2) UNION SELECT 3)")).toEqual([
    [2, true, 2, true],
  ]);
});
