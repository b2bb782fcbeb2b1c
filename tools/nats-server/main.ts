// `npm run nats-server`: finds the nats-servers that tests run on, the newest and the oldest supported, and makes what is missing
// under .vonk/nats-server: with Go, else from Debian's package. What cannot be made is said; the tests that need it skip.
// `npm run test:nats-install`: makes them by every way this machine has, in a folder of its own, and checks what they print.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../command/root.ts";
import { run } from "../command/run.ts";
import { debianInstaller, goInstaller, installInto, type Installer } from "./install.ts";

const condition = "--conditions=@vonk/source";

async function prepare(): Promise<void> {
  const { findNatsServer, versionFloor, versionRecommended } = await import("@vonk/bus-nats/internal");
  const keptFolder = join(root, ".vonk", "nats-server");
  for (const version of ["newest", "oldest"] as const) {
    let found = await findNatsServer({ version, keptFolder });
    const problems: string[] = [];
    for (const installer of installers()) {
      if (found !== undefined) break;
      process.stderr.write(`vonk: making the ${version} supported nats-server with ${installer.name} (once)\n`);
      const made = await installInto(keptFolder, version === "newest" ? versionRecommended : versionFloor, installer);
      if ("problem" in made) problems.push(`${installer.name}: ${made.problem}`);
      found = await findNatsServer({ version, keptFolder });
    }
    process.stdout.write(`${version.padEnd(7)} ${found === undefined ? missing(version, problems) : `${found.version} ${found.path}`}\n`);
  }
}

function installers(): Installer[] {
  return [goInstaller(), debianInstaller()].filter((installer) => installer !== undefined);
}

function missing(version: "newest" | "oldest", problems: readonly string[]): string {
  const variable = version === "newest" ? "VONK_NATS_SERVER" : "VONK_NATS_SERVER_OLDEST";
  const tried = problems.length === 0 ? "this machine has neither Go nor apt-get" : problems.join("\n");
  return `none (tests that need it are skipped): ${tried}\n        Install Go or nats-server, or set ${variable} to the path of one.`;
}

async function tryInstallers(): Promise<number> {
  const { versionFloor, versionRecommended } = await import("@vonk/bus-nats/internal");
  const folder = mkdtempSync(join(tmpdir(), "vonk-nats-install-"));
  let failures = 0;
  let successes = 0;
  const attempt = async (installer: Installer | undefined, name: string, version: string, exact: boolean): Promise<void> => {
    if (installer === undefined) return void process.stdout.write(`skipped ${name}: not on this machine\n`);
    const startMs = performance.now();
    const made = await installInto(join(folder, `${name}-${version}`), version, installer);
    const right = "version" in made && (!exact || made.version === version);
    if (right) successes++;
    else failures++;
    const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
    process.stdout.write(`${right ? "ok     " : "FAILED "} ${name} ${"version" in made ? made.version : made.problem} (${seconds} s)\n`);
  };
  try {
    await attempt(goInstaller(), "Go", versionRecommended, true);
    await attempt(goInstaller(), "Go", versionFloor, true);
    await attempt(debianInstaller(), "Debian", versionFloor, false);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return failures > 0 || successes === 0 ? 1 : 0;
}

// The search is the product's own, so this tool runs on the sources of the packages.
if (!process.execArgv.includes(condition)) {
  const flags = [condition, "--disable-warning=ExperimentalWarning"];
  process.exitCode = (await run(process.execPath, [...flags, import.meta.filename, ...process.argv.slice(2)])).code;
} else if (process.argv[2] === "--try-install") process.exitCode = await tryInstallers();
else await prepare();
