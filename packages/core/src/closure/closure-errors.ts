import { defineErrors, type ErrorRegistry } from "@vonk/common/internal";

const entries = {
  CLOSURE_DIRECT_EVAL: {
    message:
      "Cannot send {subject}: {path} calls eval directly, so that every variable around it would have to travel. Call the code by name, or use new Function.",
    fault: "user",
  },
  CLOSURE_FORMAT: {
    message: "Cannot rebuild a closure: {problem}. Run the driver and the executors with the same Vonk and the same Node.js major version.",
    fault: "external",
  },
  CLOSURE_LEXICAL_THIS: {
    message:
      "Cannot send {subject}: {path} uses '{keyword}' of the code around it, which JavaScript engines do not expose. Copy what it needs first: {copy}.",
    fault: "user",
  },
  CLOSURE_MODULE_NOT_FOUND: {
    message:
      "Cannot rebuild a closure: module '{specifier}' {problem}. Ship it with the application, or install it where the executors run.",
    fault: "user",
  },
  CLOSURE_NATIVE_FUNCTION: {
    message:
      "Cannot send {subject}: {path} is the native function {name}, which no module exports. Wrap the call: (...args) => object.method(...args).",
    fault: "user",
  },
  CLOSURE_NATIVE_HANDLE: {
    message:
      "Cannot send {subject}: {path} is {what} (native handle). Create it on the executor (mapPartitions or an exported module singleton), mark it transient, or pass {env}.",
    fault: "user",
  },
  CLOSURE_NOT_INITIALISED: {
    message: "Cannot send {subject}: {path} has no value yet (it is declared further down). Move the declaration above the call.",
    fault: "user",
  },
  CLOSURE_NO_INSPECTOR: {
    message:
      "Cannot send {subject}: {path} cannot be read, because this process has no inspector. Start Node.js with --allow-inspector, pass {env}, or export the function from a module.",
    fault: "user",
  },
  CLOSURE_PRIVATE_STATE: {
    message:
      "Cannot send {subject}: {path} {what}, and private state cannot be read from outside. Give the class a method keyed Symbol.for('vonk.closure.replace'), or keep the state in ordinary properties.",
    fault: "user",
  },
  CLOSURE_REFUSED: {
    message: "Cannot send {subject}: {path} is {what}. {reason}",
    fault: "user",
  },
  CLOSURE_SUPER: {
    message:
      "Cannot send {subject}: {path} uses 'super', whose object JavaScript engines do not expose. Send an instance of the class and call its method.",
    fault: "user",
  },
  CLOSURE_SYNTAX: {
    message:
      "Cannot send {subject}: the source of {path} cannot be analysed ({problem}). Export the function from a module, or write it more simply.",
    fault: "user",
  },
  CLOSURE_UNDEFINED_NAME: {
    message: "Cannot send {subject}: {path} is not defined where the function was made. Declare or import it, or pass {env}.",
    fault: "user",
  },
  CLOSURE_UNKNOWN_KIND: {
    message:
      "Cannot rebuild a closure: nothing here revives objects of kind '{kind}'. Start the executor with the library that made the object.",
    fault: "internal",
  },
  CLOSURE_UNSENDABLE_VALUE: {
    message:
      "Cannot send {subject}: {path} is {what}, which exists only in the process that made it. Send plain data instead, or create it on the executor.",
    fault: "user",
  },
  CONTEXT_IN_CLOSURE: {
    message: "Cannot send {subject}: {path} is {what}. {reason}",
    fault: "user",
  },
  RDD_IN_CLOSURE: {
    message: "Cannot send {subject}: {path} is {what}. {reason}",
    fault: "user",
  },
} as const;

/** Errors of closure capture and rebuilding. Messages name variables, paths and classes, never values. */
export const closureErrors: ErrorRegistry<typeof entries> = defineErrors(entries);
