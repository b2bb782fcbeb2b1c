import { expect, test } from "vitest";
import { environmentName, readEnvironment } from "./environment.ts";

test("a setting comes back under the name of its variable", () => {
  for (const key of ["spark.executor.memory", "vonk.task.killGrace", "spark.some_key.with__underscores"]) {
    expect(readEnvironment({ [environmentName(key)]: "1" })).toEqual([[key, "1"]]);
  }
  expect(environmentName("spark.app.name")).toBe("VONK_CONF_spark_app_name");
});

test("other variables and other keys are left alone", () => {
  expect(readEnvironment({ PATH: "/bin", VONK_CONF_DIR: "x", VONK_CONF_spark_master: "local[2]" })).toEqual([["spark.master", "local[2]"]]);
});
