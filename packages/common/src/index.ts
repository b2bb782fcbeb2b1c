// Errors
export { EngineError, errorFromData, errorToData } from "./error/engine-error.ts";
export type { ErrorData, ErrorParams, ErrorPlace, Fault } from "./error/engine-error.ts";

// Configuration
export { booleanEntry, bytesEntry, durationEntry, integerEntry, numberEntry, parseBytes, stringEntry } from "./config/config-entry.ts";
export type { ConfigEntry } from "./config/config-entry.ts";

// Logging
export { createLogger, redact } from "./log/logger.ts";
export type { LogFields, Logger, LogLevel } from "./log/logger.ts";
