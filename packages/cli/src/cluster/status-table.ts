import type { ClusterStatus, MachineProcess } from "@vonk/cluster-standalone/internal";

/** A cluster as `vonk cluster status` prints it. */
export function statusTables(url: string, processes: readonly MachineProcess[], status: ClusterStatus): string {
  const { masterId, term, state, workers, applications, drivers } = status;
  const parts = [
    `${url}: ${masterId} leads since term ${term}, ${state}\n`,
    textTable(
      ["PROCESS", "PID", "STATE"],
      processes.map(({ name, identity, isRunning }) => [name, String(identity.pid), isRunning ? "runs" : "has ended"]),
    ),
    textTable(
      ["WORKER", "HOST", "CORES", "MEMORY"],
      workers.map(({ workerId, host, cores, coresUsed, memoryBytes, memoryUsedBytes }) => {
        return [workerId, host, `${coresUsed} of ${cores}`, `${gibibytes(memoryUsedBytes)} of ${gibibytes(memoryBytes)} GiB`];
      }),
    ),
  ];
  const ofApplications = applications.map(({ appId, name, coresGranted, executors, state: stands }) => {
    return [appId, name, String(executors), String(coresGranted), stands];
  });
  if (ofApplications.length > 0) parts.push(textTable(["APPLICATION", "NAME", "EXECUTORS", "CORES", "STATE"], ofApplications));
  const ofDrivers = drivers.map(({ driverId, state: stands, workerId, exitCode }) => {
    return [driverId, stands, workerId ?? "", exitCode === undefined ? "" : String(exitCode)];
  });
  if (ofDrivers.length > 0) parts.push(textTable(["DRIVER", "STATE", "WORKER", "EXIT CODE"], ofDrivers));
  return parts.join("\n");
}

/** Columns as wide as their widest cell, two blanks apart. */
export function textTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [heads, ...rows];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => (line[column] ?? "").length)));
  const text = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${text.join("\n")}\n`;
}

function gibibytes(bytes: number): string {
  return String(Number((bytes / 2 ** 30).toFixed(1)));
}
