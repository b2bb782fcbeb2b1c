/** A place in the open blocks of a function: the end of a block, or the start of a loop. What `br` and `brIf` go to. */
export class Label {
  /** How many blocks were open, this one included; 0 once it is closed. */
  depth: number;

  constructor(depth: number) {
    this.depth = depth;
  }
}

/** Where the body of `while` and `for` can go. */
export interface LoopLabels {
  /** Behind the loop. */
  readonly exit: Label;
  /** To the next round. */
  readonly next: Label;
}
