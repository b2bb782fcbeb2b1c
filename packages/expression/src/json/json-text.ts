/** JSON as it is written: numbers keep their digits, objects the order and the repetition of their keys. */
export type JSONNode =
  | { readonly kind: "null" }
  | { readonly kind: "boolean"; readonly value: boolean }
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly items: readonly JSONNode[] }
  | { readonly kind: "object"; readonly keys: readonly string[]; readonly values: readonly JSONNode[] };

const depthMax = 1000;
const space = /[ \t\n\r]*/y;
const stringPattern = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy;
const numberPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|-?NaN|[+-]?INF|[+-]?Infinity/y;

/** Reads JSON text; undefined when it is malformed or has something behind it. Single quotes are allowed, as Spark allows them. */
export function parseJSON(text: string): JSONNode | undefined {
  const read = readNode(text, 0, 0);
  if (read === undefined) return undefined;
  return skip(text, read.end) === text.length ? read.node : undefined;
}

interface Read {
  readonly node: JSONNode;
  readonly end: number;
}

function skip(text: string, at: number): number {
  space.lastIndex = at;
  return at + (space.exec(text)?.[0].length ?? 0);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function readNode(text: string, start: number, depth: number): Read | undefined {
  if (depth > depthMax) return undefined;
  const at = skip(text, start);
  const first = text[at];
  if (first === "{") return readObject(text, at + 1, depth);
  if (first === "[") return readArray(text, at + 1, depth);
  if (first === '"' || first === "'") {
    const raw = match(stringPattern, text, at);
    const value = raw === undefined ? undefined : unquote(raw);
    return raw === undefined || value === undefined ? undefined : { node: { kind: "string", value }, end: at + raw.length };
  }
  for (const [word, node] of words) if (text.startsWith(word, at)) return { node, end: at + word.length };
  const number = match(numberPattern, text, at);
  return number === undefined || number === "" ? undefined : { node: { kind: "number", text: number }, end: at + number.length };
}

const words: readonly (readonly [string, JSONNode])[] = [
  ["null", { kind: "null" }],
  ["true", { kind: "boolean", value: true }],
  ["false", { kind: "boolean", value: false }],
];

function unquote(raw: string): string | undefined {
  const body = raw[0] === "'" ? `"${raw.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"` : raw;
  try {
    // Control characters are not allowed inside a text; Spark reads them.
    const value: unknown = JSON.parse(
      body.replaceAll(/[\u0000-\u001f]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`),
    );
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

function readArray(text: string, start: number, depth: number): Read | undefined {
  const items: JSONNode[] = [];
  let at = skip(text, start);
  if (text[at] === "]") return { node: { kind: "array", items }, end: at + 1 };
  for (;;) {
    const item = readNode(text, at, depth + 1);
    if (item === undefined) return undefined;
    items.push(item.node);
    at = skip(text, item.end);
    if (text[at] === "]") return { node: { kind: "array", items }, end: at + 1 };
    if (text[at] !== ",") return undefined;
    at++;
  }
}

function readObject(text: string, start: number, depth: number): Read | undefined {
  const [keys, values]: [string[], JSONNode[]] = [[], []];
  let at = skip(text, start);
  if (text[at] === "}") return { node: { kind: "object", keys, values }, end: at + 1 };
  for (;;) {
    const raw = match(stringPattern, text, at);
    const key = raw === undefined ? undefined : unquote(raw);
    if (raw === undefined || key === undefined) return undefined;
    at = skip(text, at + raw.length);
    if (text[at] !== ":") return undefined;
    const value = readNode(text, at + 1, depth + 1);
    if (value === undefined) return undefined;
    keys.push(key);
    values.push(value.node);
    at = skip(text, value.end);
    if (text[at] === "}") return { node: { kind: "object", keys, values }, end: at + 1 };
    if (text[at] !== ",") return undefined;
    at = skip(text, at + 1);
  }
}

/** The value of a key, the last one's when it is repeated. */
export function memberOf(node: JSONNode, key: string): JSONNode | undefined {
  return node.kind === "object" ? node.values[node.keys.lastIndexOf(key)] : undefined;
}

/** JSON without blanks. */
export function jsonText(node: JSONNode): string {
  switch (node.kind) {
    case "null":
      return "null";
    case "boolean":
      return String(node.value);
    case "number":
      return node.text;
    case "string":
      return JSON.stringify(node.value);
    case "array":
      return `[${node.items.map(jsonText).join(",")}]`;
    case "object":
      return `{${node.keys.map((key, index) => `${JSON.stringify(key)}:${jsonText(node.values[index] ?? { kind: "null" })}`).join(",")}}`;
  }
}

type Step = { readonly key: string } | { readonly index: number } | "any";

/** Steps of `$.a['b'][0].*[*]`; undefined for other paths. */
function pathSteps(path: string): Step[] | undefined {
  if (!path.startsWith("$")) return undefined;
  const steps: Step[] = [];
  const step = /\.([^.[\]*]+)|\['([^']*)'\]|\[(\d+)\]|(\.\*|\[\*\]|\['\*'\])/y;
  step.lastIndex = 1;
  while (step.lastIndex < path.length) {
    const found = step.exec(path);
    if (found === null) return undefined;
    const key = found[1] ?? found[2];
    steps.push(found[4] !== undefined ? "any" : key !== undefined ? { key } : { index: Number(found[3]) });
  }
  return steps;
}

function follow(nodes: readonly JSONNode[], step: Step): JSONNode[] {
  return nodes.flatMap((node) => {
    if (step === "any") return node.kind === "array" ? node.items : [];
    if ("index" in step) return node.kind === "array" ? node.items.slice(step.index, step.index + 1) : [];
    if (node.kind === "array") return node.items.flatMap((item) => memberOf(item, step.key) ?? []);
    return memberOf(node, step.key) ?? [];
  });
}

/** What a path leads to, as text: texts bare, several as an array; null for nothing. */
export function jsonAtPath(text: string, path: string): string | null {
  const [root, steps] = [parseJSON(text), pathSteps(path)];
  if (root === undefined || steps === undefined) return null;
  const found = steps.reduce<readonly JSONNode[]>(follow, [root]);
  const [only] = found;
  if (only === undefined) return null;
  if (found.length > 1) return `[${found.map(jsonText).join(",")}]`;
  if (only.kind === "null") return null;
  return only.kind === "string" && !steps.includes("any") ? only.value : jsonText(only);
}
