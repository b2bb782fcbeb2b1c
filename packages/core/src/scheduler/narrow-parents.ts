import type { NarrowMapping } from "../message/job.ts";

/** The parent partitions that a child partition reads through a narrow dependency. */
export function narrowParents(mapping: NarrowMapping, partition: number): readonly number[] {
  switch (mapping.kind) {
    case "one-to-one":
      return [partition];
    case "range": {
      const inside = partition >= mapping.outStart && partition < mapping.outStart + mapping.length;
      return inside ? [partition - mapping.outStart + mapping.inStart] : [];
    }
    case "groups":
      return mapping.groups[partition] ?? [];
  }
}
