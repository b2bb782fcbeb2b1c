import { JetStreamApiError, jetstreamManager, type JetStreamManager } from "@nats-io/jetstream";
import { errors, type NatsConnection } from "@nats-io/transport-node";
import type { EngineError } from "@vonk/common";
import type { NatsLink } from "../connection/nats-link.ts";
import { natsErrors } from "../errors.ts";

/** Numbers of JetStream's errors that have a code of ours. */
export const apiError = {
  notReady: 10_008,
  serverStorageFull: 10_023,
  consumerMissing: 10_014,
  noRoomForLimit: 10_047,
  streamMissing: 10_059,
  wrongLastSequence: 10_071,
  storeFailed: 10_077,
} as const;

const attemptsMsMax = 30_000;
const returnGraceMs = 5000;
const pauseMs = 100;
const managers = new WeakMap<NatsConnection, Promise<JetStreamManager>>();

/** The manager of streams and consumers on one connection. */
export function managerOf(connection: NatsConnection): Promise<JetStreamManager> {
  let manager = managers.get(connection);
  if (manager === undefined) {
    manager = jetstreamManager(connection, { checkAPI: false });
    managers.set(connection, manager);
  }
  return manager;
}

/**
 * Runs `operation` on the present connection, and again on the next one when that breaks, for 30 s at most. So it may happen twice.
 * `what` and `stream` are for messages.
 * @throws NATS_STREAM_MISSING, NATS_STORAGE_FULL, NATS_STREAM_REFUSED, NATS_JETSTREAM_MISSING, NATS_UNREACHABLE
 */
export async function withJetStream<T>(
  link: NatsLink,
  what: string,
  stream: string,
  operation: (connection: NatsConnection, attempt: number) => Promise<T>,
): Promise<T> {
  const { clock } = link;
  const deadlineMs = clock.monotonicMs() + attemptsMsMax;
  const release = link.hold();
  try {
    for (let attempt = 0; ; attempt++) {
      const connection = await connectionUntil(link, deadlineMs);
      try {
        return await operation(connection, attempt);
      } catch (error) {
        if (!passes(link, connection, error) || clock.monotonicMs() > deadlineMs) throw failureOf(link, error, what, stream);
      }
      await new Promise<void>((resolve) => clock.schedule(pauseMs, resolve));
    }
  } finally {
    release();
  }
}

/** The connection, or NATS_UNREACHABLE when there is none until the deadline. */
async function connectionUntil(link: NatsLink, deadlineMs: number): Promise<NatsConnection> {
  const late = Promise.withResolvers<never>();
  const servers = [link.server.address];
  const timer = link.clock.schedule(deadlineMs - link.clock.monotonicMs(), () =>
    late.reject(natsErrors.create("NATS_UNREACHABLE", { servers, reason: "the connection was lost and has not come back" })),
  );
  try {
    return await Promise.race([link.connection(), late.promise]);
  } finally {
    timer.cancel();
  }
}

/** Whether the same operation may succeed soon: the connection broke, or the server is on its way back. */
function passes(link: NatsLink, connection: NatsConnection, error: unknown): boolean {
  if (connection.isClosed() || !link.connected) return !link.closed;
  if (error instanceof JetStreamApiError) return error.code === apiError.notReady;
  return isReturning(link) && !isCoded(error);
}

/** True shortly after a reconnect, when the server may not have all of its streams yet. */
export function isReturning(link: NatsLink): boolean {
  return link.clock.monotonicMs() - (link.reconnectedAtMs ?? Number.NEGATIVE_INFINITY) < returnGraceMs;
}

function failureOf(link: NatsLink, error: unknown, operation: string, stream: string): unknown {
  if (error instanceof JetStreamApiError) return streamFailure(error.code, error.message, operation, stream);
  if (isCoded(error)) return error;
  const server = link.server.address;
  if (error instanceof Error && error.name === "JetStreamNotEnabled") return natsErrors.create("NATS_JETSTREAM_MISSING", { server });
  const reason = error instanceof Error ? error.message : "no reply";
  if (error instanceof errors.TimeoutError)
    return natsErrors.create("NATS_UNREACHABLE", { servers: [server], reason: `no reply to ${operation} of ${stream}` });
  return natsErrors.create("NATS_STREAM_REFUSED", { operation, stream, reason, number: 0 });
}

/** The coded error for one of JetStream's. */
export function streamFailure(number: number, reason: string, operation: string, stream: string): EngineError {
  switch (number) {
    case apiError.streamMissing:
      return natsErrors.create("NATS_STREAM_MISSING", { stream });
    case apiError.serverStorageFull:
    case apiError.noRoomForLimit:
      return natsErrors.create("NATS_STORAGE_FULL", { stream, reason });
    case apiError.storeFailed:
      return natsErrors.create(/maximum/.test(reason) ? "NATS_STREAM_FULL" : "NATS_STORAGE_FULL", { stream, reason });
    default:
      return natsErrors.create("NATS_STREAM_REFUSED", { operation, stream, reason, number });
  }
}

function isCoded(error: unknown): boolean {
  return error instanceof Error && "code" in error && String(error.code).startsWith("NATS_");
}
