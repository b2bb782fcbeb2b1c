import { AuthorizationError, type PermissionViolationError, UserAuthenticationExpiredError } from "@nats-io/transport-node";
import type { EngineError } from "@vonk/common";
import { natsErrors } from "../errors.ts";
import { describeCredentials, type NatsOptions } from "./options.ts";

/** An attempt to connect that failed. */
export interface FailedAttempt {
  readonly address: string;
  readonly error: unknown;
}

const tlsCode = /^ERR_SSL|^ERR_TLS|CERT|SELF_SIGNED|UNABLE_TO_|^ERR_OSSL|^EPROTO/;
const tlsText = /certificate|\btls\b|\bssl\b/i;

/**
 * The coded error for attempts of which none succeeded: what somebody must correct comes before what may pass by itself.
 * Its text holds what servers and the system said, never a secret.
 */
export function connectFailure(attempts: readonly FailedAttempt[], options: NatsOptions): EngineError {
  const servers = attempts.map(({ address }) => address);
  for (const { error } of attempts) if (isCoded(error)) return error;
  for (const { address, error } of attempts) {
    const reason = reasonOf(error);
    if (isAuthentication(error)) {
      return natsErrors.create("NATS_AUTHENTICATION", {
        servers: [address],
        credentials: describeCredentials(options.credentials),
        reason,
      });
    }
    if (isTls(error)) return natsErrors.create("NATS_TLS", { servers: [address], reason });
    // A server that wants a certificate ends the connection after the handshake; its alert may be lost on the way.
    if (options.tls !== undefined && /ECONNRESET|EPIPE/.test(reason))
      return natsErrors.create("NATS_TLS", { servers: [address], reason: `the server ended the connection while it was made (${reason})` });
  }
  const reasons = [...new Set(attempts.map(({ error }) => reasonOf(error)))];
  return natsErrors.create("NATS_UNREACHABLE", { servers, reason: reasons.join("; ") });
}

/** True when the next attempt would fail the same way unless somebody acts. */
export function isPermanent(error: EngineError): boolean {
  return error.code !== "NATS_UNREACHABLE";
}

/** The coded error of a violated permission. */
export function permissionFailure(error: PermissionViolationError): EngineError {
  const operation = error.operation === "publish" ? "publishing" : "subscribing";
  return natsErrors.create("NATS_PERMISSION", { operation, subject: error.subject });
}

/** What went wrong in a few words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "the connection was closed";
  if (error.message !== "") return error.message;
  // A failed attempt on several addresses of one name has its reasons inside.
  return error instanceof AggregateError ? error.errors.map(reasonOf).join("; ") : error.name;
}

function isAuthentication(error: unknown): boolean {
  return (
    error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError || /nonce|nkey|signature/i.test(reasonOf(error))
  );
}

function isTls(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return tlsCode.test(code) || tlsText.test(reasonOf(error));
}

function isCoded(error: unknown): error is EngineError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("NATS_");
}
