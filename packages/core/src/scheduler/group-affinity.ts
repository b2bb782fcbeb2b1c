/**
 * Which executor runs the tasks of which group. Tasks of one group read the same stream, so that one executor should run them all:
 * it then fetches the stream once. Nothing waits for that: an idle executor helps out where most is left to do.
 */
export class GroupAffinity {
  /** Group by position; below 0 for a task that belongs to none. */
  readonly #groups: readonly number[];
  readonly #pending = new Map<number, number[]>();
  readonly #owners = new Map<number, string>();
  readonly #isPending: (position: number) => boolean;
  readonly #isThere: (executorId: string) => boolean;

  /**
   * @param isPending tells whether a position has yet to run; lists keep positions that have not, until they are met
   * @param isThere tells whether an executor can still run something: the groups of one that is gone are free again
   */
  constructor(groups: readonly number[], isPending: (position: number) => boolean, isThere: (executorId: string) => boolean) {
    this.#groups = groups;
    this.#isPending = isPending;
    this.#isThere = isThere;
    // The first groups are claimed first; within a group positions are taken from the end of the list, so the lowest go in last.
    for (const group of groups) if (!this.#pending.has(group)) this.#pending.set(group, []);
    for (let position = groups.length - 1; position >= 0; position--) this.requeued(position);
  }

  /** Notes that a position is to run (again); the last one noted is the first of its group to be taken. */
  requeued(position: number): void {
    const group = this.#groups[position] ?? -1;
    const list = this.#pending.get(group);
    if (list === undefined) this.#pending.set(group, [position]);
    else list.push(position);
  }

  /** The position to run next on an executor, which takes it; undefined when none is pending. */
  take(executorId: string): number | undefined {
    let free: number | undefined;
    let busiest: number | undefined;
    let most = 0;
    for (const [group, list] of this.#pending) {
      this.#trim(list);
      if (list.length === 0) continue;
      const owner = group < 0 ? undefined : this.#ownerOf(group);
      if (owner === executorId) return list.pop();
      if (owner === undefined) {
        free ??= group;
      } else if (list.length > most) {
        most = list.length;
        busiest = group;
      }
    }
    if (free !== undefined && free >= 0) this.#owners.set(free, executorId);
    const group = free ?? busiest;
    return group === undefined ? undefined : this.#pending.get(group)?.pop();
  }

  #ownerOf(group: number): string | undefined {
    const owner = this.#owners.get(group);
    return owner !== undefined && this.#isThere(owner) ? owner : undefined;
  }

  #trim(list: number[]): void {
    while (list.length > 0 && !this.#isPending(list.at(-1) ?? -1)) list.pop();
  }
}
