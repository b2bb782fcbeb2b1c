import { defineService, defineTopic, type Service, type Topic } from "@vonk/bus/internal";
import type {
  ApplicationDescription,
  ClusterStatus,
  DriverDescription,
  DriverStatus,
  ExecutorPlacement,
  ProcessState,
  WorkerDescription,
} from "./cluster-state.ts";
import { escapeKey } from "./escape-key.ts";

interface Call<Request, Reply = null> {
  readonly request: Request;
  readonly reply: Reply;
}

type Nothing = Readonly<Record<string, never>>;

/** What workers, applications and people ask of the leading master. */
export type MasterMessages = {
  /** Also after a change of master, with what runs there. The reply is the master's term. */
  readonly registerWorker: Call<
    WorkerDescription & { readonly executors: readonly ExecutorPlacement[]; readonly driverIds: readonly string[] },
    { readonly term: number; readonly unknownExecutors: readonly ExecutorPlacement[]; readonly unknownDriverIds: readonly string[] }
  >;
  /** The reply is false when the worker has to register again. */
  readonly workerHeartbeat: Call<{ readonly workerId: string }, boolean>;
  /** The worker is about to end with all that it runs. */
  readonly workerLeaves: Call<{ readonly workerId: string }>;
  readonly executorChanged: Call<{
    readonly appId: string;
    readonly executorId: string;
    readonly state: ProcessState;
    readonly message: string;
    /** True when the process ended by its own doing rather than the cluster's. */
    readonly causedByApp: boolean;
  }>;
  readonly driverChanged: Call<{
    readonly driverId: string;
    readonly launch: number;
    readonly state: ProcessState;
    readonly exitCode?: number;
    readonly message: string;
    /** True when it could not be started and would fail in the same way again. */
    readonly isFinal?: boolean;
  }>;
  /** Also after a change of master, with the executors that the application has. */
  readonly registerApplication: Call<{ readonly application: ApplicationDescription; readonly executorIds: readonly string[] }>;
  /** The reply is false when the application has to register again. */
  readonly applicationHeartbeat: Call<{ readonly appId: string }, boolean>;
  readonly unregisterApplication: Call<{ readonly appId: string }>;
  readonly requestTotalExecutors: Call<{ readonly appId: string; readonly total: number }, boolean>;
  readonly killExecutors: Call<
    { readonly appId: string; readonly executorIds: readonly string[]; readonly replace: boolean },
    readonly string[]
  >;
  readonly submitDriver: Call<DriverDescription>;
  /** False when there is no such driver or it has ended. */
  readonly killDriver: Call<{ readonly driverId: string }, boolean>;
  readonly driverStatus: Call<{ readonly driverId: string }, DriverStatus | undefined>;
  readonly status: Call<Nothing, ClusterStatus>;
};

/** The leading master. */
export const masterService: Service<MasterMessages> = defineService<MasterMessages>("master", 2);

/** What any master answers, leading or not. */
export type InstanceMessages = {
  readonly describe: Call<Nothing, { readonly masterId: string; readonly host: string; readonly pid: number; readonly isLeading: boolean }>;
};

/** A master under its own name. */
export const instanceService: Service<InstanceMessages> = defineService<InstanceMessages>("instance", 1);

/** A command of a master; workers refuse one of an older term than they have seen. */
interface Commanded {
  readonly term: number;
}

