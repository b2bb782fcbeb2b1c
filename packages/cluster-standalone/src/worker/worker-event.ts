import type {
  ApplicationDescription,
  DriverDescription,
  ExecutorPlacement,
  ProcessState,
  WorkerDescription,
} from "../message/cluster-state.ts";

/** A process of a worker: an executor or a driver. */
export type ProcessKey =
  | { readonly kind: "executor"; readonly appId: string; readonly executorId: string }
  | { readonly kind: "driver"; readonly driverId: string };

/** What can happen to a worker. */
export type WorkerEvent =
  | { readonly kind: "Started" }
  | {
      readonly kind: "Registered";
      readonly term: number;
      readonly unknownExecutors: readonly ExecutorPlacement[];
      readonly unknownDriverIds: readonly string[];
    }
  | { readonly kind: "RegistrationFailed" }
  | { readonly kind: "LeaderAnnounced"; readonly term: number }
  | { readonly kind: "HeartbeatAnswered"; readonly known: boolean }
  | {
      readonly kind: "LaunchExecutor";
      readonly term: number;
      readonly executor: ExecutorPlacement;
      readonly application: ApplicationDescription;
    }
  | { readonly kind: "KillExecutor"; readonly term: number; readonly appId: string; readonly executorId: string }
  | { readonly kind: "LaunchDriver"; readonly term: number; readonly driver: DriverDescription; readonly launch: number }
  | { readonly kind: "KillDriver"; readonly term: number; readonly driverId: string; readonly launch: number }
  | { readonly kind: "ApplicationEnded"; readonly term: number; readonly appId: string }
  | { readonly kind: "ProcessStarted"; readonly key: ProcessKey }
  | { readonly kind: "ProcessExited"; readonly key: ProcessKey; readonly exitCode: number | null; readonly signal: string | null }
  | { readonly kind: "StartFailed"; readonly key: ProcessKey; readonly message: string; readonly isFinal?: boolean }
  | { readonly kind: "OverMemory"; readonly key: ProcessKey; readonly usedBytes: number; readonly limitBytes: number }
  | { readonly kind: "Tick" };

/** What a worker wants done. */
export type WorkerAction =
  | {
      readonly kind: "Register";
      readonly worker: WorkerDescription;
      readonly executors: readonly ExecutorPlacement[];
      readonly driverIds: readonly string[];
    }
  | { readonly kind: "Heartbeat" }
  | { readonly kind: "StartExecutor"; readonly executor: ExecutorPlacement; readonly application: ApplicationDescription }
  | { readonly kind: "StartDriver"; readonly driver: DriverDescription }
  | { readonly kind: "Kill"; readonly key: ProcessKey }
  | {
      readonly kind: "ExecutorChanged";
      readonly appId: string;
      readonly executorId: string;
      readonly state: ProcessState;
      readonly message: string;
      readonly causedByApp: boolean;
    }
  | {
      readonly kind: "DriverChanged";
      readonly driverId: string;
      readonly launch: number;
      readonly state: ProcessState;
      readonly exitCode?: number;
      readonly message: string;
      /** True when it could not be started and would fail in the same way again. */
      readonly isFinal?: boolean;
    }
  | { readonly kind: "CleanUp"; readonly appId: string };
