import { NatsBus } from "@vonk/bus-nats/internal";
import { ClusterClient } from "../client/cluster-client.ts";
import type { ClusterStatus } from "../message/cluster-state.ts";

/** Looks at a cluster from outside. */
export interface ClusterWatch extends AsyncDisposable {
  /** What the leading master says; undefined while none answers. */
  status(): Promise<ClusterStatus | undefined>;
}

/** Watches the cluster whose NATS is at `server`, `host:port`. */
export async function watchCluster(server: string, cluster = "standalone"): Promise<ClusterWatch> {
  const bus = await NatsBus.connect({ servers: [server], name: "watch" });
  const client = new ClusterClient(bus, cluster);
  return {
    async status() {
      try {
        return await client.status();
      } catch (error) {
        if ((error as { code?: string }).code === "MASTER_NOT_FOUND") return undefined;
        throw error;
      }
    },
    [Symbol.asyncDispose]: () => bus[Symbol.asyncDispose](),
  };
}
