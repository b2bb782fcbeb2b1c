/** Microseconds of a day. */
const microsPerDay = 86_400_000_000n;

/** `2020-01-31` of days since 1970-01-01; years beyond 9999 have a sign. */
export function dayText(days: number): string {
  const date = new Date(days * 86_400_000);
  const year = date.getUTCFullYear();
  const sign = year < 0 ? "-" : year > 9999 ? "+" : "";
  return `${sign}${String(Math.abs(year)).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** `2020-01-31T23:59:59.5` of microseconds since 1970-01-01 00:00. */
export function momentText(micros: bigint): string {
  const rest = ((micros % microsPerDay) + microsPerDay) % microsPerDay;
  return `${dayText(Number((micros - rest) / microsPerDay))}T${clockText(rest * 1000n)}`;
}

/** `23:59:59.5` of nanoseconds since midnight. */
export function clockText(nanos: bigint): string {
  const seconds = Number(nanos / 1_000_000_000n);
  const fraction = (nanos % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return fraction === "" ? clock : `${clock}.${fraction}`;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
