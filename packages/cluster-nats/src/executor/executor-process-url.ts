/** The entry file of an executor process. */
export const executorProcessURL: URL = new URL("../executor/executor-process.worker.ts", import.meta.url);
