import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findNatsServer, type NatsServerProgram } from "../server/find-server.ts";
import { NatsServer } from "../server/nats-server.ts";
import type { ServerSettings } from "../server/server-config.ts";

/** A supported line of nats-server; `program` is absent where the machine has none. */
export interface ServerUnderTest {
  /** For titles: names the version, or what is needed. */
  readonly title: string;
  readonly program: NatsServerProgram | undefined;
}

/** The newest and the oldest supported nats-server that this machine has; tests of what is absent are skipped by their title. */
export async function serversUnderTest(): Promise<ServerUnderTest[]> {
  const servers: ServerUnderTest[] = [];
  for (const version of ["newest", "oldest"] as const) {
    const program = await findNatsServer({ version });
    servers.push({ program, title: program === undefined ? `${version} [needs nats-server]` : `nats-server ${program.version}` });
  }
  return servers;
}

/** A server in a temporary folder, which goes when it is disposed of. */
export async function startTestServer(program: NatsServerProgram, settings: ServerSettings = {}): Promise<NatsServer> {
  const folder = mkdtempSync(join(tmpdir(), "vonk-nats-"));
  const server = await NatsServer.start({ maxFileBytes: 2 ** 30, ...settings, program, folder });
  const dispose = server[Symbol.asyncDispose].bind(server);
  return Object.assign(server, {
    [Symbol.asyncDispose]: async (): Promise<void> => {
      await dispose();
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  });
}
