// Reads a folder without rights. Root may read everything, so the process becomes another user first.
import { SparkContext } from "@vonk/core";

const [path = "", uid = ""] = process.argv.slice(2);
const sc = new SparkContext({ master: "local[1]" });
// The threads are started and the modules loaded as the first user; the folder is read as the other.
await sc.range(1).count();
process.seteuid?.(Number(uid));
try {
  await sc.textFile(path).count();
  console.log("it was read");
} catch (error) {
  console.log(JSON.stringify(error));
}
process.seteuid?.(process.getuid?.() ?? 0);
await sc.stop();
