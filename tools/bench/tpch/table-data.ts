import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../command/root.ts";
import { run } from "../../command/run.ts";
import { dataFolder } from "../data.ts";
import { peerPython } from "../peer-programs.ts";

/** Queries, generator and answers of TPC, which every developer has. */
export const tpcFolder: string = join(root, "..", "shared", "tpc");

/** The tables of one scale factor and codec as Parquet, made once. Throws when the generator is not there or fails. */
export async function ensureTables(
  benchmark: "tpch" | "tpcds",
  scale: string,
  codec: string,
  log: (line: string) => void,
): Promise<string> {
  const folder = join(dataFolder, `${benchmark}-sf${scale}-${codec}`);
  if (existsSync(folder)) return folder;
  const python = peerPython("tpc-generator");
  const generator = join(tpcFolder, "generate.py");
  if (python === undefined || !existsSync(generator))
    throw new Error(`${folder} is not there and cannot be made without ${generator} and the peers; run npm run bench:peers`);
  log(`making ${folder}`);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  const { code, stdout, stderr } = await run(python, [generator, benchmark, scale, part, codec], { capture: true });
  if (code !== 0) throw new Error(`${generator} ended with ${code}: ${stderr || stdout}`);
  renameSync(part, folder);
  return folder;
}
