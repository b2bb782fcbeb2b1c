import { availableParallelism } from "node:os";
import { readFileSync } from "node:fs";

/** Milliseconds that all cores together have worked since boot, or could not because other machines had them; undefined where the system does not say. */
export function busyMs(): number | undefined {
  if (process.platform !== "linux") return undefined;
  const fields = (/^cpu +(.*)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1] ?? "").split(" ").map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields;
  return (user + nice + system + irq + softirq + steal) * 10; // jiffies of a hundredth of a second
}

/** Runs `work`; returns what it returned and how many cores others took meanwhile, by what it says of its own CPU time. */
export async function withForeignLoad<T extends { readonly cpuMs?: number; readonly foreignCores?: number }>(
  work: () => Promise<T>,
): Promise<{ result: T; foreignCores: number | undefined }> {
  const before = busyMs();
  const start = performance.now();
  const own = process.cpuUsage();
  const result = await work();
  const wallMs = performance.now() - start;
  const after = busyMs();
  if (result.foreignCores !== undefined) return { result, foreignCores: result.foreignCores };
  if (before === undefined || after === undefined || result.cpuMs === undefined) return { result, foreignCores: undefined };
  const harness = process.cpuUsage(own);
  return { result, foreignCores: coresOf(after - before - result.cpuMs - (harness.user + harness.system) / 1000, wallMs) };
}

/** How many cores took so many milliseconds of processor time. */
export function coresOf(cpuMs: number, wallMs: number): number {
  return Math.min(availableParallelism(), Math.max(0, cpuMs / wallMs));
}
