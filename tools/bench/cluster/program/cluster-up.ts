// `vonk cluster up` with nats-server, a master and two workers until it is ready: seconds.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report } from "./report.ts";
import { vonk } from "./vonk.ts";

const folder = mkdtempSync(join(tmpdir(), "vonk-up-"));
const { seconds, stdout } = await vonk(["cluster", "up", "--workers", "2", "--cores", "1", "--memory", "1g", "--dir", folder]);
report(seconds, stdout.trim().split("\n").at(-1) ?? "");
await vonk(["cluster", "down", "--dir", folder]);
rmSync(folder, { recursive: true, force: true });
