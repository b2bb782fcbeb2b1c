import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nkeys } from "@nats-io/transport-node";
import { NatsBus, NatsLink, type NatsServer, type LinkStatus, type NatsOptions } from "@vonk/bus-nats/internal";
import { makeCertificates, serversUnderTest, startFakeServer, startTestServer } from "@vonk/bus-nats/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const secret = "s3cret-Value";

/** What connecting throws, or undefined; whatever connects is closed. */
async function failure(options: Partial<NatsOptions> & { readonly servers: readonly string[] }): Promise<unknown> {
  try {
    await (await NatsLink.connect({ name: "test", ...options }))[Symbol.asyncDispose]();
    return undefined;
  } catch (error) {
    expect(JSON.stringify(error)).not.toContain(secret);
    return error;
  }
}

/** Statuses of a link as they come, and a wait for the next of a type. */
function watch(link: NatsLink): { readonly seen: LinkStatus[]; until(type: LinkStatus["type"]): Promise<LinkStatus> } {
  const seen: LinkStatus[] = [];
  link.onStatus((status) => seen.push(status));
  const until = async (type: LinkStatus["type"]): Promise<LinkStatus> => {
    for (;;) {
      const found = seen.find((status) => status.type === type);
      if (found !== undefined) return found;
      await sleep(5);
    }
  };
  return { seen, until };
}

/** What comes back of a message over a link for bulk data, which shows its credentials once more. */
async function echo(options: NatsOptions): Promise<string> {
  await using link = await NatsLink.connect({ ...options, bulk: true });
  const heard = new Promise<string>((resolve) =>
    link.subscribe("echo", ({ data, reply }) => {
      if (reply === "back") resolve(new TextDecoder().decode(data));
    }),
  );
  link.publish("echo", new TextEncoder().encode("said"), "back");
  return await heard;
}

describe("without a server", () => {
  test("nothing there, an old version and a server without JetStream are told apart", async () => {
    const closed = await startFakeServer({});
    await closed[Symbol.asyncDispose]();
    const nobody = await failure({ servers: [closed.address, "127.0.0.1:1"] });
    expect(nobody).toMatchObject({ code: "NATS_UNREACHABLE", retryable: true });
    expect(String(nobody)).toContain(`No NATS server answers at ${closed.address}, 127.0.0.1:1 (connection refused)`);
    await using old = await startFakeServer({ version: "2.8.4" });
    expect(String(await failure({ servers: [old.address] }))).toMatch(
      /NATS_SERVER_TOO_OLD.* is version 2\.8\.4, expected 2\.9\.10 or later/,
    );
    await using plain = await startFakeServer({ version: "2.15.2" });
    expect(await failure({ servers: [plain.address], needsJetStream: true })).toMatchObject({ code: "NATS_JETSTREAM_MISSING" });
    expect(await failure({ servers: [plain.address] })).toBeUndefined();
    const both = await failure({ servers: [closed.address, old.address] });
    expect(both).toMatchObject({ code: "NATS_SERVER_TOO_OLD" });
  });

  test("a server that greets nobody is given up after the time for connecting", async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const address = silent.address();
    const servers = [`127.0.0.1:${typeof address === "object" ? address?.port : 0}`];
    expect(await failure({ servers, connectTimeoutMs: 100 })).toMatchObject({ code: "NATS_UNREACHABLE" });
    silent.close();
  });

  test("settings that cannot be used are errors before connecting", async () => {
    const servers = ["127.0.0.1:1"];
    const gone = join(tmpdir(), "no-such-file");
    expect(await failure({ servers: [] })).toMatchObject({ code: "NATS_ADDRESS_INVALID" });
    expect(await failure({ servers, credentials: { seed: secret } })).toMatchObject({ code: "NATS_CREDENTIALS_UNREADABLE" });
    expect(String(await failure({ servers, credentials: { credsFile: gone } }))).toContain(
      "The credentials file for NATS cannot be used: ENOENT",
    );
    expect(String(await failure({ servers, tls: { caFile: gone } }))).toContain("The TLS ca file");
  });
});

