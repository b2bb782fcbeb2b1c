import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { serversUnderTest } from "@vonk/bus-nats/testing";
import { SparkSession } from "@vonk/sql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { E2ECluster } from "../cluster/test-cluster.ts";
import { Striker } from "./moment.ts";
import { seededRandom } from "./random.ts";
import { allServers, seed } from "./seed.ts";

const shared = join(import.meta.dirname, "../../../shared/tpc");
const isThere = existsSync(shared);
const given = process.env["CI"] === "true" || isThere;
const servers = (await serversUnderTest()).slice(0, allServers ? 2 : 1);

/** Joins of many tables, a table whose rows are marked, groups above groups. */
const queries = ["q9", "q21", "q18"];

for (const { title, program } of servers) {
  describe.skipIf(program === undefined || !given)(
    `compiled queries that lose an executor, on ${title}${isThere ? "" : " [needs shared]"}`,
    () => {
      let cluster: E2ECluster;
      const random = seededRandom(seed);

      beforeAll(async () => {
        if (program !== undefined) cluster = await E2ECluster.start({ program });
      });
      afterAll(() => cluster[Symbol.asyncDispose]());

      const open = (store: string): SparkSession => {
        const conf = { "spark.executor.memory": "512m", "spark.executor.cores": "1", "vonk.shuffle.store": store };
        const spark = new SparkSession({ master: cluster.url, appName: `query faults seed ${seed}`, conf });
        const data = join(shared, "data/tpch-sf0.01");
        for (const file of readdirSync(data)) spark.read.parquet(join(data, file)).createOrReplaceTempView(file.replace(".parquet", ""));
        return spark;
      };
      const rowsOf = async (spark: SparkSession, name: string): Promise<string[]> => {
        const text = readFileSync(join(shared, `tpch/${name}.sql`), "utf8");
        const rows = await (await spark.sql(text.trim().replace(/;$/, ""))).collect();
        return rows.map((row) => row.toSeq().map(String).join("|")).toSorted();
      };

      for (const store of ["files", "jetstream"]) {
        it(`give the same rows, shuffles in ${store}`, { timeout: 240_000 }, async () => {
          const spark = open(store);
          try {
            for (const name of queries) {
              let first = 0;
              let stages = 0;
              const seen = spark.sparkContext.addSparkListener((event) => {
                if (event.Event !== "SparkListenerStageCompleted") return;
                const stage = Number((event["Stage Info"] as { readonly "Stage ID"?: number })["Stage ID"]);
                if (stages++ === 0) first = stage;
              });
              const rows = await rowsOf(spark, name);
              seen.close();
              expect(rows.length).toBeGreaterThan(0);
              assert(stages > 2, "the query has several stages");
              // The same query again has the same stages, behind those of this one.
              const stage = first + stages + Math.floor(random.next() * (stages - 1));
              const striker = new Striker({ kind: "between", stage }, () => {
                const [pid] = cluster.executorPids().flat();
                assert(pid !== undefined, "there is an executor to strike");
                process.kill(pid, "SIGKILL");
              });
              const strikes = spark.sparkContext.addSparkListener((event) => striker.see(event));
              const where = `${name}, seed ${seed}, stage ${stage - first - stages} of ${stages}`;
              expect(await rowsOf(spark, name), where).toEqual(rows);
              expect(await striker.struck(), `the fault has struck: ${where}`).toBe(true);
              strikes.close();
            }
          } finally {
            await spark.stop();
          }
        });
      }
    },
  );
}
