import { statfsSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";

const mebibyte = 2 ** 20;

/** Who may connect to a server that Vonk starts. */
export type ServerAuthorization =
  | { readonly user: string; readonly password: string }
  | { readonly token: string }
  /** Public keys of users, `U…`. */
  | { readonly nkeys: readonly string[] }
  /** Operator mode: tokens that were signed offline; `accounts` by public key. JetStream needs `systemAccount`. */
  | { readonly operator: string; readonly accounts: Readonly<Record<string, string>>; readonly systemAccount?: string }
  /** Users with permissions as nats-server's configuration writes them. */
  | { readonly users: readonly Readonly<Record<string, unknown>>[] };

/** Certificate files of a server; with `verify` clients must show one that `caFile` signed. */
export interface ServerTls {
  readonly certFile: string;
  readonly keyFile: string;
  readonly caFile?: string;
  readonly verify?: boolean;
}

/** Settings of a server with Vonk's recommendations as defaults. */
export interface ServerSettings {
  readonly host?: string;
  /** A free one when absent. */
  readonly port?: number;
  readonly name?: string;
  readonly jetStream?: boolean;
  /** Bytes of a message at most; 8 MiB. */
  readonly maxPayloadBytes?: number;
  /** Bytes waiting for one client before it is cut off; 128 MiB. */
  readonly maxPendingBytes?: number;
  /** Bytes of file streams; four fifths of what is free on the disk. */
  readonly maxFileBytes?: number;
  /** Bytes of memory streams; an eighth of the machine's memory. */
  readonly maxMemoryBytes?: number;
  readonly authorization?: ServerAuthorization;
  readonly tls?: ServerTls;
}

/** nats-server's configuration for `settings`, keeping everything in `folder`. It may hold secrets: the file must be private. */
export function serverConfig(settings: ServerSettings, folder: string): string {
  const config: Record<string, unknown> = {
    host: settings.host ?? "127.0.0.1",
    port: settings.port ?? -1,
    server_name: settings.name ?? "vonk",
    log_file: join(folder, "nats-server.log"),
    pid_file: join(folder, "nats-server.pid"),
    ports_file_dir: folder,
    max_payload: settings.maxPayloadBytes ?? 8 * mebibyte,
    max_pending: settings.maxPendingBytes ?? 128 * mebibyte,
  };
  if (settings.jetStream !== false) {
    config["jetstream"] = {
      store_dir: join(folder, "jetstream"),
      max_file: settings.maxFileBytes ?? freeDiskShare(folder),
      max_mem: settings.maxMemoryBytes ?? Math.floor(totalmem() / 8),
    };
  }
  if (settings.authorization !== undefined) Object.assign(config, authorizationBlock(settings.authorization));
  const { tls } = settings;
  if (tls !== undefined) {
    config["tls"] = { cert_file: tls.certFile, key_file: tls.keyFile, ca_file: tls.caFile, verify: tls.verify };
  }
  return `${JSON.stringify(config, undefined, 2)}\n`;
}

/** Limit that the server's Go runtime is given: without one it caches about a whole shuffle. */
export function serverMemoryLimitBytes(): number {
  return Math.floor(totalmem() * 0.3);
}

function freeDiskShare(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor(bavail * bsize * 0.8);
}

function authorizationBlock(authorization: ServerAuthorization): Record<string, unknown> {
  if ("operator" in authorization) {
    const { operator, accounts, systemAccount } = authorization;
    return { operator, system_account: systemAccount, resolver: "MEMORY", resolver_preload: accounts };
  }
  return { authorization: "nkeys" in authorization ? { users: authorization.nkeys.map((nkey) => ({ nkey })) } : authorization };
}
