import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, expect, test } from "vitest";

let scratch = "";
let spark: SparkSession;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "format-csv-"));
  spark = new SparkSession({ master: "local[1]", appName: "csv", conf: { "spark.sql.session.timeZone": "Europe/Amsterdam" } });
});
afterAll(async () => {
  await spark.stop();
  rmSync(scratch, { recursive: true });
});

const query = `SELECT * FROM VALUES
  (1, 'plain', true, 1.5D, DATE'2020-01-02', TIMESTAMP'2020-07-01 12:00:00.5', 12.30BD),
  (2, 'a,b "q" \\\\ x', false, double('NaN'), DATE'1582-10-04', TIMESTAMP'1900-01-01 00:00:00', -0.01BD),
  (3, '', null, null, null, null, null),
  (4, null, true, 1e20D, DATE'9999-12-31', TIMESTAMP'2020-01-01 00:00:00', 0BD),
  (5, ' blanks ', true, 0.1D, null, null, null),
  (6, 'two\\nlines', true, -0D, null, null, null)
  AS t(i, t, b, d, day, ts, m)`;

let folders = 0;

/** The bytes of the one file that a query gives. */
async function written(options: Record<string, string>, sql = query): Promise<Buffer> {
  const folder = join(scratch, `out${folders++}`);
  await (await spark.sql(sql)).write.options(options).csv(folder);
  const [file = ""] = readdirSync(folder).filter((name) => name.startsWith("part-"));
  expect(file).toMatch(options["compression"] === "gzip" ? /\.csv\.gz$/ : /\.csv$/);
  return readFileSync(join(folder, file));
}

// The texts are those of Spark 4.3 for the same query and options.
const plain = `1,plain,true,1.5,2020-01-02,2020-07-01T12:00:00.500+02:00,12.30
2,"a,b \\"q\\" \\\\ x",false,NaN,1582-10-04,1900-01-01T00:00:00.000Z,-0.01
3,"",,,,,
4,,true,1.0E20,9999-12-31,2020-01-01T00:00:00.000+01:00,0.00
5,blanks,true,0.1,,,
6,"two
lines",true,-0.0,,,
`;

test("files as Spark writes them", async () => {
  expect((await written({ header: "true" })).toString()).toBe(`i,t,b,d,day,ts,m\n${plain}`);
  expect(gunzipSync(await written({ compression: "gzip" })).toString()).toBe(plain);
  const other = {
    sep: "|",
    quote: "'",
    escape: '"',
    nullValue: "NULL",
    dateFormat: "dd/MM/yyyy",
    timestampFormat: "yyyy-MM-dd HH:mm:ss",
    emptyValue: "EMPTY",
    ignoreLeadingWhiteSpace: "false",
    ignoreTrailingWhiteSpace: "false",
  };
  expect((await written(other)).toString()).toBe(`1|plain|true|1.5|02/01/2020|2020-07-01 12:00:00|12.30
2|a,b "q" \\ x|false|NaN|04/10/1582|1900-01-01 00:00:00|-0.01
3|EMPTY|NULL|NULL|NULL|NULL|NULL
4|NULL|true|1.0E20|31/12/9999|2020-01-01 00:00:00|0.00
5| blanks |true|0.1|NULL|NULL|NULL
6|'two
lines'|true|-0.0|NULL|NULL|NULL
`);
  expect((await written({ quoteAll: "true", escape: '"' })).toString()).toContain(
    '"2","a,b ""q"" \\ x","false","NaN","1582-10-04","1900-01-01T00:00:00.000Z","-0.01"\n"3","","","","","",""\n',
  );
});

const source = 'a,b,a\n1,"x ""y"" z",3\n4,"u\\"v",\n\n "q",  w  ,1.5,9\n7\n"","",""\n';

test("files as Spark reads them", async () => {
  const path = join(scratch, "in.csv");
  writeFileSync(path, source);
  const inferred = spark.read.option("header", true).option("inferSchema", true).csv(path);
  expect(await inferred.dtypes()).toEqual([
    ["a0", "string"],
    ["b", "string"],
    ["a2", "double"],
  ]);
  const rows = (await inferred.collect()).map((row) => row.toSeq());
  expect(rows).toEqual([
    ["1", '"x ""y"" z"', 3],
    ["4", 'u"v', null],
    [' "q"', "  w  ", 1.5],
    ["7", null, null],
    [null, null, null],
  ]);
  const plainRows = await spark.read.csv(path).collect();
  expect(plainRows[0]?.toSeq()).toEqual(["a", "b", "a"]);
  const declared = spark.read.option("header", true).schema("b STRING, a2 DECIMAL(4,2), none INT").csv(path);
  expect((await declared.collect()).map((row) => row.toSeq()[0])).toEqual(rows.map((row) => row[1]));
});

test("moments without a zone are the session's", async () => {
  const path = join(scratch, "moments.csv");
  writeFileSync(path, "2020-07-01 12:00:00\n2020-01-01\n");
  await spark.sql("SET spark.sql.session.timeZone = Europe/Amsterdam");
  try {
    const rows = await spark.read.option("inferSchema", true).csv(path).selectExpr("unix_seconds(_c0)").collect();
    expect(rows.map((row) => row.get(0))).toEqual([1_593_597_600n, 1_577_833_200n]);
    const utc = await spark.read.option("inferSchema", true).option("timeZone", "UTC").csv(path).selectExpr("unix_seconds(_c0)").collect();
    expect(utc[0]?.get(0)).toBe(1_593_604_800n);
  } finally {
    await spark.sql("RESET spark.sql.session.timeZone");
  }
});

test("what is written is read, in folders by a column and with lines in fields", async () => {
  const path = join(scratch, "parts");
  await (
    await spark.sql("SELECT id, id % 2 half, concat('a\\n', id) t FROM range(0, 10, 1, 2)")
  ).write
    .partitionBy("half")
    .option("header", true)
    .csv(path);
  const read = spark.read.option("header", true).option("multiLine", true).option("inferSchema", true).csv(path);
  const rows = (await read.collect()).map((row) => row.toSeq()).toSorted((a, b) => Number(a[0]) - Number(b[0]));
  expect(rows).toEqual(Array.from({ length: 10 }, (_, i) => [i, `a\n${i}`, i % 2]));
});

test("types that a field cannot hold, and no files", async () => {
  await expect(written({}, "SELECT array(1) a")).rejects.toThrow("CSV_TYPE_NOT_WRITABLE");
  mkdirSync(join(scratch, "empty"));
  await expect(spark.read.csv(join(scratch, "empty")).collect()).rejects.toThrow("CSV_NO_FILES");
});
