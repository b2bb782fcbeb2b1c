/**
 * Ends this process in order when it gets SIGTERM or SIGINT, also while it still starts; a second signal ends it at once.
 * Resolves when it runs. @throws what starting throws
 */
export async function stopOnSignals(starting: Promise<{ stop(): Promise<void> }>): Promise<void> {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      void starting
        .then((running) => running.stop())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            process.stderr.write(`${String(error)}\n`);
            process.exit(1);
          },
        );
    });
  }
  await starting;
}
