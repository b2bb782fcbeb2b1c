import { availableParallelism } from "node:os";
import { clusterPackage } from "../cluster/find-cluster-manager.ts";
import { coreErrors } from "../errors.ts";

/** A local master: threads of this process. */
export interface LocalMaster {
  readonly kind: "local";
  readonly cores: number;
  /** Failures of a task after which its job fails. */
  readonly maxFailures: number;
}

/** A cluster whose manager another package brings. */
export interface ClusterMaster {
  readonly kind: "cluster";
  readonly url: string;
  /** The package, or the `file:` URL of a module. */
  readonly packageName: string;
}

/**
 * Reads `local`, `local[K]`, `local[K,F]`, `local[*]`, `local[*,F]` and the masters of clusters.
 * @param manager `vonk.cluster.manager`: a package or `file:` URL that brings the cluster manager, whatever the URL
 * @throws MASTER_URL_INVALID
 */
export function parseMaster(master: string, manager = ""): LocalMaster | ClusterMaster {
  if (manager !== "") return { kind: "cluster", url: master, packageName: manager };
  if (master === "local") return { kind: "local", cores: 1, maxFailures: 1 };
  const match = /^local\[\s*(\*|\d+)\s*(?:,\s*(\d+)\s*)?\]$/.exec(master);
  if (match === null) {
    const packageName = clusterPackage(master);
    if (packageName === undefined) throw coreErrors.create("MASTER_URL_INVALID", { master });
    return { kind: "cluster", url: master, packageName };
  }
  const cores = match[1] === "*" ? availableParallelism() : Number(match[1]);
  const maxFailures = match[2] === undefined ? 1 : Number(match[2]);
  if (cores < 1 || maxFailures < 1) throw coreErrors.create("MASTER_URL_INVALID", { master });
  return { kind: "local", cores, maxFailures };
}
