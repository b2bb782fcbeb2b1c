import type { Broadcast } from "../broadcast/broadcast.ts";
import { broadcastTag } from "../storage/extent-tag.ts";
import { contextParts } from "./context-parts.ts";
import type { SparkContext } from "./spark-context.ts";

/**
 * Something that tasks' memory belongs to: what they put into the segment under its tag is freed when it is destroyed. It is a broadcast without a value,
 * of which nobody is told before its end.
 */
export function segmentOwner(context: SparkContext): Broadcast<undefined> {
  return contextParts(context).segmentOwner();
}

/**
 * The address of so many bytes in the segment that the driver's thread and the task threads of a local application share, all 0: words by which tasks
 * can agree without a message. They go with a broadcast. Undefined when the segment is full.
 */
export function sharedWords(context: SparkContext, owner: Broadcast<unknown>, bytes: number): number | undefined {
  const { allocator } = contextParts(context).runtime;
  const at = allocator.allocate(bytes, broadcastTag(owner.id));
  if (at < 0) return undefined;
  allocator.view(at, bytes).fill(0);
  return at;
}
