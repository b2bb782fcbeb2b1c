import type { NatsConnection } from "@nats-io/transport-node";

/** Holds the process alive while it is held, or always until {@link release} was allowed to matter by `unref`. */
export class KeepAlive {
  readonly #channel = new MessageChannel();
  #holders = 0;
  #always = true;
  #closed = false;

  constructor() {
    this.#channel.port1.ref();
  }

  /** From now on only holders keep the process alive. */
  unref(): void {
    this.#always = false;
    this.#update();
  }

  /** Keeps the process alive until the result is called; calling it again does nothing. */
  hold(): () => void {
    let held = true;
    this.#holders++;
    this.#update();
    return () => {
      if (!held) return;
      held = false;
      this.#holders--;
      this.#update();
    };
  }

  close(): void {
    this.#closed = true;
    this.#channel.port1.close();
  }

  #update(): void {
    if (this.#closed) return;
    if (this.#always || this.#holders > 0) this.#channel.port1.ref();
    else this.#channel.port1.unref();
  }
}

/** The parts of the client library that hold a process alive and that it offers no way to reach. */
interface ClientInternals {
  readonly protocol?: {
    readonly transport?: { readonly socket?: { unref?(): void } };
    readonly heartbeats?: { readonly timer?: { unref?(): void } };
  };
}

/** Lets the process end although the connection is open: its socket and its ping timer no longer count. */
export function detach(connection: NatsConnection): void {
  const { protocol } = connection as unknown as ClientInternals;
  protocol?.transport?.socket?.unref?.();
  protocol?.heartbeats?.timer?.unref?.();
}
