import { isShipped, isTest, manifests, packageOf, select } from "../file-kind.ts";
import { reachable } from "../imports.ts";
import type { Rule } from "../repository.ts";

/** Every source of a package is reached from a door, a worker entry, a command or a test. */
export const deadFiles: Rule = {
  name: "dead-files",
  check(repository) {
    const roots: string[] = [];
    for (const [name, manifest] of manifests(repository)) {
      for (const target of Object.values(manifest.exports ?? {})) {
        if (typeof target !== "string" && target["@vonk/source"] !== undefined)
          roots.push(`packages/${name}/${target["@vonk/source"].replace(/^\.\//, "")}`);
      }
      for (const worker of manifest.vonk?.workers ?? []) roots.push(`packages/${name}/${worker}`);
    }
    const own = select(
      repository,
      (path) => /\.worker\.ts$|\/src\/bin\//.test(path) || isTest(path) || (packageOf(path) === undefined && path.endsWith(".ts")),
    );
    const alive = reachable(repository, [...roots, ...own.map((file) => file.path)]);
    const dead = select(repository, (path) => isShipped(path) && !alive.has(path));
    return dead.map(({ path }) => ({
      path,
      line: 1,
      message: "no door, worker, command or test reaches this file: delete it or export it",
    }));
  },
};
