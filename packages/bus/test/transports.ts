import { MessageChannel } from "node:worker_threads";
import { attachPort, InProcessBus, PortBus } from "@vonk/bus/internal";
import { SimulatedNetwork, type TransportUnderTest } from "@vonk/bus/testing";
import { ManualClock } from "@vonk/common/testing";
import { seededRandom } from "@vonk/common/internal";

/** A transport that is open until it is disposed of. */
export interface OpenTransport extends Omit<TransportUnderTest, "ordered"> {
  dispose(): void;
}

/** Every transport of this package; `ordered` tells whether one sender's messages keep their order. */
export const transports: readonly { readonly name: string; readonly ordered: boolean; open(): OpenTransport }[] = [
  { name: "in-process", ordered: true, open: inProcess },
  { name: "port bridge", ordered: true, open: portBridge },
  { name: "simulated", ordered: true, open: () => simulated(0, 0) },
  { name: "simulated with faults", ordered: false, open: () => simulated(0.3, 0.3) },
];

async function turns(ms = 20): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

function inProcess(): OpenTransport {
  const bus = new InProcessBus({ clone: true });
  return { near: bus, far: bus, settle: turns, dispose: () => bus.close() };
}

function portBridge(): OpenTransport {
  const hub = new InProcessBus();
  const { port1, port2 } = new MessageChannel();
  attachPort(hub, port1);
  const near = new PortBus(port2);
  const dispose = (): void => {
    near.close();
    hub.close();
    port1.close();
  };
  return { near, far: hub, settle: turns, dispose };
}

function simulated(dropRate: number, duplicateRate: number): OpenTransport {
  const clock = new ManualClock();
  const faulty = { delayMsMin: 0.1, delayMsMax: 5, dropRate, duplicateRate, inOrder: dropRate === 0 };
  const network = new SimulatedNetwork({ clock, random: seededRandom(7), retryMs: 20, faults: () => faulty });
  const near = network.connect("near");
  const far = network.connect("far");
  const settle = async (ms = 2000): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 5) {
      clock.advance(5);
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    }
  };
  return { near, far, settle, dispose: () => (near.close(), far.close()) };
}
