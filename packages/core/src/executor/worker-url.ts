/** The entry file of a worker thread, beside this file's bundle when built and in its source folder otherwise. */
export function workerURL(name: "task-thread" | "service-thread"): URL {
  const isSource = import.meta.url.endsWith(".ts");
  if (!isSource) return new URL(`./${name}.worker.js`, import.meta.url);
  return new URL(name === "task-thread" ? "./task-thread.worker.ts" : "../driver/service-thread.worker.ts", import.meta.url);
}
