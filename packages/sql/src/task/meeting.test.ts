import { describe, expect, test } from "vitest";
import { allocator, tag, thread } from "../pipeline/testing/random-stage.ts";
import { meetingBytes, type Block } from "../pipeline/stage-plan.ts";
import { blocksOfAll } from "./meeting.ts";

const block = (rows: number): Block => ({ rows, columns: [{ data: 4 * 2 ** 30 - rows, validity: 0 }] });

function place(tasks: number): { readonly tasks: number; readonly words: number } {
  const bytes = meetingBytes(tasks);
  const words = allocator.allocate(bytes, tag);
  allocator.view(words, bytes).fill(0);
  return { tasks, words };
}

describe("tasks that leave what the last of them needs", () => {
  test("the last gets the blocks of all, in the order of the tasks", () => {
    const here = place(3);
    expect(blocksOfAll(here, 2, [block(5), block(6)], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 0, [], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 1, [block(7)], thread, tag)).toEqual([block(7), block(5), block(6)]);
  });

  test("one that runs again does not count twice, its newer blocks take the place of those before, and who was the last stays the last", () => {
    const here = place(2);
    expect(blocksOfAll(here, 0, [block(1)], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 0, [block(2)], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 1, [block(3)], thread, tag)).toEqual([block(2), block(3)]);
    // The last was killed while it worked on them.
    expect(blocksOfAll(here, 1, [block(4)], thread, tag)).toEqual([block(2), block(4)]);
    expect(blocksOfAll(here, 0, [block(5)], thread, tag)).toBeUndefined();
    expect(blocksOfAll(here, 1, [block(6)], thread, tag)).toEqual([block(5), block(6)]);
  });

  test("two jobs that read the same get it once each, however their tasks come", () => {
    const here = place(3);
    const come = (task: number): Block[] | undefined => blocksOfAll(here, task, [block(task + 1)], thread, tag);
    expect([0, 1, 0].map(come)).toEqual([undefined, undefined, undefined]);
    const all = [block(1), block(2), block(3)];
    expect([2, 1, 2].map(come)).toEqual([all, undefined, all]);
  });
});
