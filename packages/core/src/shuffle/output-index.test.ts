import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { MapStatus } from "../message/task-result.ts";
import { handleInFile, OutputIndex } from "./output-index.ts";

const reducerCount = 5;

function statusOf(mapPartition: number, written: readonly (readonly [reducer: number, length: number])[]): MapStatus {
  return {
    shuffleId: 1,
    mapPartition,
    executorId: `e${mapPartition}`,
    host: "h",
    taskId: mapPartition,
    outputs: [],
    file: { path: `f${mapPartition}`, offset: 100 },
    chunks: {
      reducerCount,
      reducers: Uint32Array.from(written, ([reducer]) => reducer),
      lengths: Uint32Array.from(written, ([, length]) => length),
      records: Uint32Array.from(written, () => 1),
      checksums: Uint32Array.from(written, (_, at) => at),
    },
  };
}

describe("OutputIndex", () => {
  it("finds what a look through all outputs finds, in their order", () => {
    const output = fc.array(fc.tuple(fc.nat(reducerCount - 1), fc.nat(9)), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(output, { minLength: 1, maxLength: 6 }), (outputs) => {
        const statuses = outputs.map((written, map) => statusOf(map, written));
        const index = new OutputIndex(statuses);
        for (let reducer = 0; reducer < reducerCount; reducer++) {
          const expected = outputs.flatMap((written, map) => {
            let offset = 100;
            return written.flatMap(([owner, length], checksum) => {
              const handle = { kind: "file" as const, path: `f${map}`, offset, length, checksum };
              offset += length;
              return owner === reducer ? [{ handle, mapPartition: map, taskId: map, executorId: `e${map}`, records: 1 }] : [];
            });
          });
          expect(index.located(reducer, handleInFile)).toEqual(expected);
        }
      }),
    );
  });
});
