/** What an executor process reads, as a line of JSON, from its standard input. Secrets travel that way, out of sight of other users. */
export interface ExecutorStart {
  readonly appId: string;
  readonly executorId: string;
  /** Name of the machine. */
  readonly host: string;
  readonly cores: number;
  /** `host:port` of the NATS servers. */
  readonly servers: readonly string[];
  /** Settings for the connection, `vonk.nats.*`. */
  readonly natsSettings: Readonly<Record<string, string>>;
  /** Folder of this executor alone; it exists. */
  readonly localDir: string;
  /** Folder that the application's executors on this machine share; it exists. */
  readonly shuffleDir: string;
}

/** How an executor process ends. */
export const executorExit = {
  /** The driver or the worker wanted it to end. */
  ended: 0,
  /** It could not start, or something broke that nobody handles. */
  failed: 50,
  /** The process that launched it is gone. */
  orphaned: 51,
} as const;
