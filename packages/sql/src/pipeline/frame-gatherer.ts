import { morselRows, type Frame } from "./frame.ts";
import type { StageRunner } from "./run-stage.ts";
import type { StageStep } from "./stage-plan.ts";

/** Frames with at least so many rows go on as they are. */
const fewRows = morselRows / 8;

/**
 * Puts the few rows that tests leave of the frames of a batch together, before steps that cost more a frame than a row. They are rows of the batch itself:
 * only their numbers are copied. Order is kept. @see Ngom et al., "Filter Representation in Vectorized Query Execution" (2021)
 */
export class FrameGatherer {
  /** The first step behind the tests, or the number of steps for the sink; -1 when there are none. */
  readonly step: number;
  readonly #stage: StageRunner;
  #rows = 0;
  #first: Frame | undefined;
  #count = 0;

  constructor(stage: StageRunner) {
    this.#stage = stage;
    const { steps } = stage.plan;
    const behind = steps.findIndex((step) => !isTest(step));
    this.step = behind === -1 ? steps.length : behind;
    if (this.step === 0) this.step = -1;
  }

  /** Before a task. */
  begin(): void {
    this.#first = undefined;
    this.#count = 0;
    this.#rows = 0;
  }

  /** Whether a frame is one of few rows that can wait with those that do. When it is not, these must be taken before it goes on. */
  hasRoomFor({ count, columns, rows }: Frame): boolean {
    if (count >= fewRows || rows[0] === 0 || rows.length > 1) return false;
    return this.#first === undefined || (this.#count + count <= morselRows && this.#first.columns === columns);
  }

  /** Keeps a frame's rows. */
  add(frame: Frame): void {
    this.#first ??= frame;
    if (this.#rows === 0) this.#rows = this.#stage.rowBuffer("gathered");
    const { view } = this.#stage.thread.views;
    const moved = frame.offset - this.#first.offset;
    const [from = 0] = frame.rows;
    const to = this.#rows + 4 * this.#count;
    for (let at = 0; at < 4 * frame.count; at += 4) view.setUint32(to + at, view.getUint32(from + at, true) + moved, true);
    this.#count += frame.count;
  }

  /** All rows that wait, as one frame. */
  take(): Frame | undefined {
    const first = this.#first;
    if (first === undefined) return undefined;
    const frame = { ...first, count: this.#count, rows: [this.#rows] };
    this.#first = undefined;
    this.#count = 0;
    return frame;
  }
}

/** Whether a step leaves some of the rows and adds nothing to them. */
function isTest(step: StageStep): boolean {
  return step.kind === "filter" || step.joinType === "semi" || step.joinType === "anti";
}
