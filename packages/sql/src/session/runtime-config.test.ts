import { expect, test } from "vitest";
import { RuntimeConfig } from "./runtime-config.ts";

test("settings have defaults, the session's own among them, until they are set", () => {
  const conf = new RuntimeConfig({ "spark.sql.session.timeZone": "America/Los_Angeles" });
  expect(conf.get("spark.sql.session.timeZone")).toBe("America/Los_Angeles");
  expect(conf.analysis).toEqual({
    ansi: true,
    caseSensitive: false,
    ordinals: true,
    excludedRules: new Set(),
    groupByAliases: true,
    timestampNTZ: false,
  });
  conf.set("spark.sql.ansi.enabled", false);
  expect(conf.analysis.ansi).toBe(false);
  conf.unset("spark.sql.ansi.enabled");
  expect(conf.analysis.ansi).toBe(true);
  expect(conf.get("spark.sql.unknown")).toBeUndefined();
  conf.set("a", 1);
  expect(conf.all.at(0)).toEqual(["a", "1"]);
  conf.reset();
  expect(conf.get("a")).toBeUndefined();
});

test("what queries take from it has its defaults", () => {
  const conf = new RuntimeConfig();
  expect([conf.compiled, conf.shufflePartitions]).toEqual([true, undefined]);
  conf.set("spark.sql.codegen.wholeStage", false);
  conf.set("spark.sql.shuffle.partitions", 7);
  expect([conf.compiled, conf.shufflePartitions]).toEqual([false, 7]);
});
