export { captureClosure } from "./closure/capture-closure.ts";
export { ClosureDecoder } from "./closure/closure-decoder.ts";
export { linkPackages, packageFolders, packageFoldersFor } from "./module/link-packages.ts";
export { coreConfig } from "./config/core-config.ts";
export { coreErrors } from "./errors.ts";
export { executorService, executorSubject } from "./message/services.ts";
export { moduleStep } from "./rdd/module-step.ts";
export type { ModuleFunction } from "./rdd/module-step.ts";
