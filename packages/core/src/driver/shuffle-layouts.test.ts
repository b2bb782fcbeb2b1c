import { describe, expect, it } from "vitest";
import { bucketCount, ShuffleLayouts, type ShuffleStreams } from "./shuffle-layouts.ts";

class RecordedStreams implements ShuffleStreams {
  readonly calls: string[] = [];
  failure: Error | undefined;

  create(shuffleId: number, { epoch, buckets }: { readonly epoch: number; readonly buckets: number }): Promise<void> {
    this.calls.push(`create ${shuffleId}.${epoch}/${buckets}`);
    return this.failure === undefined ? Promise.resolve() : Promise.reject(this.failure);
  }

  async remove(shuffleId: number, { epoch }: { readonly epoch: number }): Promise<void> {
    this.calls.push(`remove ${shuffleId}.${epoch}`);
  }
}

describe("bucketCount", () => {
  it.each([
    ["nothing", 0, 10, 10, 1],
    ["a few KB", 5000, 100, 100, 1],
    ["1 GiB in 16 outputs", 64 * 2 ** 20, 16, 16, 16],
    ["more than there are reducers", 2 ** 30, 16, 3, 3],
    ["more than the server should keep open", 2 ** 30, 1000, 1000, 32],
  ])("of %s", (_, outputBytes, maps, reducers, expected) => {
    expect(bucketCount(outputBytes, maps, reducers)).toBe(expected);
  });
});

describe("ShuffleLayouts", () => {
  it("makes the streams once, as the first writer needs them", async () => {
    const streams = new RecordedStreams();
    const layouts = new ShuffleLayouts(streams);
    const [first, second] = await Promise.all([layouts.layout(7, 4), layouts.layout(7, 9)]);
    expect(first).toEqual({ epoch: 0, buckets: 4 });
    expect(second).toBe(first);
    expect(streams.calls).toEqual(["create 7.0/4"]);
  });

  it("begins an epoch when streams were lost, once however many say so", async () => {
    const streams = new RecordedStreams();
    const layouts = new ShuffleLayouts(streams);
    await layouts.layout(7, 4);
    const [first, second] = await Promise.all([layouts.layout(7, 2, 0), layouts.layout(7, 2, 0)]);
    expect(first).toEqual({ epoch: 1, buckets: 2 });
    expect(second).toBe(first);
    await layouts.remove(7);
    expect(streams.calls).toEqual(["create 7.0/4", "create 7.1/2", "remove 7.0", "remove 7.1"]);
  });

  it("tries again after a server that could not make them", async () => {
    const streams = new RecordedStreams();
    const layouts = new ShuffleLayouts(streams);
    streams.failure = new Error("no space");
    await expect(layouts.layout(7, 4)).rejects.toThrow("no space");
    streams.failure = undefined;
    expect((await layouts.layout(7, 4)).buckets).toBe(4);
  });
});
