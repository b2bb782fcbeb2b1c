import { availableParallelism } from "node:os";
import { coreErrors } from "../errors.ts";

/** A local master: threads of this process. */
export interface LocalMaster {
  readonly cores: number;
  /** Failures of a task after which its job fails. */
  readonly maxFailures: number;
}

/**
 * Reads `local`, `local[K]`, `local[K,F]`, `local[*]` and `local[*,F]`.
 * @throws MASTER_URL_INVALID
 * @throws MASTER_URL_UNSUPPORTED for masters that other packages bring
 */
export function parseMaster(master: string): LocalMaster {
  if (master === "local") return { cores: 1, maxFailures: 1 };
  const match = /^local\[\s*(\*|\d+)\s*(?:,\s*(\d+)\s*)?\]$/.exec(master);
  if (match === null) {
    const scheme = /^(vonk|spark|yarn|k8s|local-cluster)\b/.exec(master)?.[1];
    if (scheme === undefined) throw coreErrors.create("MASTER_URL_INVALID", { master });
    const adapter = scheme === "yarn" ? "@vonk/cluster-yarn" : scheme === "k8s" ? "@vonk/cluster-kubernetes" : "@vonk/cluster-standalone";
    throw coreErrors.create("MASTER_URL_UNSUPPORTED", { master, package: adapter });
  }
  const cores = match[1] === "*" ? availableParallelism() : Number(match[1]);
  const maxFailures = match[2] === undefined ? 1 : Number(match[2]);
  if (cores < 1 || maxFailures < 1) throw coreErrors.create("MASTER_URL_INVALID", { master });
  return { cores, maxFailures };
}
