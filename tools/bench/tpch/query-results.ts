/** A value of a result as JSON has it: a date is text, a decimal a number. */
export type PlainValue = string | number | boolean | null;

/** What an engine gave for one query: the median of its timed runs, and its rows. */
export interface QueryResult {
  readonly ms: number;
  readonly rows: readonly (readonly PlainValue[])[];
}

/** By query, `q1` to `q22`. */
export type QueryResults = Readonly<Record<string, QueryResult>>;

/** Engines round averages and quotients differently: Spark's have a scale, DuckDB's are doubles. */
const relativeTolerance = 1e-4;
const absoluteTolerance = 1e-6;

/** The queries whose rows differ, each with the first difference; rows are compared in order. */
export function differences(ours: QueryResults, theirs: QueryResults): string[] {
  return Object.entries(theirs).flatMap(([name, { rows }]) => {
    const own = ours[name]?.rows;
    if (own === undefined) return [`${name} has no result`];
    if (own.length !== rows.length) return [`${name} has ${own.length} rows and not ${rows.length}`];
    const row = rows.findIndex((expected, index) => !sameRow(own[index] ?? [], expected));
    return row < 0 ? [] : [`${name} has ${JSON.stringify(own[row])} and not ${JSON.stringify(rows[row])}`];
  });
}

/** The geometric mean of some queries' times in milliseconds; NaN when one has none. */
export function geometricMean(results: QueryResults, names: readonly string[] = Object.keys(results)): number {
  return Math.exp(names.reduce((sum, name) => sum + Math.log(results[name]?.ms ?? Number.NaN), 0) / names.length);
}

/** A query's times in milliseconds. */
export interface QueryTimes {
  readonly name: string;
  readonly ours: number;
  /** The peer's; 1 where there is none, so that times are compared with each other. */
  readonly theirs: number;
}

/** The query that is slowest beside a peer's, by the middle one of its turns. */
export function worstQuery(turns: readonly { readonly ours: QueryResults; readonly theirs: QueryResults | undefined }[]): QueryTimes {
  const ratio = ({ ours, theirs }: QueryTimes): number => ours / theirs;
  const middles = Object.keys(turns[0]?.ours ?? {}).flatMap((name) => {
    const times = turns.map(({ ours, theirs }) => ({ name, ours: ours[name]?.ms ?? Infinity, theirs: theirs?.[name]?.ms ?? 1 }));
    return times.toSorted((a, b) => ratio(a) - ratio(b))[Math.floor((times.length - 1) / 2)] ?? [];
  });
  return middles.reduce((worst, one) => (ratio(one) > ratio(worst) ? one : worst), { name: "", ours: 0, theirs: 1 });
}

function sameRow(own: readonly PlainValue[], expected: readonly PlainValue[]): boolean {
  return own.length === expected.length && own.every((value, index) => sameValue(value, expected[index] ?? null));
}

/** Peers have decimals as numbers, Vonk as text. */
function sameValue(own: PlainValue, expected: PlainValue): boolean {
  if (typeof expected !== "number" || own === null)
    return typeof own === "string" ? own.trim() === String(expected).trim() : own === expected;
  const number = Number(own);
  return Math.abs(number - expected) <= Math.max(absoluteTolerance, relativeTolerance * Math.max(Math.abs(number), Math.abs(expected)));
}
