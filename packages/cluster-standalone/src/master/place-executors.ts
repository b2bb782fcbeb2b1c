import type { ApplicationDescription } from "../message/cluster-state.ts";

/** A worker's room. */
export interface WorkerRoom {
  readonly workerId: string;
  readonly coresFree: number;
  readonly memoryFreeBytes: number;
  /** The application has an executor there that holds all of its cores on that worker. */
  readonly isTaken: boolean;
}

/** An executor that may be launched. */
export interface NewExecutor {
  readonly workerId: string;
  readonly cores: number;
}

/**
 * The executors that the cluster can give to an application now.
 *
 * With `coresPerExecutor` a worker gets as many executors of that size as fit; without, at most one, which takes all cores that the
 * application gets there. Spread out, one unit of cores goes to each worker in turn; consolidated, a worker is filled before the next.
 * @param coresLeft cores that the application may still get
 * @param executorsLeft executors that it may still get
 * @see Spark's core/deploy/master/Master.scala, scheduleExecutorsOnWorkers
 */
export function placeExecutors(
  application: ApplicationDescription,
  rooms: readonly WorkerRoom[],
  coresLeft: number,
  executorsLeft: number,
  spreadOut: boolean,
): NewExecutor[] {
  const { coresPerExecutor, memoryPerExecutorBytes } = application;
  const unit = coresPerExecutor ?? 1;
  const places = rooms
    .filter((room) => coresPerExecutor !== undefined || !room.isTaken)
    .map((room) => ({ room, cores: 0, executors: 0 }))
    .toSorted((a, b) => b.room.coresFree - a.room.coresFree);
  let left = coresLeft;
  let executors = 0;
  const takes = (place: (typeof places)[number]): boolean => {
    const startsOne = coresPerExecutor !== undefined || place.executors === 0;
    const count = place.executors + (startsOne ? 1 : 0);
    if (left < unit || place.room.coresFree - place.cores < unit) return false;
    if (startsOne && executors >= executorsLeft) return false;
    return place.room.memoryFreeBytes >= count * memoryPerExecutorBytes;
  };
  const give = (place: (typeof places)[number]): void => {
    if (coresPerExecutor !== undefined || place.executors === 0) {
      place.executors++;
      executors++;
    }
    place.cores += unit;
    left -= unit;
  };
  for (let progress = true; progress;) {
    progress = false;
    for (const place of places) {
      while (takes(place)) {
        give(place);
        progress = true;
        if (spreadOut) break;
      }
    }
  }
  return places.flatMap(({ room, cores, executors: count }) =>
    Array.from({ length: count }, () => ({ workerId: room.workerId, cores: coresPerExecutor ?? cores })),
  );
}
