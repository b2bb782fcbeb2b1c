// `npm run bench:peers`: installs the engines that benchmarks compare with, and the generator of TPC's tables, under .vonk/peers.
// Needs python3 with venv, and Java 17 to run Spark. PySpark's wheel brings Spark's own jars and spark-shell.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command/run.ts";
import { peerPython, type Peer, peers, peersFolder } from "./peer-programs.ts";

async function install(peer: Peer): Promise<boolean> {
  const folder = join(peersFolder, peer);
  if (!existsSync(join(folder, "bin", "python")) && (await run("python3", ["-m", "venv", folder])).code !== 0) return false;
  const pip = join(folder, "bin", "pip");
  return (
    (await run(pip, ["install", "--disable-pip-version-check", "--quiet", ...peers[peer]])).code === 0 && peerPython(peer) !== undefined
  );
}

const java = await run("java", ["-version"], { capture: true });
if (java.code !== 0) process.stdout.write("java was not found: Spark is installed but cannot run before Java 17 or later is on PATH\n");
mkdirSync(peersFolder, { recursive: true });
for (const peer of Object.keys(peers) as Peer[]) {
  const done = await install(peer);
  process.stdout.write(done ? `${peers[peer].join(", ")}: installed\n` : `${peer} could not be installed; see the message above\n`);
  if (!done) process.exitCode = 1;
}
