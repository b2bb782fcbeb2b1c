/** Bytes that a module carries; `FunctionWriter.memoryInit` copies them. */
export interface DataSegment {
  readonly dataIndex: number;
}

/** Functions by number, for indirect calls. */
export interface Table {
  readonly tableIndex: number;
}
