import { analysisError } from "@vonk/catalyst/internal";
import { quoteIdentifier, stringType, structType } from "@vonk/columnar/internal";
import type { Command } from "@vonk/dataframe/internal";
import type { DataFrame } from "@vonk/dataframe";
import type { SparkSession } from "./spark-session.ts";

const keyAndValue = structType([
  { name: "key", dataType: stringType, nullable: false },
  { name: "value", dataType: stringType, nullable: false },
]);

/** SET and RESET: what was set or asked for, as rows of key and value. */
export function runSetting(session: SparkSession, command: Extract<Command, { kind: "set" | "reset" }>): DataFrame {
  const { conf } = session;
  if (command.kind === "reset") {
    if (command.key === undefined) conf.reset();
    else conf.unset(command.key);
    return session.createRows(structType([]), []);
  }
  const { key, value } = command;
  if (key === undefined)
    return session.createRows(
      keyAndValue,
      conf.all.map((pair) => [...pair]),
    );
  if (value === undefined) return session.createRows(keyAndValue, [[key, conf.get(key) ?? "<undefined>"]]);
  if (session.names.variables.find(key.split(".")) !== undefined) {
    throw analysisError("UNSUPPORTED_FEATURE.SET_VARIABLE_USING_SET", { variableName: quoteIdentifier(key) });
  }
  conf.set(key, value);
  return session.createRows(keyAndValue, [[key, value]]);
}
