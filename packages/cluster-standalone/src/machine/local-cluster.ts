import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseBytes } from "@vonk/common";
import { childEnvironment, systemClock } from "@vonk/common/internal";
import { standaloneErrors } from "../errors.ts";
import { inheritedFlags } from "../process/inherited-flags.ts";
import { clusterProcessURL, type ProcessStart } from "./process-start.ts";

/** The numbers of `local-cluster[workers,cores,memory]`. */
export interface LocalClusterSize {
  readonly workers: number;
  readonly cores: number;
  readonly memoryBytes: number;
}

const stopTimeoutMs = 10_000;

/**
 * What a master URL of that form asks for; undefined for other forms.
 * @throws LOCAL_CLUSTER_URL_INVALID
 */
export function parseLocalCluster(master: string): LocalClusterSize | undefined {
  if (!master.startsWith("local-cluster")) return undefined;
  const match = /^local-cluster\[\s*([1-9]\d*)\s*,\s*([1-9]\d*)\s*,\s*(\w+)\s*\]$/.exec(master);
  const memoryBytes = parseBytes(match?.[3] ?? "", "m");
  if (match === null || memoryBytes === undefined || memoryBytes === 0) {
    throw standaloneErrors.create("LOCAL_CLUSTER_URL_INVALID", { master });
  }
  return { workers: Number(match[1]), cores: Number(match[2]), memoryBytes };
}

/**
 * A cluster of an application's own: nats-server, a master and workers in a process beside it, executors as processes of those.
 * Everything ends, and its folder goes, when this process does, however that ends.
 */
export class LocalCluster {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #serverPid: number;
  #isStopping = false;

  protected constructor(child: ChildProcess, folder: string, ready: { readonly url: string; readonly serverPid: number }) {
    this.#child = child;
    this.#folder = folder;
    this.url = ready.url;
    this.#serverPid = ready.serverPid;
  }

  /** @throws LOCAL_CLUSTER_ENDED */
  static async start(master: string, size: LocalClusterSize, settings: Readonly<Record<string, string>>): Promise<LocalCluster> {
    const folder = mkdtempSync(join(tmpdir(), "vonk-local-cluster-"));
    const start: ProcessStart = { kind: "local-cluster", ...size, folder, settings };
    const child = spawn(process.execPath, [...inheritedFlags(), fileURLToPath(clusterProcessURL)], {
      stdio: ["pipe", "pipe", "pipe"],
      env: childEnvironment({}),
    });
    child.stdin.on("error", () => undefined);
    child.stdin.write(`${JSON.stringify(start)}\n`);
    let said = "";
    let isReady = false;
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      if (isReady) process.stderr.write(text);
      else said = (said + text).slice(-2000);
    });
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).once("line", resolve);
      child.once("error", reject);
      child.once("exit", () => {
        rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
        reject(standaloneErrors.create("LOCAL_CLUSTER_ENDED", { master, problem: said.trim() || "it said nothing" }));
      });
    });
    isReady = true;
    const cluster = new LocalCluster(child, folder, JSON.parse(line) as { url: string; serverPid: number });
    cluster.#unref();
    return cluster;
  }

  /** Calls `listener` when the cluster ends although nobody stopped it. */
  onEnded(listener: (problem: string) => void): void {
    this.#child.once("exit", (code, signal) => {
      if (!this.#isStopping) listener(signal === null ? `its process exited with code ${code}` : `its process was ended by ${signal}`);
    });
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) return this.#clear();
    const ended = new Promise<void>((resolve) => void child.once("exit", resolve));
    child.ref();
    child.stdin?.end();
    const late = systemClock.schedule(stopTimeoutMs, () => child.kill("SIGKILL"));
    await ended;
    late.cancel();
    this.#clear();
  }

  /** After a process that could not do it itself. */
  #clear(): void {
    if (this.#child.signalCode === "SIGKILL") {
      try {
        process.kill(this.#serverPid, "SIGKILL");
      } catch {
        // It is gone.
      }
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** An application that ends without stop() is not held alive. */
  #unref(): void {
    this.#child.unref();
    for (const stream of [this.#child.stdin, this.#child.stdout, this.#child.stderr]) {
      (stream as unknown as { unref?(): void } | null)?.unref?.();
    }
  }
}
