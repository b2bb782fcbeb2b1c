import { vectorMemory, type VectorMemory } from "@vonk/columnar/internal";
import { assert } from "@vonk/common/internal";
import { compileModule } from "@vonk/wasm";
import { CodeContext, type WrittenFunction } from "./code-context.ts";
import { emitBounds } from "./emit-bounds.ts";
import { TaskMemory, type SegmentAccess } from "./task-memory.ts";

/** A function of generated code. */
export type Run = (...args: number[]) => number;

/** How much generated code a thread keeps. */
const codeMax = 1024;

/** Generated code in a thread, and how its context is filled. */
export interface ThreadCode {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly context: CodeContext;
}

/** What pipelines of a thread share: its working memory, and functions that do not depend on a plan. */
export class ThreadPipeline {
  readonly access: SegmentAccess;
  readonly views: VectorMemory;
  /** Owner of the working memory. */
  readonly tag: number;
  /** Lives as long as a task. */
  readonly taskMemory: TaskMemory;
  /** Lives as long as a batch; the reader resets it. */
  readonly batchMemory: TaskMemory;
  readonly #bounds: Readonly<Record<string, unknown>>;
  readonly #code = new Map<string, ThreadCode>();

  /** @param tag owner of the thread's working memory */
  constructor(access: SegmentAccess, tag: number) {
    this.access = access;
    this.tag = tag;
    this.views = vectorMemory(access.memory.buffer);
    this.taskMemory = new TaskMemory(access, tag);
    this.batchMemory = new TaskMemory(access, tag);
    this.#bounds = this.instantiate(emitBounds());
  }

  /** Gives back what the task before has used. */
  beginTask(): void {
    this.taskMemory.clear();
    this.batchMemory.clear();
  }

  /**
   * Code by a text that says all it depends on, generated when it is first asked for: later tasks, stages and queries of the same form have it
   * as V8 has optimised it by then.
   */
  code(key: string, write: () => WrittenFunction): ThreadCode {
    let code = this.#code.get(key);
    if (code === undefined) {
      const { bytes, context } = write();
      if (this.#code.size >= codeMax) this.#code.clear();
      this.#code.set(key, (code = { exports: this.instantiate(bytes), context }));
    }
    return code;
  }

  /** The exports of a module on the segment. */
  instantiate(bytes: Uint8Array): Readonly<Record<string, unknown>> {
    return new WebAssembly.Instance(compileModule(bytes), { env: { memory: this.access.memory } }).exports;
  }

  /** Bounds of so many integers of a width; undefined when one does not fit into 64 bits, or there are none. */
  bounds(data: number, width: number, rows: number): { readonly min: bigint; readonly max: bigint } | undefined {
    if (rows === 0) return { min: 0n, max: 0n };
    const target = this.taskMemory.allocate(16);
    if (exported(this.#bounds, `bounds${width}`)(data, rows, target) === 0) return undefined;
    const { view } = this.views;
    return { min: view.getBigInt64(target, true), max: view.getBigInt64(target + 8, true) };
  }
}

/** A function that generated code exports. */
export function exported(exports: Readonly<Record<string, unknown>>, name: string): Run {
  const found = exports[name];
  assert(typeof found === "function", `generated code exports ${name}`);
  return found as Run;
}

/** A module without a context. */
export function withoutContext(bytes: Uint8Array): WrittenFunction {
  return { bytes, context: new CodeContext() };
}

/** A text for plain data. */
export function codeKey(of: unknown): string {
  return JSON.stringify(of, (name, value: unknown) => {
    if (name === "origin") return undefined;
    return typeof value === "bigint" ? `${value}n` : value;
  });
}
