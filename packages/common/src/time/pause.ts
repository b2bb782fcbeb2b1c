/** Settles after `delayMs` and holds the process alive until then, as the timers of a `Clock` do not: for commands that wait. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, delayMs));
}
