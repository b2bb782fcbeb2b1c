import type { MapOutputStatistics } from "../message/status.ts";
import type { MapStatus } from "../message/task-result.ts";

/** Sizes above so many of maps times reducers are told by reducer alone. */
const cellsMax = 1_000_000;

/** What the committed outputs of a shuffle take; undefined when some are missing. */
export function mapOutputStatistics(
  shuffleId: number,
  statuses: readonly (MapStatus | undefined)[] | undefined,
  reducers: number,
): MapOutputStatistics | undefined {
  if (statuses === undefined) return undefined;
  const bytesByPartitionId = Array.from({ length: reducers }, () => 0);
  const bytesByMap: number[][] | undefined = statuses.length * reducers <= cellsMax ? [] : undefined;
  for (const status of statuses) {
    if (status === undefined) return undefined;
    const own = Array.from({ length: bytesByMap === undefined ? 0 : reducers }, () => 0);
    for (const [reducer, bytes] of sizesOf(status)) {
      bytesByPartitionId[reducer] = (bytesByPartitionId[reducer] ?? 0) + bytes;
      if (bytesByMap !== undefined) own[reducer] = (own[reducer] ?? 0) + bytes;
    }
    bytesByMap?.push(own);
  }
  return { shuffleId, bytesByPartitionId, ...(bytesByMap === undefined ? {} : { bytesByMap }) };
}

/** Reducers and bytes of an output's chunks, wherever they lie. */
function* sizesOf({ outputs, chunks }: MapStatus): Generator<readonly [reducer: number, bytes: number]> {
  for (const output of outputs)
    for (const handle of output.chunks) yield [output.reducer, handle.kind === "inline" ? handle.bytes.byteLength : handle.length];
  if (chunks === undefined) return;
  for (const [at, reducer] of chunks.reducers.entries()) yield [reducer, chunks.lengths[at] ?? 0];
}
