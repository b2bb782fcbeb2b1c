/** The entry files of the engine's threads. The build turns each into the URL of its bundle. */
export const workerURLs: { readonly serviceThread: URL; readonly taskThread: URL } = {
  serviceThread: new URL("../driver/service-thread.worker.ts", import.meta.url),
  taskThread: new URL("../executor/task-thread.worker.ts", import.meta.url),
};
