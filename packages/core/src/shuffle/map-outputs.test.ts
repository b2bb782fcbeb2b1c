import { describe, expect, it } from "vitest";
import type { BytesHandle, MapStatus } from "../message/task-result.ts";
import { FetchFailure } from "./fetch-failure.ts";
import { chunksByReducer } from "./map-outputs.ts";

const at = (offset: number): BytesHandle => ({ kind: "memory", offset, length: 8 });

function status(mapPartition: number, outputs: Readonly<Record<number, readonly number[]>>): MapStatus {
  return {
    shuffleId: 4,
    mapPartition,
    executorId: "e",
    host: "h",
    taskId: mapPartition,
    outputs: Object.entries(outputs).map(([reducer, offsets]) => ({
      reducer: Number(reducer),
      chunks: offsets.map(at),
      bytes: 8,
      records: 1,
    })),
  };
}

describe("chunksByReducer", () => {
  it("orders a reducer's chunks by map partition, then by writing", () => {
    const chunks = chunksByReducer(4, [status(0, { 0: [0, 8], 2: [16] }), status(1, {}), status(2, { 0: [24] })]);
    expect(chunks.get(0)?.map((chunk) => [chunk.mapPartition, chunk.handle])).toEqual([
      [0, at(0)],
      [0, at(8)],
      [2, at(24)],
    ]);
    expect(chunks.get(1)).toBeUndefined();
    expect(chunks.get(2)).toHaveLength(1);
  });

  it("fails the fetch of an output that is not committed", () => {
    const read = (): unknown => chunksByReducer(4, [status(0, {}), undefined]);
    expect(read).toThrow(FetchFailure);
    expect(read).toThrow(
      expect.objectContaining({ shuffleId: 4, mapPartition: 1, cause: expect.objectContaining({ code: "SHUFFLE_BLOCK_MISSING" }) }),
    );
  });
});
