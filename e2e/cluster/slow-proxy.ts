import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

const tickMs = 20;

/** A TCP proxy before a NATS server that lets connections for reading data, known by their name, have so many bytes a second. */
export class SlowProxy implements AsyncDisposable {
  readonly address: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections that were slowed down. */
  slowed = 0;

  /** @see {@link SlowProxy.start} */
  constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
  }

  static async start(target: string, bytesPerSecond: number): Promise<SlowProxy> {
    const [host = "", port = ""] = target.split(":");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = new SlowProxy(server, `127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on("connection", (client) => proxy.#join(client, connect({ host, port: Number(port), noDelay: true }), bytesPerSecond));
    return proxy;
  }

  #join(client: Socket, upstream: Socket, bytesPerSecond: number): void {
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let isSlow = false;
    client.on("data", (data) => {
      // The client's first words give its name.
      if (!isSlow && /"name":"[^"]* reads"/.test(String(data))) {
        isSlow = true;
        this.slowed++;
      }
      if (!upstream.write(data)) {
        client.pause();
        upstream.once("drain", () => client.resume());
      }
    });
    upstream.on("data", (data) => {
      client.write(data);
      if (!isSlow) return;
      upstream.pause();
      setTimeout(() => upstream.resume(), Math.max(tickMs, (data.length / bytesPerSecond) * 1000));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
