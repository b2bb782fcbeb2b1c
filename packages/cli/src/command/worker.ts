import { parseBytes } from "@vonk/common";
import { countOf, lastValue, parseOptions, settingOptions, usage } from "../argument/parse-options.ts";
import { loadStandalone } from "../cluster/load-standalone.ts";
import { settingsOf, withEnvironment } from "../config/application-settings.ts";
import type { Command } from "./command.ts";
import { addressOf, processOptionsHelp } from "./master.ts";

/** `vonk worker`: a worker in this process. */
export const workerCommand: Command = {
  usage: "worker vonk://host:port[,host:port] [options]",
  summary: "run a worker: it starts executors and drivers on this machine for the cluster's masters",
  help: `  --cores N                 cores to give; all of the machine when absent
  --memory SIZE             memory to give, as 4g or 512m; the machine's but for 1 GiB when absent
  --work-dir FOLDER         files and logs of executors and drivers; ./work when absent
${processOptionsHelp}`,
  async run(words) {
    const table = { "--cores": "value", "--memory": "value", "--work-dir": "value", ...settingOptions } as const;
    const parsed = parseOptions("worker", words, table, false);
    const url = addressOf("worker", parsed.words);
    const [cores, memory, workDir] = ["--cores", "--memory", "--work-dir"].map((option) => lastValue(parsed, option));
    const given = {
      ...(cores === undefined ? {} : { cores: countOf("--cores", cores) }),
      ...(memory === undefined ? {} : { memoryBytes: memoryOf("--memory", memory) }),
      ...(workDir === undefined ? {} : { workDir }),
    };
    const properties = withEnvironment(settingsOf(parsed, {}));
    const { runWorker, stopOnSignals } = await loadStandalone();
    await stopOnSignals(runWorker({ url, properties, ...given }));
    return undefined;
  },
};

/** Bytes of a size; a bare number is in MiB, as Spark's. @throws USAGE */
export function memoryOf(option: string, text: string): number {
  const bytes = parseBytes(text, "m");
  if (bytes === undefined || bytes === 0) throw usage(`${option} is '${text}', expected a size such as 512m or 4g`);
  return bytes;
}
