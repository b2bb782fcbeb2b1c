import { physicalBytes, type ColumnVector } from "@vonk/columnar/internal";
import { isWhole } from "./compilable.ts";
import type { FrameColumn } from "./frame.ts";
import type { ThreadPipeline } from "./thread-pipeline.ts";
import type { ValueRange } from "./value-range.ts";

/** A vector as a column of frames. Its range is found when it is first asked for, over all its rows. */
export function frameColumn(thread: ThreadPipeline, vector: ColumnVector, source: number, isStable: boolean): FrameColumn {
  let known: { readonly range: ValueRange | undefined } | undefined;
  const range = (): ValueRange | undefined => {
    known ??= { range: isWhole(vector.dataType) ? thread.bounds(vector.data, physicalBytes[vector.physical], vector.length) : undefined };
    return known.range;
  };
  return { vector, source, range, isStable, offset: 0 };
}
