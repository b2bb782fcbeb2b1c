import { lastValue, parseOptions, settingOptions, usage } from "../argument/parse-options.ts";
import { loadStandalone } from "../cluster/load-standalone.ts";
import { settingsOf, withEnvironment } from "../config/application-settings.ts";
import type { Command } from "./command.ts";

/** Help on the options that masters and workers share. */
export const processOptionsHelp = `  --conf KEY=VALUE, -c      a setting; may be given several times. Of use here: vonk.nats.* (credentials and TLS),
                            vonk.cluster.name, spark.worker.timeout, spark.log.level
  --properties-file FILE    settings as in spark-defaults.conf

It logs lines of JSON to standard error, and ends in order at SIGTERM and Ctrl-C.
`;

/** `vonk master`: a master in this process. */
export const masterCommand: Command = {
  usage: "master vonk://host:port[,host:port] [options]",
  summary: "run a master of a cluster whose NATS is there; of several one leads, the others stand by",
  help: `  --name NAME               name among the cluster's masters; made up when absent\n${processOptionsHelp}`,
  async run(words) {
    const parsed = parseOptions("master", words, { "--name": "value", ...settingOptions }, false);
    const url = addressOf("master", parsed.words);
    const name = lastValue(parsed, "--name");
    const properties = withEnvironment(settingsOf(parsed, {}));
    const { runMaster, stopOnSignals } = await loadStandalone();
    await stopOnSignals(runMaster({ url, properties, ...(name === undefined ? {} : { name }) }));
    return undefined;
  },
};

/** The one word that a master or worker is given. @throws USAGE */
export function addressOf(command: string, words: readonly string[]): string {
  const [url, more] = words;
  if (url === undefined) throw usage(`vonk ${command} needs the addresses of NATS, vonk://host:port[,host:port]`);
  if (more !== undefined) throw usage(`vonk ${command} takes one address, but met '${more}' too`);
  return url;
}
