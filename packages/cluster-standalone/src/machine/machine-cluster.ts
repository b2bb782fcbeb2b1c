import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, totalmem } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { serviceClient } from "@vonk/bus/internal";
import { NatsServer, requireNatsServer } from "@vonk/bus-nats/internal";
import { childEnvironment, pause, systemClock } from "@vonk/common/internal";
import { ClusterClient } from "../client/cluster-client.ts";
import { standaloneErrors } from "../errors.ts";
import { instanceService, instanceSubject } from "../message/services.ts";
import { type ClusterBus, connectCluster } from "../process/cluster-process.ts";
import { inheritedFlags } from "../process/inherited-flags.ts";
import { identifyProcess, isRunning, type ProcessIdentity } from "../process/process-identity.ts";
import { clusterProcessURL, type ProcessStart } from "./process-start.ts";

/** What {@link startMachineCluster} starts; each has a default. */
export interface MachineClusterOptions {
  /** Folder of the cluster: pid files, logs, NATS's data and the workers' files. */
  readonly folder: string;
  readonly masters?: number;
  readonly workers?: number;
  /** Of each worker; the machine's are shared out when absent. */
  readonly cores?: number;
  readonly memoryBytes?: number;
  /** Of NATS; a free one when absent. */
  readonly port?: number;
  /** Settings of masters and workers. */
  readonly properties: ReadonlyMap<string, string>;
}

/** A process of a cluster on this machine. */
export interface MachineProcess {
  /** `nats-server`, `master-1`, `worker-1`, … */
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly isRunning: boolean;
}

const pollMs = 15;
const startTimeoutMs = 30_000;
const stopTimeoutMs = 8000;
const natsName = "nats-server";

/**
 * Starts nats-server, masters and workers as processes that outlive this one, and waits until a master leads, every other stands by
 * and every worker is registered. Gives the master URL.
 * @throws CLUSTER_RUNNING, CLUSTER_START_FAILED, NATS_SERVER_NOT_FOUND, NATS_SERVER_FAILED
 */
export async function startMachineCluster(options: MachineClusterOptions): Promise<string> {
  const { folder, masters = 1, workers = 2, properties, port } = options;
  if (machineProcesses(folder).some((one) => one.isRunning)) {
    throw standaloneErrors.create("CLUSTER_RUNNING", { folder, url: machineClusterURL(folder) });
  }
  mkdirSync(folder, { recursive: true });
  for (const name of pidFiles(folder)) rmSync(join(folder, name));
  // State of an earlier cluster would be waited for.
  rmSync(join(folder, "nats", "jetstream"), { recursive: true, force: true });
  const program = await requireNatsServer();
  const server = await NatsServer.start({ program, folder: join(folder, "nats"), detached: true, ...(port === undefined ? {} : { port }) });
  writePid(folder, natsName, server.pid);
  const url = `vonk://${server.address}`;
  writeFileSync(urlFile(folder), `${url}\n`);
  const settings = Object.fromEntries(properties);
  const masterNames = numbered("master", masters);
  for (const name of masterNames) launch(folder, name, { kind: "master", url, settings, name });
  const cores = options.cores ?? Math.max(1, Math.floor(availableParallelism() / workers));
  const memoryBytes = options.memoryBytes ?? Math.floor((totalmem() / 2 / workers / 2 ** 20) | 0) * 2 ** 20;
  for (const name of numbered("worker", workers)) {
    launch(folder, name, { kind: "worker", url, settings, cores, memoryBytes, workDir: join(folder, "work") });
  }
  try {
    await untilReady(folder, url, properties, masterNames, workers);
  } catch (error) {
    await stopMachineCluster(folder);
    throw error;
  }
  return url;
}

/**
 * Ends what {@link startMachineCluster} started: workers, then masters, then NATS, each by its pid after a look that the process
 * is still that one. Gives the names of those that still ran. Logs are kept.
 */
export async function stopMachineCluster(folder: string): Promise<string[]> {
  const running = machineProcesses(folder).filter((one) => one.isRunning);
  for (const kind of ["worker", "master", natsName]) await Promise.all(running.filter(({ name }) => name.startsWith(kind)).map(end));
  for (const name of pidFiles(folder)) rmSync(join(folder, name));
  rmSync(urlFile(folder), { force: true });
  return running.map(({ name }) => name);
}

