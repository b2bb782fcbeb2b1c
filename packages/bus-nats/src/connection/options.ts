import { readFileSync } from "node:fs";
import {
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
  type NodeConnectionOptions,
} from "@nats-io/transport-node";
import type { Clock, Random } from "@vonk/common/internal";
import { natsErrors } from "../errors.ts";

/** What a client shows the server. */
export type NatsCredentials =
  | { readonly user: string; readonly password: string }
  | { readonly token: string }
  /** Seed of a user's nkey, `SU…`. */
  | { readonly seed: string }
  /** Path of a `.creds` file, read again at each connection, so that renewed credentials are used. */
  | { readonly credsFile: string };

/** TLS of a client: paths of PEM files or their contents. An empty object asks for TLS with the machine's authorities. */
export interface NatsTls {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** How to connect to NATS. */
export interface NatsOptions {
  /** `host:port` of each server; port 4222 when none is written. */
  readonly servers: readonly string[];
  /** Shown in the server's monitoring. */
  readonly name: string;
  readonly credentials?: NatsCredentials;
  readonly tls?: NatsTls;
  /** Fail when the server has no JetStream. */
  readonly needsJetStream?: boolean;
  /** Messages go over a connection of our own beside the client library's: faster for large ones, see `BulkConnection`. */
  readonly bulk?: boolean;
  /** Milliseconds for one attempt to connect to one server; 5 s. */
  readonly connectTimeoutMs?: number;
  /** Milliseconds for which the first connection is tried again while no server answers; 0. */
  readonly connectWaitMs?: number;
  /** Milliseconds between two checks that the server still answers; the connection is given up after two without. 10 s. */
  readonly pingIntervalMs?: number;
  /** Beginning of reply subjects, for credentials that allow no other. */
  readonly inboxPrefix?: string;
  readonly clock?: Clock;
  readonly random?: Random;
}

/** The client library's options for one attempt. Reconnecting, pinging and choosing a server are ours. */
export function clientOptions(options: NatsOptions, address: string, timeoutMs: number): NodeConnectionOptions {
  const { credentials, tls, inboxPrefix } = options;
  return {
    servers: [address],
    name: options.name,
    reconnect: false,
    ignoreClusterUpdates: true,
    timeout: timeoutMs,
    // The longest timer there is: it is switched off after connecting.
    pingInterval: 2 ** 31 - 1,
    ...(inboxPrefix === undefined ? {} : { inboxPrefix }),
    ...(credentials === undefined ? {} : { authenticator: authenticator(credentials) }),
    ...(tls === undefined ? {} : { tls: tlsContents(tls) }),
  };
}

/** The kind of credentials for a message; never the credentials. */
export function describeCredentials(credentials: NatsCredentials | undefined): string {
  if (credentials === undefined) return "a connection without credentials";
  if ("user" in credentials) return `user '${credentials.user}' with the given password`;
  if ("token" in credentials) return "the given token";
  return "seed" in credentials ? "the given nkey" : `the credentials of ${credentials.credsFile}`;
}

function authenticator(credentials: NatsCredentials): Authenticator {
  if ("user" in credentials) return usernamePasswordAuthenticator(credentials.user, credentials.password);
  if ("token" in credentials) return tokenAuthenticator(credentials.token);
  if ("seed" in credentials) {
    if (!/^SU[A-Z2-7]{56}$/.test(credentials.seed))
      throw natsErrors.create("NATS_CREDENTIALS_UNREADABLE", {
        what: "nkey",
        problem: "it is not the seed of a user (58 letters that begin with SU)",
      });
    return nkeyAuthenticator(new TextEncoder().encode(credentials.seed));
  }
  return credsAuthenticator(readSecret("credentials file", credentials.credsFile));
}

function tlsContents(tls: NatsTls): { ca?: string; cert?: string; key?: string } {
  const contents: { ca?: string; cert?: string; key?: string } = {};
  for (const part of ["ca", "cert", "key"] as const) {
    const file = tls[`${part}File`];
    const text = tls[part] ?? (file === undefined ? undefined : new TextDecoder().decode(readSecret(`TLS ${part} file`, file)));
    if (text !== undefined) contents[part] = text;
  }
  return contents;
}

function readSecret(what: string, path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw natsErrors.create("NATS_CREDENTIALS_UNREADABLE", { what, problem: error instanceof Error ? error.message : String(error) });
  }
}
