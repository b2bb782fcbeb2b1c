import type { JobProperties } from "../message/job.ts";

const groupKey = "spark.jobGroup.id";
const descriptionKey = "spark.job.description";
const tagsKey = "spark.job.tags";

/** The settings that jobs submitted from now on carry: group, description, tags, pool and the user's own. */
export class LocalProperties {
  readonly #values = new Map<string, string>();
  readonly #tags = new Set<string>();

  set(key: string, value: string | undefined): void {
    if (value === undefined) this.#values.delete(key);
    else this.#values.set(key, value);
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  setGroup(groupId: string, description: string): void {
    this.set(groupKey, groupId);
    this.set(descriptionKey, description);
  }

  clearGroup(): void {
    this.set(groupKey, undefined);
    this.set(descriptionKey, undefined);
  }

  setDescription(description: string | undefined): void {
    this.set(descriptionKey, description);
  }

  get tags(): ReadonlySet<string> {
    return this.#tags;
  }

  addTag(tag: string): void {
    this.#tags.add(tag);
  }

  removeTag(tag: string): void {
    this.#tags.delete(tag);
  }

  clearTags(): void {
    this.#tags.clear();
  }

  /** What a job submitted now carries. */
  snapshot(): JobProperties {
    const properties = Object.fromEntries(this.#values);
    return this.#tags.size === 0 ? properties : { ...properties, [tagsKey]: [...this.#tags].join(",") };
  }
}
