import { natsErrors } from "../errors.ts";

/** A host and a port. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/**
 * The addresses of a master URL, `vonk://host1:port,host2:port`.
 * @throws NATS_ADDRESS_INVALID for another scheme, a missing port, user names and paths
 */
export function parseMasterAddresses(url: string): Address[] {
  const rest = /^vonk:\/\/(.*)$/.exec(url)?.[1];
  if (rest === undefined)
    throw natsErrors.create("NATS_ADDRESS_INVALID", { address: withoutSecrets(url), problem: "it does not begin with vonk://" });
  return rest.split(",").map((part) => parseAddress(part));
}

/**
 * One address, `host:port`, `[ipv6]:port`, perhaps after `nats://` or `tls://`; the port is `defaultPort` when there is one and none is written.
 * @throws NATS_ADDRESS_INVALID
 */
export function parseAddress(text: string, defaultPort?: number): Address {
  const fail = (problem: string): never => {
    throw natsErrors.create("NATS_ADDRESS_INVALID", { address: withoutSecrets(text), problem });
  };
  const rest = text
    .trim()
    .replace(/^(?:nats|tls):\/\//, "")
    .replace(/\/$/, "");
  if (rest.includes("@")) return fail("credentials do not belong into an address; give them as settings");
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+))(?::(\d+))?$/.exec(rest);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return fail("it has no host name");
  const port = match?.[3] === undefined ? defaultPort : Number(match[3]);
  if (port === undefined) return fail("it has no port");
  if (port < 1 || port > 65_535) return fail("the port is not between 1 and 65535");
  return { host, port };
}

/** The text with what stands before an @ replaced: it may be a password. */
function withoutSecrets(text: string): string {
  return text.replaceAll(/[^/,]*@/g, "*(redacted)@");
}
