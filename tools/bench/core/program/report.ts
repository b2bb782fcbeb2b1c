/** Prints a measurement for the harness: the value, this process's CPU time so far, what was computed. */
export function report(value: number, check?: string | number): void {
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    `RESULT ${JSON.stringify({ value, cpuMs: (user + system) / 1000, ...(check === undefined ? {} : { check: String(check) }) })}\n`,
  );
}

/** Runs `work` `runs` times; the median of the seconds and the last result. */
export async function timed<T>(runs: number, work: () => Promise<T>): Promise<{ seconds: number; result: T }> {
  const samples: number[] = [];
  let result: T;
  do {
    const start = performance.now();
    result = await work();
    samples.push((performance.now() - start) / 1000);
  } while (samples.length < runs);
  return { seconds: median(samples), result };
}

/** The middle of some numbers. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** The folder of inputs that the harness passes as first argument. */
export function dataArgument(): string {
  const folder = process.argv[2];
  if (folder === undefined) throw new Error("give the folder of the benchmark inputs");
  return folder;
}
