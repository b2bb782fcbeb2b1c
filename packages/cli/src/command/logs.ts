import type { ClusterLog } from "@vonk/cluster-standalone/internal";
import { lastValue, parseOptions, settingOptions, usage } from "../argument/parse-options.ts";
import { loadStandalone } from "../cluster/load-standalone.ts";
import { type LogSelection, printLogs } from "../cluster/print-logs.ts";
import { textTable } from "../cluster/status-table.ts";
import { settingOf, settingsOf, withEnvironment } from "../config/application-settings.ts";
import { exitCodes } from "../exit-code.ts";
import { cliErrors } from "../errors.ts";
import type { Command } from "./command.ts";

const table = {
  "--master": "value",
  "--executor": "value",
  "--stream": "value",
  "--follow": "flag",
  "-f": "--follow",
  ...settingOptions,
} as const;

/** `vonk logs`: what executors and drivers have printed. */
export const logsCommand: Command = {
  usage: "logs [ID] [options]",
  summary: "print what the executors of an application, or a driver, have printed; without an ID what logs there are",
  help: `  --master URL              vonk://host:port[,host:port] (NATS of the cluster)
  --executor ID             of this executor alone; otherwise each line begins with its executor, as [0]
  --stream stdout|stderr    of this stream alone
  --follow, -f              go on as they grow, until the application or driver has ended
  --conf KEY=VALUE, -c      a setting, as vonk.nats.* (credentials and TLS)
  --properties-file FILE    settings as in spark-defaults.conf

ID is an application's (app-…) or a driver's (driver-…). Workers keep logs of what has ended for spark.worker.cleanup.appDataTtl.
`,
  async run(words) {
    const parsed = parseOptions("logs", words, table, false);
    const [ownerId, more] = parsed.words;
    if (more !== undefined) throw usage(`vonk logs takes one ID, but met '${more}' too`);
    const properties = withEnvironment(settingsOf(parsed, settingOf));
    const url = properties.get("spark.master") ?? "";
    if (!url.startsWith("vonk://")) throw usage(`vonk logs needs --master vonk://host:port of a cluster, but the master is '${url}'`);
    const stream = lastValue(parsed, "--stream");
    if (stream !== undefined && stream !== "stdout" && stream !== "stderr")
      throw usage(`--stream is '${stream}', expected stdout or stderr`);
    const executorId = lastValue(parsed, "--executor");
    const { ClusterLogs, connectCluster } = await loadStandalone();
    const connected = await connectCluster({ url, properties }, "vonk logs");
    try {
      const logs = new ClusterLogs(connected);
      if (ownerId === undefined) {
        process.stdout.write(logTable((await logs.list()).logs));
        return exitCodes.ok;
      }
      const selection: LogSelection = {
        ownerId,
        follows: lastValue(parsed, "--follow") !== undefined,
        ...(executorId === undefined ? {} : { executorId }),
        ...(stream === undefined ? {} : { stream }),
      };
      if (await printLogs(logs, selection, (to, text) => void process[to].write(text))) return exitCodes.ok;
      const id = executorId === undefined ? ownerId : `executor ${executorId} of ${ownerId}`;
      throw cliErrors.create("LOGS_NOT_FOUND", { id });
    } finally {
      await connected.bus[Symbol.asyncDispose]();
    }
  },
};

function logTable(logs: readonly ClusterLog[]): string {
  const rows = logs.map(({ ownerId, executorId = "", workerId, isRunning, bytes }) => {
    return [ownerId, executorId, workerId, isRunning ? "runs" : "has ended", String(bytes.stdout), String(bytes.stderr)];
  });
  return textTable(["APPLICATION OR DRIVER", "EXECUTOR", "WORKER", "STATE", "STDOUT", "STDERR"], rows);
}
