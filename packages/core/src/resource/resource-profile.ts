import { coreErrors } from "../errors.ts";
import type { TaskResources } from "../message/job.ts";
import {
  type ExecutorResourceRequest,
  type ExecutorResourceRequests,
  resourceNames,
  type TaskResourceRequest,
  TaskResourceRequests,
} from "./resource-requests.ts";

/** The profile of stages that name none has id 0. */
let nextProfileId = 1;

/** What the tasks of a stage take, and what their executors have; made by a {@link ResourceProfileBuilder}. */
export class ResourceProfile {
  readonly id: number = nextProfileId++;
  readonly taskResources: TaskResourceRequests["requests"];
  readonly executorResources: ReadonlyMap<string, ExecutorResourceRequest>;

  constructor(executorResources: ReadonlyMap<string, ExecutorResourceRequest>, taskResources: TaskResourceRequests["requests"]) {
    this.executorResources = new Map(executorResources);
    this.taskResources = new Map(taskResources);
  }

  /** Cores of each task; undefined is `spark.task.cpus`. */
  getTaskCpus(): number | undefined {
    return this.taskResources.get(resourceNames.cpus)?.amount;
  }

  /** Cores of each executor; undefined when the profile does not ask for executors of its own. */
  getExecutorCores(): number | undefined {
    return this.executorResources.get(resourceNames.cores)?.amount;
  }
}

/** Gathers requests for a {@link ResourceProfile}: `new ResourceProfileBuilder().require(tasks).build()`. */
export class ResourceProfileBuilder {
  readonly #tasks = new Map<string, TaskResourceRequest>();
  readonly #executors = new Map<string, ExecutorResourceRequest>();

  get taskResources(): TaskResourceRequests["requests"] {
    return this.#tasks;
  }

  get executorResources(): ReadonlyMap<string, ExecutorResourceRequest> {
    return this.#executors;
  }

  /** Adds requests; of two for the same resource the later counts. */
  require(requests: TaskResourceRequests | ExecutorResourceRequests): this {
    if (requests instanceof TaskResourceRequests) for (const [name, request] of requests.requests) this.#tasks.set(name, request);
    else for (const [name, request] of requests.requests) this.#executors.set(name, request);
    return this;
  }

  clearTaskResourceRequests(): this {
    this.#tasks.clear();
    return this;
  }

  clearExecutorResourceRequests(): this {
    this.#executors.clear();
    return this;
  }

  build(): ResourceProfile {
    return new ResourceProfile(this.#executors, this.#tasks);
  }
}

/**
 * What of the profile the schedulers look at.
 * @throws RESOURCE_PROFILE_UNSUPPORTED when it asks for executors of its own, or for anything but cores
 */
export function taskResourcesOf(profile: ResourceProfile): TaskResources {
  const executors = [...profile.executorResources.keys()];
  if (executors.length > 0) {
    throw coreErrors.create("RESOURCE_PROFILE_UNSUPPORTED", {
      requests: `executors with their own ${executors.join(" and ")}`,
      problem: "executors are started for a profile by dynamic allocation alone, which there is not",
      advice: "Leave the executor requests out, and size all executors by spark.executor.cores and spark.executor.memory.",
    });
  }
  const others = [...profile.taskResources.keys()].filter((name) => name !== resourceNames.cpus);
  if (others.length > 0) {
    throw coreErrors.create("RESOURCE_PROFILE_UNSUPPORTED", {
      requests: `tasks with ${others.join(" and ")}`,
      problem: "executors offer cores only",
      advice: "Ask for as many cpus a task as leaves each task enough of the resource.",
    });
  }
  const cpus = profile.getTaskCpus();
  return { profileId: profile.id, ...(cpus === undefined ? {} : { cpus }) };
}
