/**
 * What happens to one call of a port.
 *
 * `fails-undone`: it throws and did nothing. `fails-done`: it throws and did all. `fails-unflushed`: it throws, its
 * effect is seen and never flushed (a write to a store; elsewhere the same as `fails-done`). `crash-before` and
 * `crash-after`: the process dies, before or after the effect; the call never answers.
 */
export type Fault =
  | 'none'
  | 'fails-undone'
  | 'fails-done'
  | 'fails-unflushed'
  | 'crash-before'
  | 'crash-after';

/** Decides the fault of a call: `point` as `store.write`, `callIndex` counts all calls of the life from 0. */
export type FaultPlan = (point: string, callIndex: number) => Fault;

/** One life of a process under test: from its start to a crash or to a kill by the test. */
export interface Life {
  readonly dead: boolean;
  /** Resolves when the process dies, to where. Race it: what a dead process awaits never comes. */
  readonly death: Promise<string>;
  /** How often each point with its fault was reached, as `store.write crash-after`. */
  readonly reached: ReadonlyMap<string, number>;
  /** Kills the process between two calls. */
  kill(where: string): void;
  /** Runs the effect of a call as the plan says. */
  run<T>(point: string, effect: (fault: Fault) => Promise<T>): Promise<T>;
}

/** The error of a planned fault: no refusal, so nobody may take it for one. */
export class PlannedFault extends Error {
  override readonly name = 'PlannedFault';
}

/** Starts a life whose calls fare as the plan says. Without a plan nothing happens to it. */
export function startLife(plan: FaultPlan = () => 'none'): Life {
  const reached = new Map<string, number>();
  const { promise: death, resolve: die } = withResolvers<string>();
  let dead = false;
  let calls = 0;
  const kill = (where: string): void => {
    dead = true;
    die(where);
  };
  return {
    get dead() {
      return dead;
    },
    death,
    reached,
    kill,
    async run(point, effect) {
      if (dead) return never();
      const fault = plan(point, calls++);
      const name = `${point} ${fault}`;
      reached.set(name, (reached.get(name) ?? 0) + 1);
      // One turn of the event queue, as a real call has: what runs beside it gets in between.
      await Promise.resolve();
      if (dead) return never();
      if (fault === 'fails-undone') throw new PlannedFault(name);
      if (fault === 'crash-before') {
        kill(name);
        return never();
      }
      const result = await effect(fault);
      if (fault === 'crash-after') kill(name);
      if (dead) return never();
      if (fault !== 'none') throw new PlannedFault(name);
      return result;
    },
  };
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((given) => {
    resolve = given;
  });
  return { promise, resolve };
}
