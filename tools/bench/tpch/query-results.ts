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

/** The query that is slowest beside a peer's, and how often the peer's time it takes in the middle one of the turns; no turns give no name. */
export function worstQuery(turns: readonly { readonly ours: QueryResults; readonly theirs: QueryResults }[]): {
  readonly name: string;
  readonly ratio: number;
} {
  const ratios = Object.keys(turns[0]?.theirs ?? {}).map((name) => {
    const ofTurns = turns.map(({ ours, theirs }) => (ours[name]?.ms ?? Number.POSITIVE_INFINITY) / (theirs[name]?.ms ?? Number.NaN));
    return { name, ratio: ofTurns.toSorted((a, b) => a - b)[Math.floor((ofTurns.length - 1) / 2)] ?? Number.NaN };
  });
  return ratios.reduce((worst, one) => (one.ratio > worst.ratio ? one : worst), { name: "", ratio: 0 });
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
