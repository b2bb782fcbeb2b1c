import type { Bar, PeerValue, Result, Row, Sample } from "./suite.ts";

/** A sample with the share of the machine that other processes took meanwhile, in cores; undefined when unknown. */
export interface Observation {
  readonly sample: Sample;
  readonly foreignCores: number | undefined;
}

/** More foreign load than this is said with the result. */
const quietCores = 0.2;

/** A row's result out of its observations. None means that the program failed, which is never ok. */
export function judge(row: Row, observations: readonly Observation[], peers: ReadonlyMap<string, PeerValue>, failure?: string): Result {
  const chosen = row.bar.kind === "at-most-times" ? medianRatio(observations, row.bar.peer) : quietest(observations);
  const besides = Object.entries(chosen?.sample.beside ?? {});
  const shown = Object.fromEntries([...Array.from(peers, ([name, peer]) => [name, peer.value] as const), ...besides]);
  const base = { name: row.name, unit: row.unit, bar: barText(row.bar, row.unit), peers: mapValues(shown, rounded) };
  if (chosen === undefined) return { ...base, value: null, ok: false, note: failure ?? "no measurement" };
  const notes: string[] = [];
  let ok = reached(row.bar, chosen.sample.value, shown);
  for (const [name, peer] of peers) {
    if (peer.check === undefined || chosen.sample.check === undefined || sameResult(peer.check, chosen.sample.check)) continue;
    notes.push(`${name} computed ${peer.check}, Vonk ${chosen.sample.check}`);
    ok = false;
  }
  if ((chosen.foreignCores ?? 0) > quietCores) notes.push(`others took ${chosen.foreignCores?.toFixed(2)} cores meanwhile`);
  return { ...base, value: rounded(chosen.sample.value), ok, ...(notes.length === 0 ? {} : { note: notes.join("; ") }) };
}

/** The bar as people write it. */
export function barText(bar: Bar, unit: string): string {
  if (bar.kind === "at-most-times") return `<= ${bar.ratio} x ${bar.peer}`;
  return `${bar.kind === "at-most" ? "<=" : ">="} ${bar.value} ${unit}`;
}

/** Whether the results are a pass: no row missed its bar, and with `strict` none is undecided. */
export function passes(results: readonly Result[], strict: boolean): boolean {
  return results.every((result) => result.ok === true || (result.ok === null && !strict));
}

function reached(bar: Bar, value: number, peers: Readonly<Record<string, number>>): boolean | null {
  if (bar.kind === "at-most") return value <= bar.value;
  if (bar.kind === "at-least") return value >= bar.value;
  const peer = peers[bar.peer];
  return peer === undefined ? null : value <= bar.ratio * peer;
}

/** Equal text, or numbers that agree to six digits: sums of floats depend on the order of addition. */
function sameResult(a: string, b: string): boolean {
  if (a === b) return true;
  const [x, y] = [Number(a), Number(b)];
  return Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= 1e-6 * Math.max(Math.abs(x), Math.abs(y));
}

/** The observation in the middle by its ratio to what the peer took in turn with it; without that, by its value. */
function medianRatio(observations: readonly Observation[], peer: string): Observation | undefined {
  const ratio = ({ sample }: Observation): number => sample.value / (sample.beside?.[peer] ?? 1);
  const sorted = observations.toSorted((a, b) => ratio(a) - ratio(b));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** The observation with the least foreign load; where that is unknown, the middle one. */
function quietest(observations: readonly Observation[]): Observation | undefined {
  const known = observations.filter((one) => one.foreignCores !== undefined);
  if (known.length === 0)
    return observations.toSorted((a, b) => a.sample.value - b.sample.value)[Math.floor((observations.length - 1) / 2)];
  return known.toSorted((a, b) => (a.foreignCores ?? 0) - (b.foreignCores ?? 0))[0];
}

function mapValues(values: Readonly<Record<string, number>>, change: (value: number) => number): Record<string, number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
