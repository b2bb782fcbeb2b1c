import type { Bus } from "@vonk/bus";
import { publishTopic } from "@vonk/bus/internal";
import type { Clock, Timer } from "@vonk/common/internal";
import { topicPrefix, type UserNotice, userTopic } from "../message/services.ts";

/** How long results wait for those of other tasks. */
const heldMs = 5;
/** Bytes of results at which they are sent, so that the user's thread reads them while others are made. */
const heldBytesMax = 64 * 1024;

/** Tells the user's thread of its jobs, in order. Results of tasks that end soon after each other go in one message: each wakes that thread. */
export class UserNotices {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #prefix: string;
  #waiting: UserNotice[] = [];
  #bytes = 0;
  #timer: Timer | undefined;

  constructor(bus: Bus, clock: Clock, appId: string) {
    this.#bus = bus;
    this.#clock = clock;
    this.#prefix = topicPrefix(appId);
  }

  add(notice: UserNotice): void {
    this.#waiting.push(notice);
    if (notice.kind === "result" && notice.value.kind === "records") this.#bytes += notice.value.bytes;
  }

  /** An event and everything that it caused is done: what somebody waits for is sent. */
  turnEnded(): void {
    if (this.#waiting.length === 0) return;
    const mayWait = this.#bytes <= heldBytesMax && this.#waiting.every(({ kind }) => kind === "result" || kind === "accumulators");
    if (mayWait) this.#timer ??= this.#clock.schedule(heldMs, () => this.#send());
    else this.#send();
  }

  #send(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    const notices = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    publishTopic(this.#bus, userTopic, this.#prefix, notices);
  }
}
