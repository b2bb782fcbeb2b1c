import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childEnvironment, systemClock, type Clock } from "@vonk/common/internal";
import { natsErrors } from "../errors.ts";
import type { NatsServerProgram } from "./find-server.ts";
import { serverConfig, serverMemoryLimitBytes, type ServerSettings } from "./server-config.ts";

/** What {@link NatsServer.start} needs. */
export interface NatsServerOptions extends ServerSettings {
  readonly program: NatsServerProgram;
  /** Folder of the server's own: configuration, log, pid and streams. Made when it is not there. */
  readonly folder: string;
  readonly readyTimeoutMs?: number;
  /** It goes on when this process ends; its pid is for others to end it. */
  readonly detached?: boolean;
  readonly clock?: Clock;
}

const readyTimeoutMs = 30_000;
const stopTimeoutMs = 15_000;
const pollMs = 10;

/**
 * A nats-server of this process's own, with the recommended settings, on a free or given port. It ends with this process unless it
 * was killed or the server is detached, and does not hold it alive. Stopped, restarted and killed by its pid.
 */
export class NatsServer implements AsyncDisposable {
  readonly program: NatsServerProgram;
  readonly folder: string;
  readonly #options: NatsServerOptions;
  readonly #clock: Clock;
  readonly #onExit = (): void => void this.#child?.kill("SIGKILL");
  #child: ChildProcess | undefined;
  #exited: Promise<void> = Promise.resolve();
  #port: number;

  /** Not running yet: {@link start} makes servers. */
  protected constructor(options: NatsServerOptions) {
    this.program = options.program;
    this.folder = options.folder;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#port = options.port ?? 0;
  }

  /**
   * Starts a server and waits until it takes connections: about 30 ms.
   * @throws NATS_SERVER_FAILED with the last lines of its log
   */
  static async start(options: NatsServerOptions): Promise<NatsServer> {
    const server = new NatsServer(options);
    await server.#start();
    return server;
  }

  get host(): string {
    return this.#options.host ?? "127.0.0.1";
  }

  get port(): number {
    return this.#port;
  }

  /** `host:port` for clients. */
  get address(): string {
    return `${this.host}:${this.#port}`;
  }

  get logFile(): string {
    return join(this.folder, "nats-server.log");
  }

  /** Undefined while it is not running. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Ends the server in order: streams are written out. Does nothing when it is not running. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    child.ref();
    child.kill("SIGTERM");
    // A server whose disk is full may ignore the signal.
    const late = this.#clock.schedule(stopTimeoutMs, () => child.kill("SIGKILL"));
    await this.#exited;
    late.cancel();
  }

  /** Ends the server as a crash does. */
  async kill(): Promise<void> {
    this.#child?.ref();
    this.#child?.kill("SIGKILL");
    await this.#exited;
  }

  /** Freezes the server, as a stalled machine does, until {@link resume}. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Starts it again on the same port with the same store; stops it first when it runs. */
  async restart(): Promise<void> {
    await this.stop();
    await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #start(): Promise<void> {
    const { folder } = this;
    mkdirSync(folder, { recursive: true });
    const configFile = join(folder, "nats-server.conf");
    const settings = this.#port === 0 ? this.#options : { ...this.#options, port: this.#port };
    writeFileSync(configFile, serverConfig(settings, folder), { mode: 0o600 });
    const output = openSync(join(folder, "nats-server.out"), "a");
    const child = spawn(this.program.path, ["-c", configFile], {
      stdio: ["ignore", output, output],
      env: childEnvironment({ GOMEMLIMIT: String(serverMemoryLimitBytes()) }),
      detached: this.#options.detached === true,
    });
    closeSync(output);
    let ended: string | undefined;
    this.#child = child;
    this.#exited = new Promise((resolve) => {
      const end = (why: string): void => {
        ended = why;
        if (this.#child === child) this.#child = undefined;
        process.off("exit", this.#onExit);
        resolve();
      };
      child.once("error", (error) => end(error.message));
      child.once("exit", (code, signal) => end(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`));
    });
    if (this.#options.detached !== true) process.on("exit", this.#onExit);
    await this.#untilReady(child, () => ended);
    child.unref();
  }

  /** The server writes its ports file when it takes connections, JetStream recovered. */
  async #untilReady(child: ChildProcess, ended: () => string | undefined): Promise<void> {
    const file = join(this.folder, `nats-server_${child.pid}.ports`);
    const deadlineMs = this.#clock.monotonicMs() + (this.#options.readyTimeoutMs ?? readyTimeoutMs);
    for (;;) {
      const port = existsSync(file) ? portOf(readFileSync(file, "utf8")) : undefined;
      if (port !== undefined) {
        rmSync(file, { force: true });
        this.#port = port;
        return;
      }
      const problem = ended() ?? (this.#clock.monotonicMs() > deadlineMs ? "it takes no connections" : undefined);
      if (problem !== undefined) {
        child.kill("SIGKILL");
        const log = lastLines(this.logFile) ?? lastLines(join(this.folder, "nats-server.out")) ?? "(none)";
        throw natsErrors.create("NATS_SERVER_FAILED", { path: this.program.path, problem, logFile: this.logFile, log });
      }
      await new Promise<void>((resolve) => this.#clock.schedule(pollMs, resolve));
    }
  }
}

function lastLines(file: string): string | undefined {
  const text = existsSync(file) ? readFileSync(file, "utf8").trim() : "";
  return text === "" ? undefined : text.split("\n").slice(-3).join("\n");
}

function portOf(text: string): number | undefined {
  try {
    const { nats } = JSON.parse(text) as { readonly nats?: readonly string[] };
    return nats?.[0] === undefined ? undefined : Number(new URL(nats[0]).port);
  } catch {
    // Half written.
    return undefined;
  }
}
