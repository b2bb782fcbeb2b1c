import { describe, expect, test } from "vitest";
import { HeartbeatReceiver } from "./heartbeat-receiver.ts";

describe("HeartbeatReceiver", () => {
  test("gives up who is silent for longer than the time-out, once", () => {
    const heartbeats = new HeartbeatReceiver(1000, 5000);
    heartbeats.registered("a", 0);
    heartbeats.registered("b", 0);
    expect(heartbeats.heard("a", 900)).toBe(true);
    expect(heartbeats.expire(1000)).toEqual([]);
    expect(heartbeats.expire(1001)).toEqual(["b"]);
    expect(heartbeats.expire(1001)).toEqual([]);
  });

  test("who was given up or never registered is told so", () => {
    const heartbeats = new HeartbeatReceiver(1000, 5000);
    heartbeats.registered("a", 0);
    heartbeats.expire(2000);
    expect([heartbeats.heard("a", 2000), heartbeats.heard("stranger", 2000)]).toEqual([false, false]);
    expect(heartbeats.expire(9000)).toEqual([]);
  });

  test("the driver's own standstill is nobody's silence", () => {
    const receiver = new HeartbeatReceiver(1000, 5000);
    receiver.registered("a", 0);
    receiver.stoodStill(5000);
    expect(receiver.expire(5500)).toEqual([]);
    expect(receiver.expire(6001)).toEqual(["a"]);
  });

  test("who was granted and does not register is given up later, and once", () => {
    const receiver = new HeartbeatReceiver(1000, 5000);
    for (const executorId of ["hangs", "slow", "ended", "hangs"]) receiver.granted(executorId, 0);
    receiver.registered("slow", 4000);
    receiver.registered("early", 4000);
    receiver.granted("early", 4000);
    receiver.forget("ended");
    receiver.stoodStill(1000);
    expect([receiver.overdue(6000), receiver.overdue(6001), receiver.overdue(99_999)]).toEqual([[], ["hangs"], []]);
    expect(receiver.heard("hangs", 6002)).toBe(false);
  });
});
