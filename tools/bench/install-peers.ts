// `npm run bench:peers`: installs the engines that benchmarks compare with, under .vonk/peers. Needs python3 with venv, and
// Java 17 to run Spark. PySpark's wheel brings Spark's own jars and spark-shell.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command/run.ts";
import { peersFolder, sparkHome, sparkVersion } from "./spark.ts";

const java = await run("java", ["-version"], { capture: true });
if (java.code !== 0) process.stdout.write("java was not found: Spark is installed but cannot run before Java 17 or later is on PATH\n");
const folder = join(peersFolder, "spark");
mkdirSync(peersFolder, { recursive: true });
let code = 0;
if (!existsSync(join(folder, "bin", "python"))) code = (await run("python3", ["-m", "venv", folder])).code;
if (code === 0) code = (await run(join(folder, "bin", "pip"), ["install", "--disable-pip-version-check", `pyspark==${sparkVersion}`])).code;
process.stdout.write(
  code === 0 && sparkHome() !== undefined
    ? `Spark ${sparkVersion} is in ${folder}\n`
    : "Spark could not be installed; see the message above\n",
);
process.exitCode = code;
