import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { run, type Outcome } from "../command/run.ts";

/** A way to make a nats-server; `undefined` says that the machine has no means for it. */
export interface Installer {
  readonly name: string;
  /** Puts a server into `folder` and gives its path, or what went wrong. */
  install(version: string, folder: string): Promise<Outcome & { readonly path: string }>;
}

const program = process.platform === "win32" ? "nats-server.exe" : "nats-server";
const goTimeoutMs = 900_000;
const aptTimeoutMs = 180_000;

/** Builds the version asked for with Go, which is looked for on PATH and where its own installer puts it; 53 s cold on 2 cores. */
export function goInstaller(): Installer | undefined {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/local/go/bin", "/usr/lib/go/bin", "/opt/homebrew/bin"];
  const name = process.platform === "win32" ? "go.exe" : "go";
  const go = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (go === undefined) return undefined;
  return {
    name: "Go",
    install: async (version, folder) => {
      const module = `github.com/nats-io/nats-server/v2@v${version}`;
      const env = { GOBIN: folder, PATH: [dirname(go), process.env["PATH"] ?? ""].join(delimiter) };
      const outcome = await run(go, ["install", "-ldflags", "-s -w", module], { env, capture: true, timeoutMs: goTimeoutMs });
      return { ...outcome, path: join(folder, program) };
    },
  };
}

/** Unpacks Debian's package, of whatever version the release has; no root needed, also for the lists of packages when the machine has none. */
export function debianInstaller(): Installer | undefined {
  const has = (name: string): boolean => existsSync(join("/usr/bin", name));
  if (!has("apt-get") || !has("dpkg")) return undefined;
  return {
    name: "Debian",
    install: async (_, folder) => {
      const path = join(folder, program);
      const download = (options: readonly string[]): Promise<Outcome> =>
        run("apt-get", [...options, "download", "nats-server"], { cwd: folder, capture: true, timeoutMs: aptTimeoutMs });
      let outcome = await download([]);
      if (outcome.code !== 0) {
        const own = ownLists(folder);
        await run("apt-get", [...own, "update"], { cwd: folder, capture: true, timeoutMs: aptTimeoutMs });
        outcome = await download(own);
      }
      const file = globSync("nats-server_*.deb", { cwd: folder })[0];
      if (outcome.code !== 0 || file === undefined) return { ...outcome, code: outcome.code || 1, path };
      const unpacked = join(folder, "unpacked");
      outcome = await run("dpkg", ["-x", join(folder, file), unpacked], { capture: true });
      const found = globSync("usr/{sbin,bin}/nats-server", { cwd: unpacked })[0];
      if (found === undefined) return { ...outcome, code: 1, stderr: `${outcome.stderr}${file} holds no nats-server\n`, path };
      cpSync(join(unpacked, found), path);
      return { ...outcome, path };
    },
  };
}

/** Options of apt-get that keep lists and cache in `folder`, which needs no rights. */
function ownLists(folder: string): string[] {
  const lists = join(folder, "lists");
  const cache = join(folder, "cache");
  for (const one of [lists, cache]) mkdirSync(join(one, one === lists ? "partial" : "archives/partial"), { recursive: true });
  return ["-o", `Dir::State::Lists=${lists}`, "-o", `Dir::Cache=${cache}`, "-o", "APT::Sandbox::User="];
}

/** Version that a server prints; undefined when it does not run. */
export async function printedVersion(path: string): Promise<string | undefined> {
  const { code, stdout } = await run(path, ["--version"], { capture: true, timeoutMs: 10_000 });
  return code === 0 ? /v?(\d+\.\d+\.\d+)/.exec(stdout)?.[1] : undefined;
}

/**
 * Makes a server and keeps it as `kept/VERSION/nats-server`, whole or not at all. Gives its version, or the reason why there is none.
 */
export async function installInto(
  kept: string,
  version: string,
  installer: Installer,
): Promise<{ readonly version: string } | { readonly problem: string }> {
  mkdirSync(kept, { recursive: true });
  const work = mkdtempSync(join(kept, "making-"));
  try {
    const { code, stdout, stderr, path } = await installer.install(version, work);
    if (code !== 0) return { problem: `${stdout}${stderr}`.trim().split("\n").slice(-3).join("\n") || `exit code ${code}` };
    const made = await printedVersion(path);
    if (made === undefined) return { problem: `${installer.name} made a program that prints no version` };
    const folder = join(kept, made);
    mkdirSync(folder, { recursive: true });
    renameSync(path, join(folder, program));
    return { version: made };
  } finally {
    removeTree(work);
  }
}

/** Go writes what it downloads read-only; force and retries are for that and for Windows. */
function removeTree(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
