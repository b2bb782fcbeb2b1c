import { physicalBytes, type ColumnVector } from "@vonk/columnar/internal";
import { isWhole } from "./compilable.ts";
import type { FrameColumn } from "./frame.ts";
import type { ThreadPipeline } from "./thread-pipeline.ts";
import type { ValueRange } from "./value-range.ts";

/** A vector as a column of frames. Its range is found when it is first asked for, over all its rows. */
export function frameColumn(thread: ThreadPipeline, vector: ColumnVector, source: number, isStable: boolean): FrameColumn {
  let known: { readonly range: ValueRange | undefined } | undefined;
  const range = (): ValueRange | undefined => {
    known ??= { range: vector.range ?? boundsOf(thread, vector) };
    return known.range;
  };
  return { vector, source, range, isStable };
}

/** Bounds of a vector's integers; undefined when it has none, or some do not fit into 64 bits. */
export function boundsOf(thread: ThreadPipeline, { data, dataType, physical, length }: ColumnVector): ValueRange | undefined {
  return isWhole(dataType) ? thread.bounds(data, physicalBytes[physical], length) : undefined;
}
