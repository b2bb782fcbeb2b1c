import { resolve } from "node:path";
import { parseBytes } from "@vonk/common";
import { environmentName } from "@vonk/common/internal";
import type { DriverStatus } from "@vonk/cluster-standalone/internal";
import { loadStandalone, type Standalone } from "../cluster/load-standalone.ts";
import { withEnvironment } from "../config/application-settings.ts";
import { exitCodes } from "../exit-code.ts";
import { usage } from "../argument/parse-options.ts";
import type { ApplicationSources } from "./check-application.ts";
import { attachFiles } from "./attach-files.ts";
import { makeBundle } from "./make-bundle.ts";
import type { Submission } from "./submission.ts";

type Submitted = Extract<Submission, { kind: "submit" }>;

/** Has a worker run the application. Gives the driver's exit code, or 0 at once when the driver is not waited for. */
export async function submitDriver(
  { application, args, settings, isSupervised }: Submitted,
  sources: ApplicationSources,
  { bundledScheme, connectCluster, newDriverId, SubmittedDriver }: Standalone,
): Promise<number> {
  const properties = withEnvironment(settings);
  const url = properties.get("spark.master") ?? "";
  const driverId = newDriverId();
  const { attached, settings: named } = attachFiles(properties, bundledScheme);
  const connected = await connectCluster({ url, properties }, `vonk submit ${driverId}`);
  const driver = new SubmittedDriver(connected, driverId, ({ stream, text }) => void process[stream].write(text));
  try {
    const description = {
      name: properties.get("spark.app.name") ?? application,
      mainFile: resolve(application),
      args,
      workingDir: resolve(),
      cores: coresOf(properties),
      memoryBytes: memoryOf(properties),
      supervise: isSupervised,
      environment: driverEnvironment(named),
    };
    await driver.submit(description, makeBundle(sources, attached));
    if (properties.get("spark.standalone.submit.waitAppCompletion") === "false") {
      process.stdout.write(`${driverId}\n`);
      return exitCodes.ok;
    }
    leaveOnInterrupt(driverId, url);
    return exitCodeOf(await driver.ended((status) => process.stderr.write(`${describe(status)}\n`)));
  } finally {
    driver.close();
    await connected.bus[Symbol.asyncDispose]();
  }
}

/** `--kill`: 0 when the driver is told to end. */
export async function killDriver({ driverId, url, properties }: Extract<Submission, { kind: "kill" | "status" }>): Promise<number> {
  const { ClusterClient, connectCluster } = await loadStandalone();
  const { bus, cluster } = await connectCluster({ url, properties }, "vonk submit --kill");
  try {
    const told = await new ClusterClient(bus, cluster).killDriver(driverId);
    process.stdout.write(told ? `${driverId} is told to end\n` : `${driverId} does not run\n`);
    return told ? exitCodes.ok : exitCodes.applicationFailed;
  } finally {
    await bus[Symbol.asyncDispose]();
  }
}

/** `--status`: 0 when the driver is known. */
export async function showDriver({ driverId, url, properties }: Extract<Submission, { kind: "kill" | "status" }>): Promise<number> {
  const { ClusterClient, connectCluster } = await loadStandalone();
  const { bus, cluster } = await connectCluster({ url, properties }, "vonk submit --status");
  try {
    const status = await new ClusterClient(bus, cluster).driverStatus(driverId);
    process.stdout.write(status === undefined ? `the cluster knows no driver ${driverId}\n` : `${describe(status)}\n`);
    return status === undefined ? exitCodes.applicationFailed : exitCodes.ok;
  } finally {
    await bus[Symbol.asyncDispose]();
  }
}

/** What stands in the environment of the driver's process. Credentials for NATS are the worker's: what is submitted is kept in the cluster's records. */
function driverEnvironment(properties: ReadonlyMap<string, string>): Record<string, string> {
  const passed = [...properties].filter(([key]) => !key.startsWith("vonk.nats."));
  // Its output is read here, not on the worker's terminal.
  const shown: readonly (readonly [string, string])[] = [["vonk.ui.progressLines", "true"], ...passed];
  return Object.fromEntries(shown.map(([key, value]) => [environmentName(key), value]));
}

function coresOf(properties: ReadonlyMap<string, string>): number {
  const text = properties.get("spark.driver.cores") ?? "1";
  if (!/^[1-9]\d*$/.test(text)) throw usage(`spark.driver.cores is '${text}', expected a whole number of at least 1`);
  return Number(text);
}

function memoryOf(properties: ReadonlyMap<string, string>): number {
  const text = properties.get("spark.driver.memory") ?? "1g";
  const bytes = parseBytes(text, "m");
  if (bytes === undefined || bytes === 0) throw usage(`spark.driver.memory is '${text}', expected a size such as 512m or 1g`);
  return bytes;
}

function describe({ driverId, state, workerId, message, exitCode, launches }: DriverStatus): string {
  const where = state === "running" && workerId !== undefined ? ` on ${workerId}` : "";
  const again = launches > 1 ? `, launch ${launches}` : "";
  const code = exitCode === undefined ? "" : `, exit code ${exitCode}`;
  return `${driverId}: ${state}${where}${again}${code}${message === undefined || message === "" ? "" : ` (${message})`}`;
}

function exitCodeOf({ state, exitCode }: DriverStatus): number {
  if (state === "finished") return exitCodes.ok;
  if (state === "killed") return exitCodes.terminated;
  return exitCode === undefined || exitCode === 0 ? exitCodes.applicationFailed : exitCode;
}

/** Ctrl-C ends the waiting, not the driver. */
function leaveOnInterrupt(driverId: string, url: string): void {
  for (const [signal, code] of [["SIGINT", exitCodes.interrupted] as const, ["SIGTERM", exitCodes.terminated] as const]) {
    process.once(signal, () => {
      process.stderr.write(`${driverId} goes on; end it with: vonk submit --master ${url} --kill ${driverId}\n`);
      process.exit(code);
    });
  }
}
