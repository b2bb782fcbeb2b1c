import { manifests, type Manifest } from "../file-kind.ts";
import type { Finding, Repository, Rule } from "../repository.ts";

/** Every package.json has the project's shape, names existing sources, and agrees with the TypeScript references. */
export const packageShape: Rule = {
  name: "package-shape",
  check(repository) {
    const findings: Finding[] = [];
    const all = manifests(repository);
    const versions = new Set([...all.values()].map((manifest) => manifest.version));
    if (versions.size > 1)
      findings.push({
        path: "package.json",
        line: 1,
        message: `packages have versions ${[...versions].join(", ")}; the group is released as one`,
      });
    for (const [name, manifest] of all) {
      const path = `packages/${name}/package.json`;
      for (const message of [
        ...problems(name, manifest),
        ...doorProblems(repository, name, manifest),
        ...references(repository, name, manifest),
      ]) {
        findings.push({ path, line: 1, message });
      }
    }
    return findings;
  },
};

function* problems(name: string, manifest: Manifest): Generator<string> {
  if (manifest.name !== `@vonk/${name}`) yield `name is ${manifest.name ?? "missing"}, expected @vonk/${name}`;
  if (manifest.license !== "Apache-2.0") yield "license must be Apache-2.0";
  if (manifest.type !== "module") yield 'type must be "module"';
  if (manifest.sideEffects !== false) yield "sideEffects must be false";
  if ((manifest.description ?? "") === "") yield "description is missing";
  if (manifest.engines?.["node"] !== "^24.11.0 || >=26.0.0") yield "engines.node must be ^24.11.0 || >=26.0.0";
  if (manifest.files?.includes("dist") !== true || !manifest.files.includes("!dist/*.tsbuildinfo"))
    yield 'files must hold "dist" and "!dist/*.tsbuildinfo"';
  for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
    if (dependency.startsWith("@vonk/") && range !== manifest.version)
      yield `${dependency} must be ${manifest.version ?? "of the same version"}: driver and executors agree`;
  }
}

function* doorProblems(repository: Repository, name: string, manifest: Manifest): Generator<string> {
  for (const file of ["README.md", "tsconfig.json", "tsup.config.ts"])
    if (!repository.files.has(`packages/${name}/${file}`)) yield `${file} is missing`;
  const exports = manifest.exports ?? {};
  if (exports["./package.json"] === undefined) yield 'exports must hold "./package.json"';
  for (const [door, target] of Object.entries(exports)) {
    if (typeof target === "string") continue;
    if (!/^\.(\/(spi|internal|testing))?$/.test(door)) yield `${door} is not one of the doors ., ./spi, ./internal, ./testing`;
    if (Object.keys(target).join() !== "@vonk/source,types,default")
      yield `${door} must have @vonk/source, types and default, in this order`;
    const source = target["@vonk/source"]?.replace(/^\.\//, "");
    if (source !== undefined && !repository.files.has(`packages/${name}/${source}`)) yield `${door} names ${source}, which does not exist`;
  }
  for (const worker of manifest.vonk?.workers ?? [])
    if (!repository.files.has(`packages/${name}/${worker}`)) yield `worker ${worker} does not exist`;
}

interface Project {
  readonly references?: readonly { readonly path: string }[];
}

function* references(repository: Repository, name: string, manifest: Manifest): Generator<string> {
  const read = (path: string): string[] =>
    ((JSON.parse(repository.files.get(path)?.text ?? "{}") as Project).references ?? []).map((reference) => reference.path);
  const wanted = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).flatMap((dependency) =>
    dependency.startsWith("@vonk/") ? [`../${dependency.slice(6)}`] : [],
  );
  const met = read(`packages/${name}/tsconfig.json`);
  for (const path of wanted) if (!met.includes(path)) yield `tsconfig.json lacks the reference ${path}`;
  for (const path of met) if (!wanted.includes(path)) yield `tsconfig.json has the reference ${path} without the dependency`;
  if (!read("tsconfig.json").includes(`packages/${name}`)) yield "the root tsconfig.json does not reference the package";
  if (!read("tools/tsconfig.json").includes(`../packages/${name}`)) yield "tools/tsconfig.json does not reference the package";
}