for (const { title, program } of await serversUnderTest()) {
  describe.skipIf(program === undefined)(title, () => {
    const start = (settings = {}): Promise<NatsServer> => {
      assert(program !== undefined, "these tests are skipped without a server");
      return startTestServer(program, settings);
    };

    test("a password, a token and an nkey let in; wrong ones are refused without being shown", async () => {
      const name = { name: "test" };
      const user = nkeys.createUser();
      const seed = new TextDecoder().decode(user.getSeed());
      const other = new TextDecoder().decode(nkeys.createUser().getSeed());
      const cases = [
        [
          { user: "joe", password: secret },
          { user: "joe", password: secret },
          { user: "joe", password: `${secret}x` },
        ],
        [{ token: secret }, { token: secret }, { token: `${secret}x` }],
        [{ nkeys: [user.getPublicKey()] }, { seed }, { seed: other }],
      ] as const;
      for (const [authorization, right, wrong] of cases) {
        await using server = await start({ authorization });
        const servers = [server.address];
        expect(await failure({ ...name, servers, credentials: right })).toBeUndefined();
        expect(await echo({ ...name, servers, credentials: right })).toBe("said");
        const refused = await failure({ ...name, servers, credentials: wrong });
        expect(refused).toMatchObject({ code: "NATS_AUTHENTICATION", params: { reason: "Authorization Violation" } });
        expect(JSON.stringify(refused)).not.toContain(other);
        expect(await failure({ ...name, servers })).toMatchObject({ code: "NATS_AUTHENTICATION" });
      }
    });

    test("credentials that expire end the connection, are reported, and renewed ones are used", async () => {
      const authority = makeAuthority();
      await using server = await start({ authorization: authority.authorization, jetStream: false });
      const folder = mkdtempSync(join(tmpdir(), "vonk-creds-"));
      const credsFile = join(folder, "user.creds");
      const servers = [server.address];
      writeFileSync(credsFile, authority.credentials(-10));
      expect(await failure({ servers, credentials: { credsFile } })).toMatchObject({ code: "NATS_AUTHENTICATION" });
      writeFileSync(credsFile, authority.credentials(3));
      await using link = await NatsLink.connect({ servers, name: "test", credentials: { credsFile } });
      const status = watch(link);
      expect(await status.until("disconnected")).toMatchObject({ reason: expect.stringMatching(/expired/i) });
      expect(await status.until("refused")).toMatchObject({ error: { code: "NATS_AUTHENTICATION" } });
      writeFileSync(credsFile, authority.credentials(3600));
      await status.until("reconnected");
      rmSync(folder, { recursive: true });
    });

    test("a subject that the credentials do not allow fails its request at once", async () => {
      const users = [
        { user: "joe", password: secret, permissions: { publish: ["req.own.>", "_INBOX.>"], subscribe: ["_INBOX.>", "req.own.>"] } },
      ];
      await using server = await start({ authorization: { users } });
      await using bus = await NatsBus.connect({ servers: [server.address], name: "test", credentials: { user: "joe", password: secret } });
      await expect(bus.request("foreign.x", 1)).rejects.toMatchObject({ code: "NATS_PERMISSION", params: { subject: "req.foreign.x" } });
      bus.serve("own.x", () => "mine");
      expect(await bus.request("own.x", 1)).toBe("mine");
    });

    test("requests, subscriptions and servers outlive a crash of the server", async () => {
      await using server = await start();
      await using near = await NatsBus.connect({ servers: [server.address], name: "near", retryMs: 60_000, returnGraceMs: 700 });
      await using far = await NatsBus.connect({ servers: [server.address], name: "far" });
      const status = watch(near.link);
      const { promise: gate, resolve: open } = Promise.withResolvers<void>();
      let handled = 0;
      far.serve("slow", async (message) => {
        handled++;
        await gate;
        return message;
      });
      const facts: unknown[] = [];
      far.subscribe("facts.>", (fact) => facts.push(fact));
      await far.flush();
      const underWay = near.request("slow", "during");
      while (handled === 0) await sleep(1);
      await server.kill();
      expect(await status.until("disconnected")).toMatchObject({ server: server.address });
      const whileAway = near.request("slow", "away");
      near.publish("facts.lost", 1);
      await expect(near.request("slow", 1, { timeoutMs: 50 })).rejects.toMatchObject({ code: "BUS_REQUEST_TIMEOUT" });
      await server.restart();
      expect(await status.until("reconnected")).toMatchObject({ version: program?.version });
      open();
      expect(await Promise.all([underWay, whileAway])).toEqual(["during", "away"]);
      await near.link.connection();
      await far.link.connection();
      near.publish("facts.new", 2);
      await near.flush();
      await far.flush();
      expect(facts).toEqual([2]);
      await expect(near.request("nobody", 1)).rejects.toMatchObject({ code: "BUS_NO_RESPONDER" });
    });

    test("a server that stops answering is noticed and left; closing ends waiting at once", async () => {
      await using server = await start();
      const link = await NatsLink.connect({ servers: [server.address], name: "test", pingIntervalMs: 50, connectTimeoutMs: 2000 });
      const status = watch(link);
      server.pause();
      await status.until("disconnected");
      const waiting = link.connection();
      const bus = new NatsBus(link);
      const request = bus.request("x", 1);
      await Promise.all([
        expect(request).rejects.toMatchObject({ code: "BUS_CLOSED" }),
        expect(waiting).rejects.toMatchObject({ code: "NATS_UNREACHABLE" }),
        sleep(20).then(() => (bus.close(), link.close())),
      ]);
      server.resume();
    });

    test("the first connection may wait for a server that is still to come", async () => {
      await using server = await start();
      const { address } = server;
      await server.stop();
      const connecting = NatsLink.connect({ servers: [address], name: "test", connectWaitMs: 20_000 });
      await sleep(100);
      await server.restart();
      await (await connecting).close();
    });

    test("a client that does not read is cut off, told of it, and comes back", async () => {
      await using server = await start({ maxPayloadBytes: 2 ** 20, maxPendingBytes: 2 ** 20 });
      await using slow = await NatsLink.connect({ servers: [server.address], name: "slow" });
      await using fast = await NatsLink.connect({ servers: [server.address], name: "fast" });
      const status = watch(slow);
      slow.subscribe("flood", () => {});
      await slow.flush();
      const flood = spawnSync(process.execPath, [
        "--input-type=module",
        "-e",
        `import { connect } from ${JSON.stringify(import.meta.resolve("@nats-io/transport-node"))};
         const nc = await connect({ servers: ["${server.address}"] });
         for (let i = 0; i < 400; i++) { nc.publish("flood", new Uint8Array(2 ** 18)); if (i % 8 === 0) await nc.flush(); }
         await nc.close();`,
      ]);
      expect(flood.status, String(flood.stderr)).toBe(0);
      // Blocks the thread further, as a computation does.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1600);
      await status.until("disconnected");
      expect(await status.until("slowConsumer")).toMatchObject({ blockedMs: expect.any(Number) });
      await status.until("reconnected");
      expect(fast.connected).toBe(true);
    });

    test("an open bus does not hold a process alive, a request in flight does", async () => {
      await using server = await start();
      const run = (body: string): { readonly status: number | null; readonly stdout: string } =>
        spawnSync(
          process.execPath,
          [
            "--conditions=@vonk/source",
            "--disable-warning=ExperimentalWarning",
            "--input-type=module",
            "-e",
            `import { NatsBus } from "@vonk/bus-nats/internal";
             const bus = await NatsBus.connect({ servers: ["${server.address}"], name: "child" });
             bus.subscribe("facts", () => {});
             bus.serve("late", () => new Promise((resolve) => setTimeout(resolve, 300, "answer")));
             bus.unref();
             ${body}`,
          ],
          { encoding: "utf8", timeout: 20_000, cwd: import.meta.dirname },
        );
      expect(run(`console.log("end");`)).toMatchObject({ status: 0, stdout: "end\n" });
      expect(run(`bus.request("late", 1).then(console.log);`)).toMatchObject({ status: 0, stdout: "answer\n" });
      expect(run(`process.kill(${server.pid}); setTimeout(() => console.log(bus.link.connected), 300);`)).toMatchObject({
        status: 0,
        stdout: "false\n",
      });
    });

    test("a server that cannot start says why", async () => {
      await using server = await start();
      await expect(start({ port: server.port })).rejects.toThrow(
        /NATS_SERVER_FAILED.*did not start: it ended with exit code 1.*address already in use/s,
      );
    });
  });
}

