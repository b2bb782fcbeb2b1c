/** The bucket of a reducer: bucket b holds the reducers from ⌈b·R/B⌉ on, so that neighbours are together. */
export function bucketOf(reducer: number, reducerCount: number, buckets: number): number {
  return Math.floor((reducer * buckets) / reducerCount);
}

/** Beginning of the names of all of an application's streams. */
export function streamPrefix(appId: string): string {
  return `vonk-${safe(appId)}-`;
}

/** Name of a bucket's stream. The epoch is part of it: who writes to a stream that is gone must not reach its successor. */
export function streamName(appId: string, shuffleId: number, epoch: number, bucket: number): string {
  return `${streamPrefix(appId)}s${shuffleId}-e${epoch}-b${bucket}`;
}

/** The one subject of that stream. */
export function streamSubject(appId: string, shuffleId: number, epoch: number, bucket: number): string {
  return `vonk.${appId}.shuffle.${shuffleId}.${epoch}.${bucket}`;
}

/** Names of streams hold no dots, blanks or wildcards. */
function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9_-]/g, "_");
}
