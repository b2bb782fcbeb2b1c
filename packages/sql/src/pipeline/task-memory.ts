import { extentBytes, type ExtentAllocator } from "@vonk/columnar/internal";
import { sqlErrors } from "../errors.ts";

/** Readers may look a few bytes before and behind a buffer. */
const slackBytes = 128;
const runBytesMin = 4 * 2 ** 20;
/** What a thread keeps from one task to the next. */
const keptBytesMax = 64 * 2 ** 20;

/** What is needed of the executor: its segment, and a way to make room in it. */
export interface SegmentAccess {
  readonly memory: WebAssembly.Memory;
  readonly allocator: Pick<ExtentAllocator, "allocate" | "free">;
  /** Frees cached blocks; true when trying again makes sense. */
  readonly makeRoom: (bytes: number) => boolean;
}

interface Run {
  readonly start: number;
  readonly bytes: number;
}

/**
 * A thread's working memory in the executor's segment: columns of the batch at hand, row numbers, groups. It is given out from the start of runs of
 * extents and given back as a whole, so that it counts against the executor's memory like every other block.
 */
export class TaskMemory {
  readonly memory: WebAssembly.Memory;
  readonly #access: SegmentAccess;
  readonly #tag: number;
  readonly #runs: Run[] = [];
  #run = 0;
  #next = 0;
  #kept: { readonly run: number; readonly next: number } = { run: 0, next: 0 };

  /** @param tag owner of the extents */
  constructor(access: SegmentAccess, tag: number) {
    this.memory = access.memory;
    this.#access = access;
    this.#tag = tag;
  }

  /** The address of so many bytes, with slack behind them; contents are arbitrary. @throws PIPELINE_MEMORY_EXCEEDED */
  allocate(bytes: number, align = 16): number {
    for (; this.#run < this.#runs.length; this.#run++, this.#next = 0) {
      const run = this.#runs[this.#run];
      if (run === undefined) break;
      const at = Math.ceil((run.start + Math.max(this.#next, slackBytes)) / align) * align;
      if (at + bytes + slackBytes > run.start + run.bytes) continue;
      this.#next = at + Math.ceil(bytes) + slackBytes - run.start;
      return at;
    }
    const wanted = Math.max(runBytesMin, Math.ceil((bytes + 3 * slackBytes + align) / extentBytes) * extentBytes);
    this.#runs.push({ start: allocateExtents(this.#access, wanted, this.#tag), bytes: wanted });
    return this.allocate(bytes, align);
  }

  /** Gives everything back; what exceeds a thread's share goes back to the segment. */
  clear(): void {
    let total = 0;
    let kept = 0;
    while (kept < this.#runs.length && total + (this.#runs[kept]?.bytes ?? 0) <= keptBytesMax) total += this.#runs[kept++]?.bytes ?? 0;
    for (const { start, bytes } of this.#runs.splice(kept)) this.#access.allocator.free(start, bytes);
    this.#run = 0;
    this.#next = 0;
    this.keep();
  }

  /** Keeps what has been given out until now. */
  keep(): void {
    this.#kept = { run: this.#run, next: this.#next };
  }

  /** Gives back what was given out since {@link keep}. */
  reset(): void {
    this.#run = this.#kept.run;
    this.#next = this.#kept.next;
  }
}

/** The address of a run of extents. @throws PIPELINE_MEMORY_EXCEEDED */
export function allocateExtents(access: SegmentAccess, bytes: number, tag: number): number {
  let at = access.allocator.allocate(bytes, tag);
  // What is freed may lie apart: one run of so many bytes can take several tries.
  while (at < 0 && access.makeRoom(bytes)) at = access.allocator.allocate(bytes, tag);
  if (at < 0) throw sqlErrors.create("PIPELINE_MEMORY_EXCEEDED", { bytes });
  return at;
}

/** Memory that outlives a task: blocks that later stages read. Freed by its tag when the query ends. */
export class QueryMemory {
  readonly #access: SegmentAccess;
  readonly #tag: number;
  #at = 0;
  #end = 0;

  constructor(access: SegmentAccess, tag: number) {
    this.#access = access;
    this.#tag = tag;
  }

  /** The address of so many bytes, with slack behind them. @throws PIPELINE_MEMORY_EXCEEDED */
  allocate(bytes: number, align = 16): number {
    const at = Math.ceil(this.#at / align) * align;
    if (this.#at > 0 && at + bytes + slackBytes <= this.#end) {
      this.#at = at + bytes + slackBytes;
      return at;
    }
    const needed = bytes + 2 * slackBytes + align;
    const wanted = Math.ceil(needed / extentBytes) * extentBytes;
    const start = allocateExtents(this.#access, wanted, this.#tag);
    const first = Math.ceil((start + slackBytes) / align) * align;
    this.#at = first + bytes + slackBytes;
    this.#end = start + wanted;
    return first;
  }
}
