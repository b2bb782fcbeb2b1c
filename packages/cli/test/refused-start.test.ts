import { serversUnderTest, startFakeServer, startTestServer } from "@vonk/bus-nats/testing";
import { describe, expect, test } from "vitest";
import { vonk } from "./vonk-process.ts";

// What stands in the way of a cluster is said by code and message, by whoever meets it first, and the command ends with 1.

const [{ title, program } = { title: "newest [needs nats-server]", program: undefined }] = await serversUnderTest();

/** All that connects to a cluster: its parts, the driver of an application, and those who ask. */
function commandsTo(address: string): readonly (readonly string[])[] {
  const url = `vonk://${address}`;
  return [
    ["master", url],
    ["worker", url],
    ["submit", "--master", url, "word-count.ts"],
    ["submit", "--master", url, "--deploy-mode", "cluster", "word-count.ts"],
    ["logs", "--master", url],
  ];
}

async function expectRefusals(address: string, message: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  for (const command of commandsTo(address)) {
    const { code, stdout, stderr } = await vonk(command, env);
    expect(stderr, command.join(" ")).toContain(`vonk: ${message}`);
    expect({ code, stdout }, command.join(" ")).toEqual({ code: 1, stdout: "" });
  }
}

test("nothing listens at the address", async () => {
  const gone = await startFakeServer({});
  await gone[Symbol.asyncDispose]();
  const message = `[NATS_UNREACHABLE] No NATS server answers at ${gone.address} (connection refused). Check that nats-server runs there`;
  await expectRefusals(gone.address, message);
});

test("the server is too old", async () => {
  await using server = await startFakeServer({ version: "2.8.4", jetstream: true });
  const message = `[NATS_SERVER_TOO_OLD] NATS at ${server.address} is version 2.8.4, expected 2.9.10 or later. Upgrade nats-server;`;
  await expectRefusals(server.address, message);
});

test("a worker is to give more memory than the machine has", async () => {
  const { code, stderr } = await vonk(["worker", "vonk://127.0.0.1:1", "--memory", "1048576g"]);
  expect(stderr).toMatch(
    /^vonk: \[WORKER_MEMORY_EXCEEDS\] A worker cannot give 1073741824 MiB: this machine has \d+ MiB, of which \d+ MiB are left for executors by default\. Lower --memory\.$/m,
  );
  expect(code).toBe(1);
});

describe.skipIf(program === undefined)(`on ${title}`, () => {
  test("the server runs without JetStream", async () => {
    if (program === undefined) return;
    await using server = await startTestServer(program, { jetStream: false });
    await expectRefusals(server.address, `[NATS_JETSTREAM_MISSING] NATS at ${server.address} runs without JetStream,`);
  });

  test("the credentials are wrong", async () => {
    if (program === undefined) return;
    await using server = await startTestServer(program, { authorization: { user: "vonk", password: "right-one" } });
    const env = { VONK_CONF_vonk_nats_user: "vonk", VONK_CONF_vonk_nats_password: "wrong-one" };
    await expectRefusals(server.address, `[NATS_AUTHENTICATION] NATS at ${server.address} refused user 'vonk'`, env);
    expect((await vonk(["master", `vonk://${server.address}`], env)).stderr).not.toContain("wrong-one");
  });
});