/** The processes that were started in `folder`, in the order of their names. */
export function machineProcesses(folder: string): MachineProcess[] {
  return pidFiles(folder).map((file) => {
    const identity = JSON.parse(readFileSync(join(folder, file), "utf8")) as ProcessIdentity;
    return { name: file.slice(0, -".pid".length), identity, isRunning: isRunning(identity) };
  });
}

/** The master URL of the cluster in `folder`. @throws CLUSTER_NOT_RUNNING */
export function machineClusterURL(folder: string): string {
  if (!existsSync(urlFile(folder))) throw standaloneErrors.create("CLUSTER_NOT_RUNNING", { folder });
  return readFileSync(urlFile(folder), "utf8").trim();
}

function launch(folder: string, name: string, start: ProcessStart): void {
  const log = openSync(join(folder, `${name}.log`), "w");
  const child = spawn(process.execPath, [...inheritedFlags(), fileURLToPath(clusterProcessURL)], {
    stdio: ["pipe", log, log],
    env: childEnvironment({}),
    detached: true,
  });
  closeSync(log);
  child.on("error", () => undefined);
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(`${JSON.stringify(start)}\n`);
  child.unref();
  writePid(folder, name, child.pid);
}

async function untilReady(
  folder: string,
  url: string,
  properties: ReadonlyMap<string, string>,
  masterNames: readonly string[],
  workers: number,
): Promise<void> {
  const connected = await connectCluster({ url, properties }, "vonk cluster up");
  const deadlineMs = systemClock.monotonicMs() + startTimeoutMs;
  try {
    for (;;) {
      const ended = machineProcesses(folder).find((one) => !one.isRunning)?.name;
      if (ended !== undefined) throw startFailed(folder, `${ended} has ended`, ended);
      if (await isReady(connected, masterNames, workers)) return;
      if (systemClock.monotonicMs() > deadlineMs) throw startFailed(folder, "it was not ready in time", masterNames[0] ?? natsName);
      await pause(pollMs);
    }
  } finally {
    await connected.bus[Symbol.asyncDispose]();
  }
}

async function isReady({ bus, cluster }: ClusterBus, masterNames: readonly string[], workers: number): Promise<boolean> {
  try {
    const status = await new ClusterClient(bus, cluster).status();
    if (status.state !== "active" || status.workers.length < workers) return false;
    const asked = masterNames.map((name) => serviceClient(bus, instanceService, instanceSubject(cluster, name)).call("describe", {}));
    await Promise.all(asked);
    return true;
  } catch (error) {
    if (["MASTER_NOT_FOUND", "BUS_NO_RESPONDER"].includes((error as { code?: string }).code ?? "")) return false;
    throw error;
  }
}

function startFailed(folder: string, problem: string, name: string): Error {
  const file = name === natsName ? join(folder, "nats", "nats-server.log") : join(folder, `${name}.log`);
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return standaloneErrors.create("CLUSTER_START_FAILED", { folder, problem, log: text.split("\n").slice(-3).join("\n") || "(none)" });
}

async function end({ identity }: MachineProcess): Promise<void> {
  const deadlineMs = systemClock.monotonicMs() + stopTimeoutMs;
  signal(identity, "SIGTERM");
  while (isRunning(identity)) {
    if (systemClock.monotonicMs() > deadlineMs) signal(identity, "SIGKILL");
    await pause(pollMs);
  }
}

function signal(identity: ProcessIdentity, name: "SIGTERM" | "SIGKILL"): void {
  try {
    if (isRunning(identity)) process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function writePid(folder: string, name: string, pid: number | undefined): void {
  const identity = pid === undefined ? undefined : identifyProcess(pid);
  writeFileSync(join(folder, `${name}.pid`), JSON.stringify(identity ?? { pid: pid ?? 0, startedAt: "ended" }));
}

function pidFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".pid")) : [];
}

function urlFile(folder: string): string {
  return join(folder, "url");
}

function numbered(kind: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${kind}-${index + 1}`);
}
