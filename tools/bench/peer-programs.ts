import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "../command/root.ts";

/** The Spark that bars are measured against. */
export const sparkVersion = "4.3.0";

/** What is installed for each peer, from PyPI. The generator of TPC's tables is the last DuckDB that has it built in. */
export const peers = {
  spark: [`pyspark==${sparkVersion}`],
  duckdb: ["duckdb==2.0.0"],
  interop: [`pyspark==${sparkVersion}`, "pyarrow==26.0.1", "duckdb==2.0.0"],
  polars: ["polars==2.1.0"],
  "tpc-generator": ["duckdb==1.1.3"],
} as const satisfies Record<string, readonly string[]>;

/** Another engine, or a tool of benchmarks. */
export type Peer = keyof typeof peers;

/** Where peers are installed. */
export const peersFolder: string = join(root, ".vonk", "peers");

/** The Python that has a peer's packages; undefined when it is not installed. */
export function peerPython(peer: Peer): string | undefined {
  const python = join(peersFolder, peer, "bin", "python");
  return existsSync(python) ? python : undefined;
}
