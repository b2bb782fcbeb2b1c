import { allFunctions, findFunction } from "@vonk/expression/internal";
import { aggregateSignatures, generatorSignatures, registeredNames, scalarSignatures, windowSignatures } from "@vonk/dataframe/internal";
import { functions } from "@vonk/dataframe";
import { expect, test } from "vitest";

const tables = { scalar: scalarSignatures, aggregate: aggregateSignatures, window: windowSignatures, generator: generatorSignatures };

test("each function of the table is one of the registry, with room for its arguments", () => {
  for (const [kind, table] of Object.entries(tables)) {
    for (const [name, signature] of Object.entries(table)) {
      const definition = findFunction(registeredNames[name] ?? name);
      expect(definition, name).toBeDefined();
      if (kind !== "window") expect(definition?.kind, name).toBe(kind);
      const words = signature
        .slice(0, signature.indexOf(":"))
        .trim()
        .split(" ")
        .filter((word) => word !== "");
      const least = words.filter((word) => !word.endsWith("?") && !word.endsWith("*")).length;
      const [, most] = definition?.arity ?? [0, 0];
      expect(least, name).toBeLessThanOrEqual(most);
      if (!words.some((word) => word.endsWith("*"))) expect(words.length, name).toBeLessThanOrEqual(most);
    }
  }
});

/** What `pyspark.sql.functions` does not have: operators, casts and helpers that only SQL text names. */
const sqlOnly = new Set([
  "unary -",
  "operator chain",
  ..."or + - * / % mod div try_mod = == <=> < <= > >= and ! in between || & | ^ ~ << >> >>> if int bigint boolean tinyint smallint float double decimal date timestamp time binary string dayofweek_iso timestampadd timestampdiff timediff char_type_write_side_check varchar_type_write_side_check getfield [] getitem typeof assert_true len any sha e map bitmap_count percentile_cont percentile_disc extract try_divide localtime current_time getbit bool_or stddev mean last first any_value approx_count_distinct try_make_interval vector_inner_product single_row routine_result collation_key time_window time_windows to_session_gap".split(
    " ",
  ),
]);

test("each function of the registry has its method", () => {
  const missing = allFunctions()
    .flatMap((definition) => [definition.name, ...(definition.aliases ?? [])])
    .filter((name) => !(name in functions) && !sqlOnly.has(name));
  expect(missing).toEqual([]);
});
