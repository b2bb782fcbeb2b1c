import { tmpdir } from "node:os";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import type { SimulatedNetwork } from "@vonk/bus/testing";
import { createLogger, type Logger } from "@vonk/common";
import type { Random } from "@vonk/common/internal";
import type { ManualClock } from "@vonk/common/testing";
import type { ClusterChecker } from "./cluster-checker.ts";
import type { SimulatedApplication } from "./simulated-application.ts";
import type { SimulatedServer } from "./simulated-server.ts";

/** What everything in a simulated cluster lives in. */
export interface SimulatedWorld {
  readonly clock: ManualClock;
  readonly random: Random;
  readonly network: SimulatedNetwork;
  readonly server: SimulatedServer;
  readonly checker: ClusterChecker;
  readonly applications: Map<string, SimulatedApplication>;
  /** True when faults hit masters alone: then no executor ends before its application. */
  readonly hitsMastersOnly: boolean;
  /** Probability that a task fails by itself, now. */
  failureRate(): number;
  trace(line: string): void;
  /** Told of an error that no rule of the simulation explains. */
  broken(error: unknown): void;
}

/** Name of the simulated cluster. */
export const clusterName = "simulation";

/** How often workers and applications show that they live. */
export const heartbeatMs = 500;

let folder: string | undefined;

/** A real and empty folder: simulated files are elsewhere, but the executors' clean-up lists it. */
export function emptyFolder(): string {
  return (folder ??= mkdtempSync(join(tmpdir(), "vonk-sim-")));
}

/** A logger whose lines go to the trace. */
export function traceLogger(world: Pick<SimulatedWorld, "trace" | "clock">, name: string): Logger {
  const write = (line: string): void => {
    const { msg, ts: _, logger: __, level: ___, ...fields } = JSON.parse(line) as Record<string, unknown>;
    world.trace(`log ${name}: ${String(msg)} ${JSON.stringify(fields)}`);
  };
  return createLogger(name, "DEBUG", write, () => world.clock.now());
}