/** An operator with one account, which signs users: what a master does for its applications. */
function makeAuthority(): {
  readonly authorization: { readonly operator: string; readonly accounts: Record<string, string> };
  credentials(seconds: number): string;
} {
  const text = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const sign = (issuer: nkeys.KeyPair, sub: string, nats: object, exp?: number): string => {
    const claims = {
      jti: sub,
      iat: now - 60,
      iss: issuer.getPublicKey(),
      name: "test",
      sub,
      nats: { version: 2, ...nats },
      ...(exp === undefined ? {} : { exp }),
    };
    const signed = `${text({ typ: "JWT", alg: "ed25519-nkey" })}.${text(claims)}`;
    return `${signed}.${Buffer.from(issuer.sign(new TextEncoder().encode(signed))).toString("base64url")}`;
  };
  const operator = nkeys.createOperator();
  const account = nkeys.createAccount();
  const none = { subs: -1, data: -1, payload: -1 };
  const limits = { ...none, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const accounts = { [account.getPublicKey()]: sign(operator, account.getPublicKey(), { type: "account", limits }) };
  const credentials = (seconds: number): string => {
    const user = nkeys.createUser();
    const jwt = sign(account, user.getPublicKey(), { type: "user", pub: {}, sub: {}, ...none }, Math.floor(Date.now() / 1000) + seconds);
    const seed = new TextDecoder().decode(user.getSeed());
    const block = (name: string, dashes: string, body: string): string =>
      `-----BEGIN ${name}-----\n${body}\n${dashes}END ${name}${dashes}\n`;
    return block("NATS USER JWT", "------", jwt) + block("USER NKEY SEED", "------", seed);
  };
  return { authorization: { operator: sign(operator, operator.getPublicKey(), { type: "operator" }), accounts }, credentials };
}

const openssl = spawnSync("openssl", ["version"]).status === 0;
for (const { title, program } of await serversUnderTest()) {
  describe.skipIf(program === undefined || !openssl)(`TLS, ${title}${openssl ? "" : " [needs openssl]"}`, () => {
    let folder: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), "vonk-tls-"));
      makeCertificates(folder);
    });
    afterAll(() => rmSync(folder, { recursive: true }));
    const file = (name: string): string => join(folder, name);

    test("a certificate of the given authority is trusted, another is not, and a client may have to show one", async () => {
      if (program === undefined) return;
      const tls = { certFile: file("server.crt"), keyFile: file("server.key"), caFile: file("ca.crt") };
      await using server = await startTestServer(program, { tls });
      const servers = [`localhost:${server.port}`];
      expect(await failure({ servers, tls: { caFile: file("ca.crt") } })).toBeUndefined();
      expect(await failure({ servers, tls: {} })).toMatchObject({ code: "NATS_TLS" });
      expect(await failure({ servers })).toMatchObject({ code: "NATS_TLS" });
      await using strict = await startTestServer(program, { tls: { ...tls, verify: true } });
      const own = { caFile: file("ca.crt"), certFile: file("client.crt"), keyFile: file("client.key") };
      expect(await failure({ servers: [`localhost:${strict.port}`], tls: own })).toBeUndefined();
      expect(await echo({ name: "test", servers: [`localhost:${strict.port}`], tls: own })).toBe("said");
      expect(await failure({ servers: [`localhost:${strict.port}`], tls: { caFile: file("ca.crt") } })).toMatchObject({ code: "NATS_TLS" });
      await using plain = await startTestServer(program);
      expect(await failure({ servers: [plain.address], tls: own })).toMatchObject({ code: "NATS_TLS" });
    });
  });
}