/** What the leading master, and whoever submits to it or reads logs, asks of a worker. */
export type WorkerMessages = {
  readonly launchExecutor: Call<Commanded & { readonly executor: ExecutorPlacement; readonly application: ApplicationDescription }>;
  readonly killExecutor: Call<Commanded & { readonly appId: string; readonly executorId: string }>;
  /** `launch` counts how often the driver was launched anywhere: what is said of an earlier one must not be taken for a later one. */
  readonly launchDriver: Call<Commanded & { readonly driver: DriverDescription; readonly launch: number }>;
  /** Ends it if it runs in that launch or an earlier one; none of those may start any more. */
  readonly killDriver: Call<Commanded & { readonly driverId: string; readonly launch: number }>;
  /** The application has ended: its files may go. */
  readonly applicationEnded: Call<Commanded & { readonly appId: string }>;
  /** Which of these packages an application would not find here, at the submitter's path or below the work folder. From anybody. */
  readonly missingPackages: Call<
    { readonly mainFile: string; readonly packages: readonly string[] },
    { readonly packages: readonly string[]; readonly host: string; readonly folder: string }
  >;
  /** Processes whose logs are kept here, of one application or driver or of all. From anybody. */
  readonly listLogs: Call<{ readonly ownerId?: string }, readonly LoggedProcess[]>;
  /** A piece of a log from `offset` on, empty at its end. From anybody. */
  readonly readLog: Call<
    {
      readonly folder: string;
      readonly ownerId: string;
      readonly executorId?: string;
      readonly stream: LogPiece["stream"];
      readonly offset: number;
    },
    Uint8Array
  >;
};

/** A worker. */
export const workerService: Service<WorkerMessages> = defineService<WorkerMessages>("worker", 2);

/** What the leading master tells an application's driver. */
export type ApplicationMessages = {
  readonly executorGranted: Call<Commanded & { readonly executor: ExecutorPlacement; readonly host: string }>;
  readonly executorLost: Call<Commanded & { readonly executorId: string; readonly message: string; readonly causedByApp: boolean }>;
  readonly warn: Call<Commanded & { readonly message: string }>;
  readonly applicationRemoved: Call<Commanded & { readonly message: string }>;
};

/** The part of a driver that deals with the cluster. */
export const applicationService: Service<ApplicationMessages> = defineService<ApplicationMessages>("application", 1);

/** A master that has taken over; whoever hears it registers again. */
export const leaderTopic: Topic<{ readonly term: number; readonly masterId: string }> = defineTopic<{
  readonly term: number;
  readonly masterId: string;
}>("leader", 1);

/** Somebody asks who leads. */
export const leaderWantedTopic: Topic<Nothing> = defineTopic<Nothing>("leader-wanted", 1);

/** The answer to that. */
export const leaderHereTopic: Topic<{ readonly term: number; readonly masterId: string }> = defineTopic<{
  readonly term: number;
  readonly masterId: string;
}>("leader-here", 1);

/** A piece of what a process printed. */
export interface LogPiece {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** A process, of now or before, whose log a worker keeps. */
export interface LoggedProcess {
  /** Name of the folder of the worker that ran it: this one, or one before it on the same machine. */
  readonly folder: string;
  /** Id of its application, or of the driver that it is. */
  readonly ownerId: string;
  readonly executorId?: string;
  readonly isRunning: boolean;
  readonly bytes: { readonly stdout: number; readonly stderr: number };
}

/** Output of the executors and drivers that workers run, as it comes. */
export const logTopic: Topic<LogPiece> = defineTopic<LogPiece>("log", 1);

/** Where the master that leads in a term answers. */
export function masterSubject(cluster: string, term: number): string {
  return `vonk.cluster.${cluster}.master.${term}`;
}

/** Where the master of a name answers. */
export function instanceSubject(cluster: string, masterId: string): string {
  return `vonk.cluster.${cluster}.instance.${escapeKey(masterId)}`;
}

/** Where a worker answers. */
export function workerSubject(cluster: string, workerId: string): string {
  return `vonk.cluster.${cluster}.worker.${workerId}`;
}

/** Where an application hears of its executors. */
export function applicationSubject(appId: string): string {
  return `vonk.${appId}.application`;
}

/** Prefix of a cluster's topics. */
export function clusterPrefix(cluster: string): string {
  return `vonk.cluster.${cluster}`;
}

/** Prefix of the log topic of an executor. */
export function executorLogPrefix(appId: string, executorId: string): string {
  return `vonk.${appId}.executor.${executorId}`;
}

/** Prefix of the log topic of a driver that a worker launched. */
export function driverLogPrefix(cluster: string, driverId: string): string {
  return `vonk.cluster.${cluster}.driver.${driverId}`;
}
