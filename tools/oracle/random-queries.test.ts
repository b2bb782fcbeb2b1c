import { existsSync } from "node:fs";
import { seededRandom } from "@vonk/common/internal";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applicationWays, linesOf, openStar, sampleValues, sessionWays, starData } from "./query-ways.ts";
import { RandomQueries } from "./random-query.ts";

const isThere = existsSync(starData);
const given = process.env["CI"] === "true" || isThere;
const seed = Number(process.env["VONK_SEED"] ?? 7);
const count = Number(process.env["VONK_QUERIES"] ?? 60);
const hangLimitMs = 300_000;

describe.skipIf(!given)(`random queries, seed ${seed}${isThere ? "" : " [needs shared]"}`, () => {
  let spark: SparkSession;
  const sessions = new Map<string, { readonly session: SparkSession; readonly every: number }>();
  const applications: SparkSession[] = [];

  beforeAll(() => {
    spark = new SparkSession({ master: "local[2]", appName: "random queries" });
    for (const [name, settings] of Object.entries(sessionWays))
      sessions.set(name, { session: openStar(spark.newSession(settings)), every: 1 });
    for (const [name, { master, conf, every }] of Object.entries(applicationWays)) {
      const session = openStar(new SparkSession({ master, appName: `random queries, ${name}`, conf }));
      applications.push(session);
      sessions.set(name, { session, every });
    }
  });

  afterAll(() => Promise.all([spark, ...applications].map((session) => session.stop())));

  test("every way of computing gives the same rows", { timeout: hangLimitMs }, async () => {
    const compiled = sessions.get("compiled")?.session ?? spark;
    const queries = new RandomQueries(seededRandom(seed), await sampleValues(compiled));
    const wrong: string[] = [];
    let rows = 0;
    for (let index = 0; index < count; index++) {
      const query = queries.next();
      const expected = await linesOf(compiled, query);
      rows += expected.length;
      for (const [name, { session, every }] of sessions) {
        if (session === compiled || index % every > 0) continue;
        const lines = await linesOf(session, query);
        if (lines.join("\n") === expected.join("\n")) continue;
        wrong.push(`${name} gives ${lines.length} rows, compiled ${expected.length}; ${firstDifference(lines, expected)}: ${query}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(rows).toBeGreaterThan(count);
  });
});

function firstDifference(lines: readonly string[], expected: readonly string[]): string {
  const at = expected.findIndex((line, index) => line !== lines[index]);
  return at < 0 ? `${lines[expected.length]} is too much` : `${lines[at]} and not ${expected[at]}`;
}
