import { rmSync } from "node:fs";
import { join } from "node:path";
import { NatsServer, requireNatsServer } from "@vonk/bus-nats/internal";
import { runMaster } from "../process/master-main.ts";
import { stopOnSignals } from "../process/stop-on-signals.ts";
import { runWorker } from "../process/worker-main.ts";
import type { ProcessStart } from "./process-start.ts";

/** Runs what `start` says in this process until it is told to end. */
export async function runMachineProcess(start: ProcessStart): Promise<void> {
  const properties = new Map(Object.entries(start.settings));
  switch (start.kind) {
    case "master":
      return stopOnSignals(runMaster({ ...start, properties }));
    case "worker":
      return stopOnSignals(runWorker({ ...start, properties }));
    case "local-cluster":
      return runLocalCluster(start);
  }
}

/** A whole cluster that ends when whoever holds the other end of standard input is gone. */
async function runLocalCluster(start: Extract<ProcessStart, { kind: "local-cluster" }>): Promise<void> {
  const { folder, workers, cores, memoryBytes } = start;
  const properties = new Map(Object.entries(start.settings));
  // Whoever read what this process says may be gone before it has cleaned up.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  const orphaned = new Promise<void>((resolve) => void process.stdin.once("close", resolve));
  const server = await NatsServer.start({ program: await requireNatsServer(), folder: join(folder, "nats") });
  const url = `vonk://${server.address}`;
  const master = await runMaster({ url, properties, isSole: true });
  const workDir = join(folder, "work");
  const running = await Promise.all(Array.from({ length: workers }, () => runWorker({ url, properties, cores, memoryBytes, workDir })));
  const end = async (): Promise<void> => {
    for (const worker of running) await worker.stop();
    await master.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  };
  void orphaned.then(end);
  await stopOnSignals(Promise.resolve({ stop: end }));
  process.stdout.write(`${JSON.stringify({ url, serverPid: server.pid })}\n`);
}
