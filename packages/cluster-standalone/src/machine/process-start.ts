/** What a process of a cluster on this machine reads, as a line of JSON, from its standard input: secrets stay out of its command line. */
export type ProcessStart =
  | {
      readonly kind: "master";
      readonly url: string;
      readonly settings: Readonly<Record<string, string>>;
      readonly name: string;
    }
  | ({ readonly kind: "worker"; readonly url: string } & WorkerShare)
  | ({ readonly kind: "local-cluster"; readonly workers: number; readonly folder: string } & Omit<WorkerShare, "workDir">);

interface WorkerShare {
  readonly settings: Readonly<Record<string, string>>;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly workDir: string;
}

/** The entry file of such a process. */
export const clusterProcessURL: URL = new URL("../machine/machine-process.worker.ts", import.meta.url);
