/** One measurement: its value, the CPU time that it took itself, and what it computed, to be compared with a peer's. */
export interface Sample {
  readonly value: number;
  /** CPU milliseconds of the measured processes; undefined when nobody counted. */
  readonly cpuMs?: number;
  /** Cores that others took, where the measurement knows better than what is around it. */
  readonly foreignCores?: number;
  /** Wall milliseconds of the measurement, set-up and warm-up included. */
  readonly wallMs?: number;
  readonly check?: string;
  /** What peers took in turn with this sample, by name: a machine whose speed changes changes both. */
  readonly beside?: Readonly<Record<string, number>>;
}

/** What a row must reach: a value of its own, or a multiple of what a peer shows in the same run. */
export type Bar =
  | { readonly kind: "at-most"; readonly value: number }
  | { readonly kind: "at-least"; readonly value: number }
  | { readonly kind: "at-most-times"; readonly peer: string; readonly ratio: number };

/** What a peer shows for a row. */
export interface PeerValue {
  readonly value: number;
  readonly check?: string;
}

/** One line of a suite's table. */
export interface Row {
  readonly name: string;
  readonly unit: string;
  readonly bar: Bar;
  /** How often the whole measurement is repeated; an absolute bar counts the quietest, a ratio the median of the ratios. */
  readonly runs: number;
  run(): Promise<Sample>;
}

/** What the command line says to all rows of a suite. */
export interface SuiteOptions {
  /** Scale factor of generated tables, such as `1` or `0.1`. */
  readonly scale: string;
}

/** A suite: rows, and peers that measure the same work once for all rows. */
export interface Suite {
  readonly rows: readonly Row[];
  /** Makes what the rows read; once, before the first. */
  prepare(log: (line: string) => void, options: SuiteOptions): void | Promise<void>;
  /** Values of each peer by name and row; a peer that is not installed is left out. */
  peers(log: (line: string) => void, rows: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, PeerValue>>>;
}

/** A row as it is reported; `--json` prints an array of these. */
export interface Result {
  readonly name: string;
  readonly value: number | null;
  readonly unit: string;
  readonly bar: string;
  /** True when the bar is reached, null when its peer is absent. */
  readonly ok: boolean | null;
  readonly peers: Readonly<Record<string, number>>;
  /** What went wrong, or that others disturbed the measurement. */
  readonly note?: string;
}
