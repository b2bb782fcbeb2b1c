/** What a driver process reads, as a line of JSON, from its standard input. */
export interface DriverStart {
  /** Path of the application's main file. */
  readonly mainFile: string;
  readonly args: readonly string[];
  readonly workingDir: string;
}

/** The entry file of a driver process. */
export const driverProcessURL: URL = new URL("../driver/driver-process.worker.ts", import.meta.url);
