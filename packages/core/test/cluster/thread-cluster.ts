import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InProcessBus } from "@vonk/bus/internal";
import { type ClusterManager, type ClusterConnection, startExecutor } from "@vonk/core/spi";

/**
 * A cluster whose executors share the driver's process and nothing else: messages are cloned, shuffles go through files.
 * `thread:N` as master URL starts N executors of one core.
 */
export const clusterManager: ClusterManager = {
  async connect({ appId, master }, events): Promise<ClusterConnection> {
    const bus = new InProcessBus({ clone: true });
    const folder = mkdtempSync(join(tmpdir(), "vonk-thread-cluster-"));
    const running = new Map<string, { stop(): Promise<void> }>();
    let started = 0;
    const start = async (index: number): Promise<void> => {
      const localDir = join(folder, `executor-${index}`);
      mkdirSync(localDir);
      const executor = await startExecutor({
        appId,
        executorId: String(index),
        host: "here",
        cores: 1,
        bus,
        localDir,
        shuffleDir: folder,
        openShuffleStore: () => Promise.reject(new Error("there is no other store here")),
        onStopped: (reason) => events.executorLost(String(index), reason, false),
      });
      running.set(String(index), executor);
    };
    const startMore = (count: number): void =>
      void Promise.all(Array.from({ length: Math.max(0, count - running.size) }, () => start(started++)));
    // After `connect`, because executors ask the driver first.
    const count = Number(master.split(":")[1]);
    setImmediate(() => startMore(count));
    return {
      bus,
      requestTotalExecutors(total) {
        startMore(total);
        return Promise.resolve(true);
      },
      async killExecutors(executorIds, replace) {
        const known = executorIds.filter((id) => running.has(id));
        const size = running.size;
        for (const id of known) {
          void running.get(id)?.stop();
          running.delete(id);
          events.executorLost(id, "it was killed", false);
        }
        if (replace) startMore(size);
        return known;
      },
      async close() {
        await Promise.all([...running.values()].map((executor) => executor.stop()));
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
};
