import { cliErrors } from "../errors.ts";

/** Options that `run` and `shell` share, as they stand on the command line. */
export interface ApplicationOptions {
  /** Settings by key: `--conf`, `--master` and `--name`, later ones winning. */
  readonly settings: ReadonlyMap<string, string>;
  readonly propertiesFile: string | undefined;
}

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  | ({ readonly kind: "run"; readonly application: string; readonly args: readonly string[] } & ApplicationOptions)
  | ({ readonly kind: "shell"; readonly history: string | undefined } & ApplicationOptions);

/**
 * Reads the words after `vonk`. The first word of `run` that is no option is the application; everything behind it, but for one
 * leading `--`, belongs to the application.
 * @throws USAGE
 */
export function parseArguments(words: readonly string[]): Invocation {
  const [command, ...rest] = words;
  switch (command) {
    case undefined:
    case "help":
    case "--help":
    case "-h":
      return { kind: "help" };
    case "--version":
    case "-v":
      return { kind: "version" };
    case "run":
    case "shell":
      return parseCommand(command, rest);
    default:
      throw usage(`'${command}' is no command; there are run and shell`);
  }
}

function parseCommand(command: "run" | "shell", words: readonly string[]): Invocation {
  const settings = new Map<string, string>();
  let propertiesFile: string | undefined;
  let history: string | undefined;
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!word.startsWith("-")) {
      if (command === "shell") throw usage(`vonk shell takes no file, but met '${word}'; run a file with vonk run`);
      return { kind: "run", application: word, args: left[0] === "--" ? left.slice(1) : left, settings, propertiesFile };
    }
    if (word === "--help" || word === "-h") return { kind: "help" };
    const { option, value } = optionOf(word, left);
    if (option === "--master") settings.set("spark.master", value);
    else if (option === "--name") settings.set("spark.app.name", value);
    else if (option === "--conf" || option === "-c") settings.set(...parseSetting(value));
    else if (option === "--properties-file") propertiesFile = value;
    else if (option === "--history" && command === "shell") history = value;
    else throw usage(`vonk ${command} has no option ${option}`);
  }
  if (command === "run") throw usage("vonk run needs the path of an application");
  return { kind: "shell", history, settings, propertiesFile };
}

const known = new Set(["--master", "--name", "--conf", "-c", "--properties-file", "--history"]);

function optionOf(word: string, left: string[]): { readonly option: string; readonly value: string } {
  const equals = word.indexOf("=");
  const option = equals < 0 ? word : word.slice(0, equals);
  if (!known.has(option)) return { option, value: "" };
  const value = equals < 0 ? left.shift() : word.slice(equals + 1);
  if (value === undefined || value === "") throw usage(`${option} needs a value`);
  return { option, value };
}

function parseSetting(text: string): [string, string] {
  const equals = text.indexOf("=");
  if (equals < 1) throw usage(`--conf is '${text}', expected key=value`);
  const key = text.slice(0, equals).trim();
  if (!/^(spark|vonk)\./.test(key)) throw usage(`--conf sets '${key}', expected a key that begins with spark. or vonk.`);
  return [key, text.slice(equals + 1).trim()];
}

function usage(problem: string): Error {
  return cliErrors.create("USAGE", { problem });
}
