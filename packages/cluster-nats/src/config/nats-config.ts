import { bytesEntry, type ConfigEntry, stringEntry } from "@vonk/common";
import type { NatsCredentials, NatsOptions, NatsTls } from "@vonk/bus-nats/internal";

/** Configuration keys for whoever talks to a cluster. */
export const natsConfig: {
  readonly user: ConfigEntry<string>;
  readonly password: ConfigEntry<string>;
  readonly token: ConfigEntry<string>;
  readonly seed: ConfigEntry<string>;
  readonly credsFile: ConfigEntry<string>;
  readonly tlsCa: ConfigEntry<string>;
  readonly tlsCert: ConfigEntry<string>;
  readonly tlsKey: ConfigEntry<string>;
  readonly streamBytesMax: ConfigEntry<number>;
} = {
  user: stringEntry("vonk.nats.user", "", { doc: "User name for NATS; with vonk.nats.password." }),
  password: stringEntry("vonk.nats.password", "", { doc: "Password for NATS." }),
  token: stringEntry("vonk.nats.token", "", { doc: "Token for NATS." }),
  seed: stringEntry("vonk.nats.credential.seed", "", { doc: "Seed of a user's nkey for NATS, SU…." }),
  credsFile: stringEntry("vonk.nats.credsFile", "", { doc: "Path of a .creds file for NATS, the same on every machine." }),
  tlsCa: stringEntry("vonk.nats.tls.caFile", "", {
    doc: "Path of the certificate authorities for TLS to NATS; `system` trusts the machine's.",
  }),
  tlsCert: stringEntry("vonk.nats.tls.certFile", "", { doc: "Path of the client's certificate for TLS to NATS." }),
  tlsKey: stringEntry("vonk.nats.tls.keyFile", "", { doc: "Path of the key of that certificate." }),
  streamBytesMax: bytesEntry("vonk.shuffle.streamBytesMax", "0", {
    doc: "Bytes that one bucket stream of a shuffle may hold, reserved when it is made; 0 leaves the limit to the server.",
  }),
};

/** Settings that every process of an application needs to reach NATS; those of them that are set. */
export function natsSettings(properties: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...properties].filter(([key]) => key.startsWith("vonk.nats.")));
}

/** How to connect to the servers at `addresses` with the credentials of the settings. */
export function natsOptions(addresses: readonly string[], name: string, properties: ReadonlyMap<string, string>): NatsOptions {
  const read = (entry: ConfigEntry<string>): string => entry.parse(properties.get(entry.key) ?? entry.defaultText);
  const credentials = credentialsOf(read);
  const tls = tlsOf(read);
  return {
    servers: addresses,
    name,
    ...(credentials === undefined ? {} : { credentials }),
    ...(tls === undefined ? {} : { tls }),
  };
}

type Read = (entry: ConfigEntry<string>) => string;

function credentialsOf(read: Read): NatsCredentials | undefined {
  const user = read(natsConfig.user);
  if (user !== "") return { user, password: read(natsConfig.password) };
  const token = read(natsConfig.token);
  if (token !== "") return { token };
  const seed = read(natsConfig.seed);
  if (seed !== "") return { seed };
  const credsFile = read(natsConfig.credsFile);
  return credsFile === "" ? undefined : { credsFile };
}

function tlsOf(read: Read): NatsTls | undefined {
  const caFile = read(natsConfig.tlsCa);
  const certFile = read(natsConfig.tlsCert);
  const keyFile = read(natsConfig.tlsKey);
  if (caFile === "" && certFile === "") return undefined;
  return {
    ...(caFile === "" || caFile === "system" ? {} : { caFile }),
    ...(certFile === "" ? {} : { certFile }),
    ...(keyFile === "" ? {} : { keyFile }),
  };
}
