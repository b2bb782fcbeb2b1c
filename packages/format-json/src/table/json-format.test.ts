import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { stringType, structField, structType } from "@vonk/columnar/internal";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { jsonSettings } from "../record/json-settings.ts";
import { readJSON } from "./read-json.ts";

let scratch = "";
let spark: SparkSession;

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "format-json-"));
  spark = new SparkSession({ master: "local[1]", appName: "json", conf: { "spark.sql.session.timeZone": "Europe/Amsterdam" } });
});
afterAll(async () => {
  await spark.stop();
  rmSync(scratch, { recursive: true });
});

let folders = 0;

/** The bytes of the one file that a query gives. */
async function written(options: Record<string, string>, sql: string): Promise<Buffer> {
  const folder = join(scratch, `out${folders++}`);
  await (await spark.sql(sql)).write.options(options).json(folder);
  const [file = ""] = readdirSync(folder).filter((name) => name.startsWith("part-"));
  expect(file).toMatch(options["compression"] === "zstd" ? /\.json\.zst$/ : /\.json$/);
  return readFileSync(join(folder, file));
}

const query = `SELECT * FROM VALUES
  (1, 'plain', true, 1.5D, DATE'2020-01-02', TIMESTAMP'2020-07-01 12:00:00.5', 12.30BD),
  (2, 'a,b "q" \\\\ x', false, double('NaN'), DATE'1582-10-04', TIMESTAMP'1900-01-01 00:00:00', -0.01BD),
  (4, null, true, 1e20D, null, null, 0BD)
  AS t(i, t, b, d, day, ts, m)`;

// The texts are those of Spark 4.3 for the same query and options.
const plain = `{"i":1,"t":"plain","b":true,"d":1.5,"day":"2020-01-02","ts":"2020-07-01T12:00:00.500+02:00","m":12.30}
{"i":2,"t":"a,b \\"q\\" \\\\ x","b":false,"d":"NaN","day":"1582-10-04","ts":"1900-01-01T00:00:00.000Z","m":-0.01}
{"i":4,"b":true,"d":1.0E20,"m":0.00}
`;

test("files as Spark writes them", async () => {
  expect((await written({}, query)).toString()).toBe(plain);
  expect(zstdDecompressSync(await written({ compression: "zstd" }, query)).toString()).toBe(plain);
  const other = { ignoreNullFields: "false", dateFormat: "dd/MM/yyyy", timestampFormat: "yyyy-MM-dd HH:mm:ss" };
  expect((await written(other, query)).toString().split("\n")[2]).toBe(
    '{"i":4,"t":null,"b":true,"d":1.0E20,"day":null,"ts":null,"m":0.00}',
  );
  expect((await written(other, query)).toString().split("\n")[0]).toBe(
    '{"i":1,"t":"plain","b":true,"d":1.5,"day":"02/01/2020","ts":"2020-07-01 12:00:00","m":12.30}',
  );
  const nested = `SELECT map('a', array(1, null)) m, named_struct('x', 1, 'y', null) s, binary('ab') b, float(1.1) f,
    make_ym_interval(1, 2) ym, cast(5 as tinyint) i8`;
  expect((await written({}, nested)).toString()).toBe(
    `{"m":{"a":[1,null]},"s":{"x":1},"b":"YWI=","f":1.1,"ym":"INTERVAL '1-2' YEAR TO MONTH","i8":5}\n`,
  );
});

test("files as Spark reads them, with lines that are no JSON", async () => {
  const path = join(scratch, "in.json");
  writeFileSync(path, '{"b":1,"a":"x"}\n{"a":2,"c":[1,2.5]}\nbroken\n\n[{"b":9},{"b":8}]\n');
  const rowsOf = async (mode: string): Promise<unknown[]> =>
    (await spark.read.option("mode", mode).json(path).collect()).map((row) => row.toSeq());
  expect(await spark.read.json(path).dtypes()).toEqual([
    ["_corrupt_record", "string"],
    ["a", "string"],
    ["b", "bigint"],
    ["c", "array<double>"],
  ]);
  expect(await rowsOf("PERMISSIVE")).toEqual([
    [null, "x", 1n, null],
    [null, "2", null, [1, 2.5]],
    ["broken", null, null, null],
    [null, null, 9n, null],
    [null, null, 8n, null],
  ]);
  expect(await rowsOf("dropMalformed")).toEqual([
    ["x", 1n, null],
    ["2", null, [1, 2.5]],
    [null, 9n, null],
    [null, 8n, null],
  ]);
  await expect(rowsOf("FAILFAST")).rejects.toThrow("is no JSON object: broken");
  const strict = readJSON({ schema: structType([structField("a", stringType)]), settings: jsonSettings({ mode: "FAILFAST" }) });
  expect(() => [...strict(0, [{ path, bytes: 1000 }])]).toThrow(expect.objectContaining({ code: "JSON_RECORD_MALFORMED" }));
  await expect(rowsOf("sometimes")).rejects.toThrow("JSON_OPTION_INVALID");
});

test("what is written is read, in folders by a column", async () => {
  const path = join(scratch, "parts");
  const all = await spark.sql("SELECT id, id % 2 half, named_struct('a', array(id, null)) s FROM range(0, 10, 1, 2)");
  await all.write.partitionBy("half").option("compression", "gzip").json(path);
  const rows = (await spark.read.json(path).collect()).map((row) => row.toJSON());
  expect(rows.toSorted((a, b) => Number(a["id"]) - Number(b["id"])).map((row) => [row["id"], row["half"]])).toEqual(
    Array.from({ length: 10 }, (_, i) => [BigInt(i), i % 2]),
  );
});

test("types that JSON does not have, and no files", async () => {
  await expect(written({}, "SELECT array(make_interval(1)) a")).rejects.toThrow("JSON_TYPE_NOT_WRITABLE");
  await expect(written({ compression: "lzma" }, "SELECT 1")).rejects.toThrow("JSON_OPTION_INVALID");
  mkdirSync(join(scratch, "empty"));
  await expect(spark.read.json(join(scratch, "empty")).collect()).rejects.toThrow("JSON_NO_FILES");
});
