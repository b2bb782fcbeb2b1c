import type { Subscription } from "@vonk/bus";
import type { Clock, Timer } from "@vonk/common/internal";
import type { SparkStatusTracker } from "../context/status-tracker.ts";
import type { StageStatus } from "../message/status.ts";

/** Stages that ran less than this are not worth a bar. */
const quietMs = 500;
const refreshMs = 200;
const lineMs = 1000;

/** The part of a terminal's stream that the bar needs. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * Shows running stages on one line of a terminal: `[Stage 3:=====>      (12 + 2) / 40]`, with active tasks behind the plus.
 * Writes nothing when `output` is not a terminal.
 * @see Spark's ui/ConsoleProgressBar.scala
 */
export function showProgress(
  context: { readonly statusTracker: SparkStatusTracker },
  output: ProgressOutput,
  clock: Clock,
): Subscription | undefined {
  if (output.isTTY !== true) return undefined;
  let timer: Timer | undefined;
  let shown = false;
  let closed = false;
  const clear = (): void => {
    if (shown) output.write("\r\u001b[K");
    shown = false;
  };
  const refresh = async (): Promise<void> => {
    const stages = await context.statusTracker.getActiveStages();
    if (closed) return;
    const nowMs = clock.now();
    const visible = stages.filter((stage) => nowMs - stage.submittedAtMs > quietMs).slice(0, 3);
    if (visible.length === 0) clear();
    else {
      output.write(`\r${progressLine(visible, output.columns || 80)}\u001b[K`);
      shown = true;
    }
    timer = clock.schedule(refreshMs, () => void refresh());
  };
  timer = clock.schedule(refreshMs, () => void refresh());
  return {
    close() {
      closed = true;
      timer?.cancel();
      clear();
    },
  };
}

/**
 * Writes a line about each running stage whenever it has come further, once a second at most: for output that is read elsewhere, as
 * that of a driver on a worker.
 */
export function writeProgressLines(
  context: { readonly statusTracker: SparkStatusTracker },
  output: ProgressOutput,
  clock: Clock,
): Subscription {
  const written = new Map<number, number>();
  let closed = false;
  let timer: Timer | undefined;
  const refresh = async (): Promise<void> => {
    const stages = await context.statusTracker.getActiveStages();
    if (closed) return;
    for (const { stageId, name, numCompletedTasks, numTasks } of stages) {
      if (written.get(stageId) === numCompletedTasks) continue;
      written.set(stageId, numCompletedTasks);
      output.write(`stage ${stageId} (${name}): ${numCompletedTasks} of ${numTasks} tasks\n`);
    }
    timer = clock.schedule(lineMs, () => void refresh());
  };
  timer = clock.schedule(lineMs, () => void refresh());
  return {
    close() {
      closed = true;
      timer?.cancel();
    },
  };
}

/** One line of at most `width` characters for the given stages. */
export function progressLine(stages: readonly StageStatus[], width: number): string {
  const each = Math.floor(width / stages.length);
  return stages
    .map((stage) => {
      const header = `[Stage ${stage.stageId}:`;
      const tailer = `(${stage.numCompletedTasks} + ${stage.numActiveTasks}) / ${stage.numTasks}]`;
      const room = Math.max(0, each - header.length - tailer.length - 1);
      const filled = Math.floor((room * stage.numCompletedTasks) / Math.max(1, stage.numTasks));
      const bar = room === 0 ? "" : `${"=".repeat(filled)}>`.padEnd(room).slice(0, room);
      return header + bar + tailer;
    })
    .join("");
}
