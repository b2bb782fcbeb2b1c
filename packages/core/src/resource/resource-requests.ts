import { parseBytes } from "@vonk/common";
import { invalid } from "../rdd/check-argument.ts";

/** How much of a resource each task takes; a fraction of at most 1 lets several tasks share one. */
export interface TaskResourceRequest {
  readonly resourceName: string;
  readonly amount: number;
}

/** How much of a resource each executor has. */
export interface ExecutorResourceRequest {
  readonly resourceName: string;
  readonly amount: number;
  readonly discoveryScript?: string;
  readonly vendor?: string;
}

/** What each task of a stage takes: `new TaskResourceRequests().cpus(2)`. */
export class TaskResourceRequests {
  readonly #requests = new Map<string, TaskResourceRequest>();

  get requests(): ReadonlyMap<string, TaskResourceRequest> {
    return this.#requests;
  }

  /** Cores. @throws INVALID_ARGUMENT when it is no whole number of at least 1 */
  cpus(amount: number): this {
    if (!Number.isInteger(amount) || amount < 1) throw invalid("cpus()", "amount", amount, "a whole number of at least 1");
    return this.addRequest({ resourceName: resourceNames.cpus, amount });
  }

  /** Another resource. @throws INVALID_ARGUMENT when it is neither a whole number nor between 0 and 1 */
  resource(resourceName: string, amount: number): this {
    const isShare = amount > 0 && amount <= 1;
    if (!isShare && !(Number.isInteger(amount) && amount > 0))
      throw invalid("resource()", "amount", amount, "a whole number, or a share above 0 and up to 1");
    return this.addRequest({ resourceName, amount });
  }

  addRequest(request: TaskResourceRequest): this {
    this.#requests.set(request.resourceName, request);
    return this;
  }
}

/** What each executor of a profile has: `new ExecutorResourceRequests().cores(4).memory("2g")`. */
export class ExecutorResourceRequests {
  readonly #requests = new Map<string, ExecutorResourceRequest>();

  get requests(): ReadonlyMap<string, ExecutorResourceRequest> {
    return this.#requests;
  }

  cores(amount: number): this {
    if (!Number.isInteger(amount) || amount < 1) throw invalid("cores()", "amount", amount, "a whole number of at least 1");
    return this.#add({ resourceName: resourceNames.cores, amount });
  }

  /** `spark.executor.memory`, as in `2g`; MiB without a unit. */
  memory(amount: string): this {
    return this.#add({ resourceName: resourceNames.memory, amount: mebibytesOf(amount, "memory()") });
  }

  memoryOverhead(amount: string): this {
    return this.#add({ resourceName: resourceNames.memoryOverhead, amount: mebibytesOf(amount, "memoryOverhead()") });
  }

  offHeapMemory(amount: string): this {
    return this.#add({ resourceName: resourceNames.offHeap, amount: mebibytesOf(amount, "offHeapMemory()") });
  }

  /** Another resource, found by a script that each executor runs. */
  resource(resourceName: string, amount: number, discoveryScript = "", vendor = ""): this {
    if (!Number.isInteger(amount) || amount < 1) throw invalid("resource()", "amount", amount, "a whole number of at least 1");
    return this.#add({ resourceName, amount, discoveryScript, vendor });
  }

  #add(request: ExecutorResourceRequest): this {
    this.#requests.set(request.resourceName, request);
    return this;
  }
}

/** Spark's names of what every executor and task has. */
export const resourceNames = {
  cpus: "cpus",
  cores: "cores",
  memory: "memory",
  memoryOverhead: "memoryOverhead",
  offHeap: "offHeap",
} as const;

function mebibytesOf(text: string, call: string): number {
  const bytes = parseBytes(text, "m");
  if (bytes === undefined) throw invalid(call, "amount", text, "a size such as 512m or 2g");
  return Math.floor(bytes / 2 ** 20);
}
