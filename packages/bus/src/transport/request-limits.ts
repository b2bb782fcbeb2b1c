import { type Clock, systemClock } from "@vonk/common/internal";
import type { RequestOptions } from "../bus.ts";
import { busErrors } from "../errors.ts";

/** Gives `reply`, unless the time-out or the signal of `options` comes first. */
export function withRequestLimits<T>(reply: Promise<T>, subject: string, options: RequestOptions, clock: Clock = systemClock): Promise<T> {
  const { timeoutMs, signal } = options;
  if (timeoutMs === undefined && signal === undefined) return reply;
  return new Promise<T>((resolve, reject) => {
    const timer =
      timeoutMs === undefined
        ? undefined
        : clock.schedule(timeoutMs, () => finish(() => reject(busErrors.create("BUS_REQUEST_TIMEOUT", { subject, timeoutMs }))));
    const onAbort = (): void => finish(() => reject(signal?.reason));
    const finish = (settle: () => void): void => {
      timer?.cancel();
      signal?.removeEventListener("abort", onAbort);
      settle();
    };
    // Attached in any case: a reply that fails after the request was given up is nobody's unhandled rejection.
    reply.then(
      (value) => finish(() => resolve(value)),
      (error: unknown) => finish(() => reject(error)),
    );
    if (signal?.aborted === true) return onAbort();
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
