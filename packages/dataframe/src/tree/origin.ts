/**
 * Where a node came from: a stretch of SQL text, or the line of a program. Errors show it. Offsets are 0-based in UTF-16 units,
 * `stop` is the last unit that belongs to it.
 */
export interface Origin {
  readonly text?: string;
  readonly start?: number;
  readonly stop?: number;
  /** What the text is the body of, when it is not the query itself: a view or a function. */
  readonly objectType?: string;
  readonly objectName?: string;
  /** The call in a program: `file:line:column`, and the method. */
  readonly callSite?: string;
  readonly method?: string;
}
