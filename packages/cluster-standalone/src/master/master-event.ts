import type {
  ApplicationDescription,
  DriverDescription,
  DriverStatus,
  ExecutorPlacement,
  ProcessState,
  WorkerDescription,
} from "../message/cluster-state.ts";

/** What a master keeps in the cluster's state, for whoever takes over. */
export type PersistedEntry =
  | { readonly kind: "application"; readonly application: ApplicationDescription; readonly nextExecutorId: number }
  /** An application that was silent for too long: should it come back, no number of an executor is given again. */
  | { readonly kind: "silent"; readonly appId: string; readonly nextExecutorId: number }
  | { readonly kind: "driver"; readonly driver: DriverDescription; readonly status: DriverStatus };

/** What can happen to a master. `nowMs` is monotonic time. */
export type MasterEvent =
  | { readonly kind: "ElectedLeader"; readonly term: number; readonly persisted: readonly PersistedEntry[]; readonly nowMs: number }
  | { readonly kind: "LeadershipLost" }
  | {
      readonly kind: "RegisterWorker";
      readonly worker: WorkerDescription;
      readonly executors: readonly ExecutorPlacement[];
      readonly driverIds: readonly string[];
      readonly nowMs: number;
    }
  | { readonly kind: "WorkerLeaves"; readonly workerId: string; readonly nowMs: number }
  | { readonly kind: "WorkerHeartbeat"; readonly workerId: string; readonly nowMs: number }
  | {
      readonly kind: "ExecutorChanged";
      readonly appId: string;
      readonly executorId: string;
      readonly state: ProcessState;
      readonly message: string;
      readonly causedByApp: boolean;
      readonly nowMs: number;
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
      readonly nowMs: number;
    }
  | {
      readonly kind: "RegisterApplication";
      readonly application: ApplicationDescription;
      readonly executorIds: readonly string[];
      readonly nowMs: number;
    }
  | { readonly kind: "ApplicationHeartbeat"; readonly appId: string; readonly nowMs: number }
  | { readonly kind: "UnregisterApplication"; readonly appId: string; readonly nowMs: number }
  | { readonly kind: "RequestTotalExecutors"; readonly appId: string; readonly total: number; readonly nowMs: number }
  | {
      readonly kind: "KillExecutors";
      readonly appId: string;
      readonly executorIds: readonly string[];
      readonly replace: boolean;
      readonly nowMs: number;
    }
  | { readonly kind: "SubmitDriver"; readonly driver: DriverDescription; readonly nowMs: number }
  | { readonly kind: "KillDriver"; readonly driverId: string; readonly nowMs: number }
  /** A launch that the worker has taken, perhaps long after it was given up here. */
  | { readonly kind: "ExecutorLaunched"; readonly executor: ExecutorPlacement }
  /** A launch that the worker refused or never answered. */
  | { readonly kind: "LaunchFailed"; readonly executor: ExecutorPlacement; readonly message: string; readonly nowMs: number }
  | {
      readonly kind: "DriverLaunchFailed";
      readonly workerId: string;
      readonly driverId: string;
      readonly launch: number;
      readonly message: string;
      readonly nowMs: number;
    }
  /** This process stood still for so long, beyond what it waited for: others may have spoken meanwhile. */
  | { readonly kind: "StoodStill"; readonly ms: number }
  | { readonly kind: "Tick"; readonly nowMs: number };

/** What a master wants done, in this order: what is persisted is kept before anybody acts on it. */
export type MasterAction =
  | { readonly kind: "Persist"; readonly key: string; readonly entry: PersistedEntry }
  | { readonly kind: "Forget"; readonly key: string }
  | { readonly kind: "DropBundle"; readonly bundle: string }
  | { readonly kind: "AnnounceLeader"; readonly term: number }
  | { readonly kind: "LaunchExecutor"; readonly executor: ExecutorPlacement; readonly application: ApplicationDescription }
  | { readonly kind: "KillExecutor"; readonly executor: ExecutorPlacement }
  | { readonly kind: "LaunchDriver"; readonly workerId: string; readonly driver: DriverDescription; readonly launch: number }
  | { readonly kind: "KillDriver"; readonly workerId: string; readonly driverId: string; readonly launch: number }
  | { readonly kind: "CleanUpApplication"; readonly workerId: string; readonly appId: string }
  /** The application has ended or was given up: what it left in shared storage may go. */
  | { readonly kind: "SweepApplication"; readonly appId: string }
  | { readonly kind: "ExecutorGranted"; readonly executor: ExecutorPlacement; readonly host: string }
  | {
      readonly kind: "ExecutorLost";
      readonly appId: string;
      readonly executorId: string;
      readonly message: string;
      readonly causedByApp: boolean;
    }
  | { readonly kind: "WarnApplication"; readonly appId: string; readonly message: string }
  | { readonly kind: "RemoveApplication"; readonly appId: string; readonly message: string }
  | { readonly kind: "WorkerRemoved"; readonly workerId: string; readonly message: string };
