import { createServer } from "node:net";

/** What listens where a nats-server should. */
export interface FakeServer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/** Greets as a nats-server does that says `info` of itself, as `{ version: "2.8.4" }`, and answers pings; it can do nothing else. */
export async function startFakeServer(info: Readonly<Record<string, unknown>>): Promise<FakeServer> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(`INFO ${JSON.stringify({ server_id: "x", proto: 1, headers: true, max_payload: 1024, ...info })}\r\n`);
    socket.on("data", (data) => data.includes("PING") && socket.write("PONG\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    address: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
