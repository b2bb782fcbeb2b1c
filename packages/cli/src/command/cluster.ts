import { join, resolve } from "node:path";
import { countOf, lastValue, parseOptions, settingOptions, usage } from "../argument/parse-options.ts";
import { statusTables } from "../cluster/status-table.ts";
import { loadStandalone } from "../cluster/load-standalone.ts";
import { settingsOf, withEnvironment } from "../config/application-settings.ts";
import { exitCodes } from "../exit-code.ts";
import type { Command } from "./command.ts";
import { memoryOf } from "./worker.ts";

const table = {
  "--workers": "value",
  "--cores": "value",
  "--memory": "value",
  "--masters": "value",
  "--port": "value",
  "--dir": "value",
  ...settingOptions,
} as const;

/** `vonk cluster`: a whole cluster on this machine. */
export const clusterCommand: Command = {
  usage: "cluster up|down|status [options]",
  summary: "start, end or show a cluster on this machine: nats-server, masters and workers",
  help: `  --workers N               workers (2)
  --cores N                 cores of each; the machine's are shared out when absent
  --memory SIZE             memory of each, as 4g or 512m; half of the machine's is shared out when absent
  --masters N               masters (1): of several one leads and the others stand by
  --port P                  port of NATS; a free one when absent
  --dir FOLDER              pid files, logs and data (.vonk/cluster)
  --conf KEY=VALUE, -c      a setting of masters and workers
  --properties-file FILE    settings as in spark-defaults.conf

up prints the master URL when everything is ready. Only this machine can reach the cluster.
`,
  async run(words) {
    const parsed = parseOptions("cluster", words, table, false);
    const [what, more] = parsed.words;
    if (more !== undefined) throw usage(`vonk cluster takes one word, but met '${more}' too`);
    const folder = resolve(lastValue(parsed, "--dir") ?? join(".vonk", "cluster"));
    const properties = withEnvironment(settingsOf(parsed, {}));
    const count = (option: string): number | undefined => {
      const value = lastValue(parsed, option);
      return value === undefined ? undefined : countOf(option, value);
    };
    switch (what) {
      case "up": {
        const memory = lastValue(parsed, "--memory");
        const memoryBytes = memory === undefined ? undefined : memoryOf("--memory", memory);
        const sizes = { masters: count("--masters"), workers: count("--workers"), cores: count("--cores"), port: count("--port") };
        const given = Object.entries({ ...sizes, memoryBytes }).filter(([, value]) => value !== undefined);
        const { startMachineCluster } = await loadStandalone();
        const url = await startMachineCluster({ folder, properties, ...Object.fromEntries(given) });
        process.stdout.write(`${url}\n`);
        return exitCodes.ok;
      }
      case "down": {
        const { stopMachineCluster } = await loadStandalone();
        const ended = await stopMachineCluster(folder);
        process.stdout.write(ended.length === 0 ? `No cluster runs in ${folder}.\n` : `Ended ${ended.join(", ")}.\n`);
        return exitCodes.ok;
      }
      case "status":
        return await showStatus(folder, properties);
      default:
        throw usage(`vonk cluster needs one of up, down and status${what === undefined ? "" : `, but met '${what}'`}`);
    }
  },
};

async function showStatus(folder: string, properties: ReadonlyMap<string, string>): Promise<number> {
  const { ClusterClient, connectCluster, machineClusterURL, machineProcesses } = await loadStandalone();
  const url = machineClusterURL(folder);
  const { bus, cluster } = await connectCluster({ url, properties }, "vonk cluster status");
  try {
    const status = await new ClusterClient(bus, cluster).status();
    process.stdout.write(statusTables(url, machineProcesses(folder), status));
    return exitCodes.ok;
  } finally {
    await bus[Symbol.asyncDispose]();
  }
}
