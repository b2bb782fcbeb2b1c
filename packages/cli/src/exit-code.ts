/** How the vonk command ends. An application's own `process.exit(n)` or `process.exitCode` goes through unchanged. */
export const exitCodes = {
  ok: 0,
  /** The application threw, or a promise of its was rejected and not handled. */
  applicationFailed: 1,
  /** The command line, the properties file or the path of the application is wrong; nothing was started. */
  usage: 2,
  /** The application has nothing left to do but still awaits a promise at its top level; Node's own code for that. */
  neverSettled: 13,
  /** Ctrl-C. */
  interrupted: 130,
  /** SIGTERM. */
  terminated: 143,
} as const;
