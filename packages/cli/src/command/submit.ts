import { redact } from "@vonk/common";
import { runApplication } from "../application/run-application.ts";
import { handleProcessEnd } from "../application/process-end.ts";
import { loadStandalone } from "../cluster/load-standalone.ts";
import { checkApplication } from "../submit/check-application.ts";
import { killDriver, showDriver, submitDriver } from "../submit/cluster-mode.ts";
import { submitHelp } from "../submit/submit-help.ts";
import { parseSubmission, type Submission } from "../submit/submission.ts";
import { applySettings } from "../config/application-settings.ts";
import { exitCodes } from "../exit-code.ts";
import { packageVersion } from "../package-version.ts";
import { type Command, commandHelp } from "./command.ts";

/** `vonk submit`: an application with spark-submit's options, here or on a worker. */
export const submitCommand: Command = {
  usage: "submit [options] app.ts [arguments]",
  summary: "run an application with spark-submit's options, here or (--deploy-mode cluster) on a worker",
  help: submitHelp,
  takesApplication: true,
  async run(words, { debug }) {
    const submission = parseSubmission(words);
    switch (submission.kind) {
      case "version":
        process.stdout.write(`${packageVersion()}\n`);
        return exitCodes.ok;
      case "usage-error":
        process.stderr.write(commandHelp(submitCommand));
        return exitCodes.usage;
      case "kill":
        return await killDriver(submission);
      case "status":
        return await showDriver(submission);
      case "submit":
        return await submit(submission, debug);
    }
  },
};

async function submit(submission: Extract<Submission, { kind: "submit" }>, debug: boolean): Promise<number | undefined> {
  const { application, args, settings, deployMode, isVerbose } = submission;
  if (isVerbose) describe(submission);
  if (deployMode === "cluster") {
    const [sources, standalone] = await Promise.all([checkApplication(application), loadStandalone()]);
    return await submitDriver(submission, sources, standalone);
  }
  await checkApplication(application);
  applySettings(settings);
  handleProcessEnd(debug);
  await runApplication(application, args);
  return undefined;
}

function describe({ application, args, settings, deployMode }: Extract<Submission, { kind: "submit" }>): void {
  const lines = [...settings].map(([key, value]) => `  ${key}  ${String(redact(key, value))}`).toSorted();
  process.stderr.write(`application ${application} ${args.join(" ")}\ndeploy mode ${deployMode}\nsettings\n${lines.join("\n")}\n`);
}
