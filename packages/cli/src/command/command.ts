/** What commands take from their process. */
export interface CommandEnvironment {
  /** Print stacks of errors. */
  readonly debug: boolean;
}

/** A word after `vonk`. */
export interface Command {
  /** How it is written. */
  readonly usage: string;
  /** What it does, in a few words. */
  readonly summary: string;
  /** What `vonk COMMAND --help` prints below that. */
  readonly help: string;
  /** Everything from its first word that is no option belongs to an application. */
  readonly takesApplication?: boolean;
  /** @param words what follows the command; gives the exit code, or undefined when the process is to go on by itself */
  run(words: readonly string[], environment: CommandEnvironment): Promise<number | undefined>;
}

/** What `vonk COMMAND --help` prints. */
export function commandHelp({ usage, summary, help }: Command): string {
  return `vonk ${usage}\n    ${summary}\n\n${help}`;
}
