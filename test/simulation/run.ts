import type { Fault } from '../support/life.ts';
import { forkIn, type PlannedFate, World } from './world.ts';

/** Faults that a call may suffer. */
const FAULTS: readonly Fault[] = [
  'fails-undone',
  'fails-done',
  'fails-unflushed',
  'crash-before',
  'crash-after',
];

/** The calls that a log makes, by what they are for. A campaign must have cut each of them. */
export const CALLS: readonly string[] = [
  'guard read',
  'guard advance',
  'keys read',
  'keys replace',
  'get M',
  'get H',
  'scan S',
  'scan C',
  'scan E',
  'get B',
  'get T',
  'scan I',
  'getMany I',
  'get J',
  'write genesis',
  'write commit',
  'write head',
  'write fold',
  'write prune',
  'write tail',
  'scan O',
  'scan L',
  'scan X',
  'write reseal',
  'write report',
  'purge',
];

/** A fault, and the name of the call that suffers it. */
export interface Aim {
  readonly fault: Fault;
  readonly call: string;
}

/** What one schedule came by. */
export interface ScheduleReport {
  readonly lives: number;
  readonly reached: ReadonlySet<string>;
}

/**
 * Lives a world of one seed: each life suffers one fault at a call of its own, then a last one suffers none. No life
 * may fork, lose or alter what was answered, or halt.
 *
 * @param aim  the fault of every second life: some calls are made only after another fault. Default: any
 * @throws {Error} what did not hold, with the seed
 */
export async function runSchedule(seed: number, aim?: Aim): Promise<ScheduleReport> {
  const world = new World(seed);
  const lives = 2 + world.random.below(4);
  try {
    for (let i = 0; i < lives; i++) {
      const end = await world.live(fateOf(world, i % 2 === 1 ? aim : undefined), 8);
      if (end.kind === 'halted') throw new Error(`halted: ${JSON.stringify(end.log.state)}`);
      if (end.kind === 'refused' && !isPlanned(end.error)) throw end.error;
      if (world.random.chance(0.3)) await world.losePower();
    }
    const end = await world.live(null, 6);
    if (end.kind !== 'closed') throw end.kind === 'refused' ? end.error : new Error(end.kind);
    const fork = forkIn(world);
    if (fork !== null) throw new Error(fork);
  } catch (cause) {
    throw new Error(`seed ${seed}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
  return { lives: lives + 1, reached: world.crashedAt };
}

/** Half of the fates fall on the calls of one name: some are rare. */
function fateOf({ random }: World, aim: Aim | undefined): PlannedFate {
  if (aim !== undefined) return { ...aim, callIndex: random.below(3) };
  const fault = random.pick(FAULTS);
  return random.chance(0.5)
    ? { fault, call: random.pick(CALLS), callIndex: random.below(random.pick([1, 3, 12])) }
    : { fault, call: null, callIndex: random.below(80) };
}

/** A call of ours that failed because of the planned fault. */
function isPlanned(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.name === 'PlannedFault') return true;
    if ('code' in at && (at.code === 'store.failed' || at.code === 'guard.failed')) return true;
    if ('code' in at && (at.code === 'server.fault' || at.code === 'log.closing')) return true;
  }
  return false;
}
