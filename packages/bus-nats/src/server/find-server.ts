import { execFile } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { childEnvironment } from "@vonk/common/internal";
import { natsErrors } from "../errors.ts";
import { compareVersions, versionFloor, versionRecommended } from "./server-version.ts";

/** A nats-server program and the version that it prints. */
export interface NatsServerProgram {
  readonly path: string;
  readonly version: string;
}

/** Where {@link findNatsServer} looks; each has the machine's own as default. */
export interface FindNatsServerOptions {
  /** `newest` (the default) takes the first that is new enough; `oldest` only one of the oldest supported line, 2.9. */
  readonly version?: "newest" | "oldest";
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Folder of kept copies, `VERSION/nats-server`; the nearest `.vonk/nats-server` above the working folder by default. */
  readonly keptFolder?: string;
  /** Folders searched after PATH: where Debian and Homebrew put servers that a user's PATH may leave out. */
  readonly otherFolders?: readonly string[];
}

const programName = process.platform === "win32" ? "nats-server.exe" : "nats-server";
const serverFolders = ["/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];
const versionTimeoutMs = 10_000;

/**
 * The first usable nats-server of: `VONK_NATS_SERVER` (for `oldest`: `VONK_NATS_SERVER_OLDEST`), PATH, kept copies (newest first).
 * One that does not run or is older than 2.9.10 is passed over, unless the variable names it.
 * @throws NATS_SERVER_UNUSABLE when the variable names a file that is not a supported server
 */
export async function findNatsServer(options: FindNatsServerOptions = {}): Promise<NatsServerProgram | undefined> {
  const environment = options.environment ?? childEnvironment({});
  const oldest = options.version === "oldest";
  const named = environment[oldest ? "VONK_NATS_SERVER_OLDEST" : "VONK_NATS_SERVER"] ?? "";
  if (named !== "") return await requireProgram(named);
  const folders = [...(environment["PATH"] ?? "").split(delimiter).filter(Boolean), ...(options.otherFolders ?? serverFolders)];
  const kept = keptPrograms(options.keptFolder ?? nearestKeptFolder(process.cwd()));
  const candidates = [...new Set(folders.map((folder) => join(folder, programName))), ...kept];
  for (const path of candidates) {
    const version = existsSync(path) ? await versionOf(path) : undefined;
    if (version === undefined || compareVersions(version, versionFloor) < 0) continue;
    if (!oldest || compareVersions(version, "2.10.0") < 0) return { path, version };
  }
  return undefined;
}

/**
 * As {@link findNatsServer}, for callers that cannot do without.
 * @throws NATS_SERVER_NOT_FOUND which says how to install one
 */
export async function requireNatsServer(options: FindNatsServerOptions = {}): Promise<NatsServerProgram> {
  const found = await findNatsServer(options);
  if (found !== undefined) return found;
  const folder = options.keptFolder ?? nearestKeptFolder(process.cwd());
  throw natsErrors.create("NATS_SERVER_NOT_FOUND", { folder, floor: versionFloor, recommended: versionRecommended });
}

async function requireProgram(path: string): Promise<NatsServerProgram> {
  const version = existsSync(path) ? await versionOf(path) : undefined;
  if (version !== undefined && compareVersions(version, versionFloor) >= 0) return { path, version };
  const problem = !existsSync(path) ? "does not exist" : version === undefined ? "prints no version" : `is version ${version}`;
  throw natsErrors.create("NATS_SERVER_UNUSABLE", { path, problem, floor: versionFloor });
}

/** The version that `path --version` prints; undefined when it does not run or prints none. */
function versionOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(path, ["--version"], { timeout: versionTimeoutMs }, (error, stdout) =>
      resolve(error === null ? /nats-server: v?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] : undefined),
    );
  });
}

function keptPrograms(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const versions = readdirSync(folder).filter((name) => /^\d+\.\d+\.\d+/.test(name));
  return versions.toSorted((a, b) => compareVersions(b, a)).map((version) => join(folder, version, programName));
}

function nearestKeptFolder(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    const kept = join(folder, ".vonk", "nats-server");
    if (existsSync(kept)) return kept;
    if (dirname(folder) === folder) return join(start, ".vonk", "nats-server");
  }
}
