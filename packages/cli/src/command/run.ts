import { handleProcessEnd } from "../application/process-end.ts";
import { runApplication } from "../application/run-application.ts";
import { applySettings, settingOf, settingsOf } from "../config/application-settings.ts";
import { parseOptions, settingOptions, usage } from "../argument/parse-options.ts";
import type { Command } from "./command.ts";

/** Help on the options that applications and shells share. */
export const applicationOptionsHelp = `  --master URL              where to run: local, local[K], local[K,F], local[*] (default), local[*,F],
                            vonk://host:port[,host:port] (NATS of a cluster), local-cluster[WORKERS,CORES,MEMORY]
  --name NAME               name of the application
  --conf KEY=VALUE, -c      a setting; may be given several times
  --properties-file FILE    settings as in spark-defaults.conf: a key and a value a line
`;

/** `vonk run`: an application in this process. */
export const runCommand: Command = {
  usage: "run [options] app.ts [-- arguments]",
  summary: "run an application; .ts files run as they are",
  help: applicationOptionsHelp,
  takesApplication: true,
  async run(words, { debug }) {
    const parsed = parseOptions("run", words, { "--master": "value", "--name": "value", ...settingOptions }, true);
    const [application, ...args] = parsed.words;
    if (application === undefined) throw usage("vonk run needs the path of an application");
    applySettings(settingsOf(parsed, settingOf));
    handleProcessEnd(debug);
    await runApplication(application, args[0] === "--" ? args.slice(1) : args);
    return undefined;
  },
};
