import { fork, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { FileRequest, Judgement, WorkerReport } from "./messages.ts";

/** What became of the statements of a file, by their names. */
export type FileJudgements = Map<string, Judgement>;

/** The sources are run, so that nothing need be built. */
const execArgv = [...process.execArgv, "--conditions=@vonk/source", "--disable-warning=ExperimentalWarning"];
/** A statement that says nothing for so long is taken to hang. */
const silenceMaxMs = 20_000;
/** How often a file is begun again after a worker had to be ended. */
const attemptsMax = 12;

/** Runs files on so many processes; what hangs or ends its process counts as wrong and stops nothing. */
export async function runAll(requests: readonly FileRequest[], processes: number, done: (request: FileRequest, judgements: FileJudgements) => void): Promise<void> {
  const waiting = [...requests];
  const work = async (): Promise<void> => {
    const worker = new Worker();
    for (let request = waiting.shift(); request !== undefined; request = waiting.shift()) done(request, await runOne(worker, request));
    worker.end();
  };
  await Promise.all(Array.from({ length: processes }, work));
}

async function runOne(worker: Worker, request: FileRequest): Promise<FileJudgements> {
  const judgements: FileJudgements = new Map();
  const ended: string[] = [];
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const hanging = await worker.run({ ...request, ended }, judgements);
    if (hanging === undefined) break;
    ended.push(hanging);
    const [combination = "", index = ""] = hanging.split(".");
    const judgement: Judgement = { level: 0, sql: hanging, met: "did not return", expected: "" };
    judgements.set(/^\d+$/.test(combination) ? index : hanging, judgement);
  }
  return judgements;
}

class Worker {
  #child: ChildProcess | undefined;

  /** Undefined when the file came to its end; else the statement at which the process hung or ended. */
  run(request: FileRequest, judgements: FileJudgements): Promise<string | undefined> {
    const child = (this.#child ??= fork(join(import.meta.dirname, "worker.ts"), { execArgv }));
    let current = "";
    return new Promise((resolve) => {
      let watch = setTimeout(() => child.kill("SIGKILL"), silenceMaxMs);
      const settle = (value: string | undefined): void => {
        clearTimeout(watch);
        child.removeAllListeners();
        resolve(value);
      };
      child.on("message", (message: WorkerReport) => {
        clearTimeout(watch);
        watch = setTimeout(() => child.kill("SIGKILL"), silenceMaxMs);
        if (message.kind === "begin") current = message.statement;
        else if (message.kind === "judged") keepWorse(judgements, message.statement, message.judgement);
        else if (message.kind === "done") settle(undefined);
      });
      child.on("exit", () => {
        this.#child = undefined;
        settle(current);
      });
      child.send(request);
    });
  }

  end(): void {
    this.#child?.kill("SIGKILL");
  }
}

/** A statement is right when it is under every combination of settings. */
function keepWorse(judgements: FileJudgements, statement: string, judgement: Judgement): void {
  const known = judgements.get(statement);
  if (known === undefined || judgement.level < known.level) judgements.set(statement, judgement);
}
