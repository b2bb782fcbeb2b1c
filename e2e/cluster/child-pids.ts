import { globSync, readFileSync } from "node:fs";

/** Pids of the processes whose parent is `pid`, and of theirs. */
export function descendants(pid: number): number[] {
  const byParent = new Map<number, number[]>();
  for (const file of globSync("/proc/[0-9]*/stat")) {
    try {
      const stat = readFileSync(file, "utf8");
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const list = byParent.get(Number(parent)) ?? [];
      byParent.set(Number(parent), list);
      list.push(Number(stat.slice(0, stat.indexOf(" "))));
    } catch (error) {
      // It ended while we looked.
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  }
  const found: number[] = [];
  for (const open = [pid]; open.length > 0;) {
    const children = byParent.get(open.pop() ?? 0) ?? [];
    found.push(...children);
    open.push(...children);
  }
  return found;
}

/** The command line of a process; empty when it is gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
