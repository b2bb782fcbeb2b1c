import { isSource, select } from "../file-kind.ts";
import { importsOf, resolveRelative } from "../imports.ts";
import type { Finding, Repository, Rule } from "../repository.ts";

/** No file imports itself through others at load time; type-only and dynamic imports are free. */
export const importCycles: Rule = {
  name: "import-cycles",
  check(repository) {
    const edges = loadEdges(repository);
    const done = new Set<string>();
    const findings: Finding[] = [];
    const visit = (path: string, trail: string[]): void => {
      const start = trail.indexOf(path);
      if (start !== -1) {
        const cycle = [...trail.slice(start), path].map((step) => step.slice(step.lastIndexOf("/") + 1));
        findings.push({ path, line: 1, message: `imports itself: ${cycle.join(" → ")}; move what both need into a file of its own` });
        return;
      }
      if (done.has(path)) return;
      trail.push(path);
      for (const next of edges.get(path) ?? []) visit(next, trail);
      trail.pop();
      done.add(path);
    };
    for (const path of edges.keys()) visit(path, []);
    return findings;
  },
};

function loadEdges(repository: Repository): Map<string, string[]> {
  const edges = new Map<string, string[]>();
  for (const file of select(repository, isSource)) {
    const direct = importsOf(file).filter((one) => one.specifier.startsWith(".") && !one.typeOnly && !one.lazy);
    edges.set(
      file.path,
      direct.map((one) => resolveRelative(file, one.specifier)),
    );
  }
  return edges;
}
