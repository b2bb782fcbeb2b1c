import { describe, expect, test } from "vitest";
import { allocator, tag, thread } from "../pipeline/testing/random-stage.ts";
import type { Block } from "../pipeline/stage-plan.ts";
import { blocksOfAll } from "./meeting.ts";

const block = (rows: number): Block => ({ rows, columns: [{ data: 4 * 2 ** 30 - rows, validity: 0 }] });

function place(tasks: number): { readonly tasks: number; readonly words: number } {
  const words = allocator.allocate(4 * (tasks + 1), tag);
  allocator.view(words, 4 * (tasks + 1)).fill(0);
  return { tasks, words };
}

describe("tasks that leave what the last of them needs", () => {
  test("the last gets the blocks of all, in the order of the tasks", () => {
    const here = place(3);
    expect(blocksOfAll(here, 2, [block(5), block(6)], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 0, [], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 1, [block(7)], thread, tag)).toEqual([block(7), block(5), block(6)]);
  });

  test("one that runs again does not count twice, and its newer blocks take the place of those before", () => {
    const here = place(2);
    expect(blocksOfAll(here, 0, [block(1)], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 0, [block(2)], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 1, [block(3)], thread, tag)).toEqual([block(2), block(3)]);
    // The last was killed while it worked on them.
    expect(blocksOfAll(here, 1, [block(4)], thread, tag)).toEqual([block(2), block(4)]);
  });
});
