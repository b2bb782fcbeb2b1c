/** What an application wants of the cluster; plain data, kept over a change of master. */
export interface ApplicationDescription {
  readonly appId: string;
  readonly name: string;
  /** Host and user of the driver, for people. */
  readonly driverHost: string;
  /** Cores in all; absent takes what there is. */
  readonly coresMax?: number;
  /** Cores of an executor; absent gives all of the application's share of a worker to one executor. */
  readonly coresPerExecutor?: number;
  readonly memoryPerExecutorBytes: number;
  /** What an executor process may use beyond that before its worker ends it. */
  readonly memoryOverheadBytes: number;
  /** Executors at most; absent is no limit. */
  readonly executorLimit?: number;
  /** Environment of the executors, `spark.executorEnv.*`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Flags for the executors' node, `spark.executor.extraNodeOptions`. */
  readonly nodeOptions: readonly string[];
}

/** A driver that a worker launches for a submission in cluster mode. */
export interface DriverDescription {
  readonly driverId: string;
  readonly name: string;
  /** Path of the application's main file, as the submitter gave it. */
  readonly mainFile: string;
  readonly args: readonly string[];
  readonly workingDir: string;
  readonly cores: number;
  readonly memoryBytes: number;
  /** Restart it when it ends with a failure. */
  readonly supervise: boolean;
  readonly environment: Readonly<Record<string, string>>;
  /** Name of the uploaded bundle with the application's own files; absent when the worker has them at the same path. */
  readonly bundle?: string;
}

/** A worker as it introduces itself. */
export interface WorkerDescription {
  readonly workerId: string;
  readonly host: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly version: string;
}

/** An executor on a worker. */
export interface ExecutorPlacement {
  readonly appId: string;
  readonly executorId: string;
  readonly workerId: string;
  readonly cores: number;
  readonly memoryBytes: number;
}

/** How an executor's or driver's process stands. `lost` is the fate of those whose worker is gone. */
export type ProcessState = "launching" | "running" | "exited" | "killed" | "failed" | "lost";

/** How a submitted driver stands. */
export type DriverState = "submitted" | "running" | "relaunching" | "finished" | "failed" | "killed" | "error";

/** What a submitted driver's submitter may see. */
export interface DriverStatus {
  readonly driverId: string;
  readonly state: DriverState;
  readonly workerId?: string;
  readonly exitCode?: number;
  readonly message?: string;
  /** Times that it was launched. */
  readonly launches: number;
}

/** The cluster as people see it. */
export interface ClusterStatus {
  readonly state: "standby" | "recovering" | "active";
  readonly term: number;
  readonly masterId: string;
  readonly workers: readonly (WorkerDescription & { readonly coresUsed: number; readonly memoryUsedBytes: number })[];
  readonly applications: readonly {
    readonly appId: string;
    readonly name: string;
    readonly coresGranted: number;
    readonly executors: number;
    readonly state: "waiting" | "running";
  }[];
  readonly drivers: readonly DriverStatus[];
}
