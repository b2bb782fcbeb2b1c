import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { coreErrors } from "../errors.ts";
import type { ClusterManager } from "./cluster-manager.ts";

/** The package that brings the cluster manager of a master URL, or undefined for an unknown kind. */
export function clusterPackage(master: string): string | undefined {
  const scheme = /^(vonk|local-cluster|yarn|k8s)\b/.exec(master)?.[1];
  if (scheme === undefined) return undefined;
  if (scheme === "yarn") return "@vonk/cluster-yarn";
  return scheme === "k8s" ? "@vonk/cluster-kubernetes" : "@vonk/cluster-standalone";
}

/**
 * The URL of a cluster manager's package as the application sees it.
 * @throws MASTER_URL_UNSUPPORTED naming the package to install
 */
export function clusterManagerURL(master: string, packageName: string, appRoot: string): string {
  if (packageName.startsWith("file:")) return packageName;
  // The application's own copy first; an engine that was installed elsewhere brings its own.
  for (const from of [join(appRoot, "noop.js"), import.meta.filename]) {
    try {
      return pathToFileURL(createRequire(from).resolve(packageName)).href;
    } catch (error) {
      if ((error as { code?: string }).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw coreErrors.create("MASTER_URL_UNSUPPORTED", { master, package: packageName });
}

/** Loads a cluster manager. */
export async function loadClusterManager(url: string): Promise<ClusterManager> {
  const { clusterManager } = (await import(url)) as { readonly clusterManager?: ClusterManager };
  if (clusterManager === undefined) throw coreErrors.create("CLUSTER_MANAGER_INVALID", { url });
  return clusterManager;
}
