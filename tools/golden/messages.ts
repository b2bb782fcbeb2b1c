/** What the parent asks of a worker: a file, without the statements at whose time the worker had to be ended before. */
export interface FileRequest {
  readonly folder: string;
  readonly file: string;
  readonly ended: readonly string[];
}

/** What a worker tells while it works. */
export type WorkerReport =
  | { readonly kind: "ready" }
  | { readonly kind: "begin"; readonly statement: string }
  | { readonly kind: "judged"; readonly statement: string; readonly judgement: Judgement }
  | { readonly kind: "done" };

/** How one statement went. */
export interface Judgement {
  readonly level: number;
  readonly sql: string;
  /** What was met in place of what was expected, when the level is below 4. */
  readonly met: string;
  readonly expected: string;
}
