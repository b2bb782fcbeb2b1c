import { NatsBus } from "@vonk/bus-nats/internal";
import { startExecutor } from "@vonk/core/spi";
import { natsOptions } from "../config/nats-config.ts";
import { openJetStreamStore } from "../shuffle/open-jetstream-store.ts";
import { executorExit, type ExecutorStart } from "./executor-start.ts";

/** Runs an executor in this process until it is told to end; gives the process's exit code. */
export async function runExecutor(start: ExecutorStart): Promise<number> {
  const properties = new Map(Object.entries(start.natsSettings));
  const { appId, executorId, host, cores, localDir, shuffleDir, servers } = start;
  const options = natsOptions(servers, `vonk executor ${executorId} of ${appId}`, properties);
  const bus = await NatsBus.connect(options);
  const stopped = Promise.withResolvers<string>();
  const executor = await startExecutor({
    appId,
    executorId,
    host,
    cores,
    bus,
    localDir,
    shuffleDir,
    openShuffleStore: (setup) => openJetStreamStore(setup, options),
    onStopped: (reason) => stopped.resolve(reason),
  });
  process.stdout.write(`executor ${executorId} of ${appId} runs with ${cores} cores\n`);
  const reason = await stopped.promise;
  process.stdout.write(`executor ${executorId} ends: ${reason}\n`);
  await executor.stop();
  await bus.flush().catch(() => undefined);
  bus.close();
  return executorExit.ended;
}
