/** Ends a subscription or a service; idempotent. */
export interface Subscription {
  close(): void;
}

/** How long a request may take and what may end it early. */
export interface RequestOptions {
  /** Milliseconds until the request fails with BUS_REQUEST_TIMEOUT; without it the request waits as long as the connection lives. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Messages between Vonk's parts: publish-subscribe for facts, request-reply for control.
 *
 * Subjects are dot-separated tokens; a subscription may end in `>` to match every longer subject.
 * Messages are plain data (whatever structured clone carries). From one sender to one subject they arrive in order;
 * a transport over a network may lose, repeat or delay them, so receivers must not depend on more than that. Such a transport
 * sends a request again until it is answered: handlers meet a request at least once, perhaps again after later ones, and are
 * idempotent.
 */
export interface Bus {
  /** Sends to all present subscribers of `subject`; nobody listening is not an error. */
  publish(subject: string, message: unknown): void;
  /** Calls `handler` for each message published to `subject`. */
  subscribe(subject: string, handler: (message: unknown, subject: string) => void): Subscription;
  /**
   * Sends a request to the one server of `subject` and gives its reply.
   * @throws BUS_NO_RESPONDER when nobody serves the subject
   * @throws BUS_REQUEST_TIMEOUT
   * @throws BUS_CLOSED
   */
  request(subject: string, message: unknown, options?: RequestOptions): Promise<unknown>;
  /** Answers requests to `subject`; what the handler throws reaches the requester as an error with its code. */
  serve(subject: string, handler: (message: unknown) => unknown): Subscription;
  /** Ends all subscriptions and fails the requests in flight. */
  close(): void;
}
