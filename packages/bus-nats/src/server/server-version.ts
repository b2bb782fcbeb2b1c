/** The oldest nats-server that everything works on: Debian 12's. */
export const versionFloor = "2.9.10";

/** The nats-server that is installed when there is a choice. */
export const versionRecommended = "2.15.2";

/** Negative, zero or positive as version `a` is older than, equal to or newer than `b`; what follows a dash does not count. */
export function compareVersions(a: string, b: string): number {
  const left = numbersOf(a);
  const right = numbersOf(b);
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbersOf(version: string): number[] {
  return (version.split("-")[0] ?? "").split(".").map((part) => Number.parseInt(part, 10) || 0);
}
