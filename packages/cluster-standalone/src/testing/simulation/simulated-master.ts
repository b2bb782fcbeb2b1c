import { KeyValueLeadership, type Leadership } from "../../master/leadership.ts";
import { KeyValueRecords } from "../../master/key-value-records.ts";
import { MasterProcess } from "../../master/master-process.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { clusterName, type SimulatedWorld, traceLogger } from "./simulated-world.ts";

/** How far the clocks of masters may run apart. */
const rateSpread = 0.05;

/** A master of the simulated cluster. */
export class SimulatedMaster {
  readonly process: SimulatedProcess;
  readonly shell: MasterProcess;

  constructor(world: SimulatedWorld, masterId: string, incarnation: number, spreadOut: boolean) {
    const { random, server, checker } = world;
    const rate = 1 - rateSpread + 2 * rateSpread * random.next();
    this.process = new SimulatedProcess(world.network, world.clock, `${masterId}-p${incarnation}`, rate);
    const { name, clock, bus } = this.process;
    const log = traceLogger(world, name);
    world.trace(`${name} starts`);
    const leases = server.store(this.process, server.leases);
    const leadership = new KeyValueLeadership({ store: leases, clock, log, masterId, random });
    this.shell = new MasterProcess({
      cluster: clusterName,
      bus,
      clock,
      log,
      leadership: observed(leadership, (term) => checker.elected(term, name)),
      records: new KeyValueRecords(server.store(this.process, server.records)),
      masterId,
      workerTimeoutMs: 2000,
      applicationTimeoutMs: 2500,
      recoveryTimeoutMs: 1500,
      spreadOut,
      maxExecutorRetries: 1000,
      warnAfterMs: 2000,
      warnEveryMs: 5000,
    });
  }
}

function observed(leadership: KeyValueLeadership, elected: (term: number) => void): Leadership {
  return {
    get isHeld(): boolean {
      return leadership.isHeld;
    },
    campaign: (onElected, onLost) =>
      leadership.campaign((term) => {
        elected(term);
        onElected(term);
      }, onLost),
    close: () => leadership.close(),
  };
}
