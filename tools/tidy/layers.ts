/**
 * The packages of docs/ARCHITECTURE.md by layer, lowest first. A package may import every package of a lower layer, unless
 * `except` names it, and of its own layer only those in `beside`. A new package or edge is a decision: docs/adr.
 */
interface Place {
  readonly layer: number;
  readonly beside?: readonly string[];
  readonly except?: readonly string[];
  /** Imported by applications and adapters alone: what users install as a library stays small and finds it by name at run time. */
  readonly appsOnly?: boolean;
}

const adapter: Place = { layer: 8, beside: ["hdfs-webhdfs-client"] };
const planning = { layer: 3, except: ["core"] } as const;

const places: Readonly<Record<string, Place>> = {
  common: { layer: 0 },
  columnar: { layer: 1 },
  wasm: { layer: 1 },
  bus: { layer: 1 },
  "bus-nats": { layer: 1, beside: ["bus"], appsOnly: true },
  filesystem: { layer: 1 },
  core: { layer: 2 },
  dataframe: planning,
  expression: { ...planning, beside: ["dataframe"] },
  catalyst: { ...planning, beside: ["dataframe", "expression"] },
  sql: { layer: 4 },
  streaming: { layer: 5 },
  mllib: { layer: 5 },
  graphx: { layer: 5 },
  ui: { layer: 6 },
  connect: { layer: 6 },
  cli: { layer: 6, beside: ["ui", "connect"] },
  "hdfs-webhdfs-client": { layer: 8 },
  // What clusters share stands below them; nothing imports a cluster's manager but the command that starts its processes.
  "cluster-nats": { layer: 3, except: ["dataframe", "expression", "catalyst"], beside: ["bus-nats"], appsOnly: true },
  "cluster-standalone": { layer: 5, beside: ["bus-nats", "cluster-nats"], appsOnly: true },
};

/** Names of adapters: each implements an SPI; nothing imports one, they are found by name at run time. */
const adapterName = /^(bus|cluster|format|connector)-[a-z0-9-]+$/;

/** Where a package stands; undefined for a name that the plan does not know. */
export function placeOf(name: string): Place | undefined {
  return places[name] ?? (adapterName.test(name) ? adapter : undefined);
}

/** Why `from` must not import `to`, or undefined when it may. */
export function forbidden(from: string, to: string): string | undefined {
  const source = placeOf(from);
  const target = placeOf(to);
  if (source === undefined) return `package ${from} has no layer; give it one in tools/tidy/layers.ts, with an ADR`;
  if (target === undefined) return `package ${to} has no layer; give it one in tools/tidy/layers.ts, with an ADR`;
  if (source.beside?.includes(to) === true || from === to) return undefined;
  if (source.except?.includes(to) === true) return `${from} must not import ${to}: planning is testable without an engine`;
  if (target.appsOnly === true && source.layer < 6) return `${from} must not import ${to}: it is found by name at run time`;
  if (source === adapter && target.layer > 5)
    return `${from} is an adapter and may only import the packages whose SPI it implements, not ${to}`;
  if (target.layer < source.layer) return undefined;
  return `${from} (layer ${source.layer}) must not import ${to} (layer ${target.layer}): imports only go down`;
}
