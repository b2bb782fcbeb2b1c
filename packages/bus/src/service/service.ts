import type { Bus, RequestOptions, Subscription } from "../bus.ts";
import { busErrors } from "../errors.ts";

/** Message name to its request and reply, the type-level table of a service. */
export type MessageTable = Readonly<Record<string, { readonly request: unknown; readonly reply: unknown }>>;

/** A named, versioned set of request-reply messages. */
export interface Service<Messages extends MessageTable> {
  readonly name: string;
  readonly version: number;
  /** Present in types only. */
  readonly messages?: Messages;
}

interface Envelope {
  readonly service: string;
  readonly version: number;
  readonly message: string;
  readonly body: unknown;
}

/** One function for each message of a service. */
export type ServiceHandlers<Messages extends MessageTable> = {
  readonly [M in keyof Messages]: (request: Messages[M]["request"]) => Messages[M]["reply"] | Promise<Messages[M]["reply"]>;
};

/** Declares a service; raise `version` whenever a message changes its shape. */
export function defineService<Messages extends MessageTable>(name: string, version: number): Service<Messages> {
  return { name, version };
}

/**
 * Answers the service's messages at `subject`.
 * A message of another version or an unknown name gets an error reply, never silence.
 */
export function serveService<Messages extends MessageTable>(
  bus: Bus,
  service: Service<Messages>,
  subject: string,
  handlers: ServiceHandlers<Messages>,
): Subscription {
  const table = new Map<string, (request: never) => unknown>(Object.entries(handlers));
  return bus.serve(subject, (raw) => {
    const envelope = raw as Envelope;
    if (envelope.service !== service.name || envelope.version !== service.version) {
      throw busErrors.create("BUS_VERSION_MISMATCH", {
        service: service.name,
        expected: service.version,
        actual: `${envelope.version} of ${envelope.service}`,
      });
    }
    const handler = table.get(envelope.message);
    if (handler === undefined) throw busErrors.create("BUS_UNKNOWN_MESSAGE", { service: service.name, message: envelope.message });
    return handler(envelope.body as never);
  });
}

/** Calls the service's messages at one subject. */
export interface ServiceClient<Messages extends MessageTable> {
  call<M extends keyof Messages & string>(
    message: M,
    request: Messages[M]["request"],
    options?: RequestOptions,
  ): Promise<Messages[M]["reply"]>;
}

/** A typed client of the service that answers at `subject`. */
export function serviceClient<Messages extends MessageTable>(
  bus: Bus,
  service: Service<Messages>,
  subject: string,
): ServiceClient<Messages> {
  return {
    call: (message, request, options) =>
      bus.request(subject, { service: service.name, version: service.version, message, body: request } satisfies Envelope, options),
  };
}

/** A named, versioned kind of fact for publish-subscribe. */
export interface Topic<Fact> {
  readonly name: string;
  readonly version: number;
  /** Present in types only. */
  readonly fact?: Fact;
}

/** Declares a topic; its subject is `prefix.name.vN`, so that versions cannot meet. */
export function defineTopic<Fact>(name: string, version: number): Topic<Fact> {
  return { name, version };
}

function topicSubject(topic: Topic<unknown>, prefix: string): string {
  return `${prefix}.${topic.name}.v${topic.version}`;
}

/** Publishes a fact to the subscribers of `topic` under `prefix`. */
export function publishTopic<Fact>(bus: Bus, topic: Topic<Fact>, prefix: string, fact: Fact): void {
  bus.publish(topicSubject(topic, prefix), fact);
}

/** Calls `handler` for each fact of `topic` under `prefix`. */
export function subscribeTopic<Fact>(bus: Bus, topic: Topic<Fact>, prefix: string, handler: (fact: Fact) => void): Subscription {
  return bus.subscribe(topicSubject(topic, prefix), (fact) => handler(fact as Fact));
}
