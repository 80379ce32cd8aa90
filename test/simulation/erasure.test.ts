import { beforeAll, describe, expect, test } from 'vitest';
import { KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import { checkStore } from '../../src/log/check-store.ts';
import type { Custody, Log } from '../../src/log/log.ts';
import type { Guard, GuardState, Row } from '../../src/log/ports.ts';
import { keysOf } from '../../src/log/rows.ts';
import { memoryKeyFile } from '../../src/storage/key-file.ts';
import { memoryGuard, memoryStore, openOpeningKeys } from '../../src/storage/storage.ts';
import { faultGuard } from '../support/fault-guard.ts';
import { faultKeyFile } from '../support/fault-key-file.ts';
import { FaultDisk } from '../support/fault-store.ts';
import { keepOpen } from '../support/keep-open.ts';
import { type Life, startLife } from '../support/life.ts';
import { openItem } from '../support/openings.ts';
import { seededRandom } from '../support/random.ts';
import { ANYONE, openTestLog, testEvent } from '../support/test-log.ts';
import { testSigner } from '../support/test-signer.ts';

/** More than what a start writes again after a failed flush: 64 bundles, and what is not folded. */
const LATER_ENTRIES = 66 * 256;
/** Calls after which a loss of power finds something else than before. */
const CHANGES = ['store.write', 'store.purge', 'guard.advance', 'keys.replace'];
const SIGNER = testSigner();
const EVERYTHING = { from: new Uint8Array(0), to: new Uint8Array(64).fill(255), limit: 100_000 };
const DECIDED = { legalBasis: 'x', requester: 'a', approvers: ['b'], request: 'c' };

/** What a log left behind when it was closed. */
interface Left {
  readonly rows: readonly Row[];
  readonly keyFile: Uint8Array;
  readonly guarded: GuardState | null;
  /** Of an event that withholds a value, and conflicts with the one before it; and of one whose opening stays. */
  readonly erased: number;
  readonly kept: number;
  /** Index of a hold that stands, of another source. */
  readonly hold: number;
}

/** The disk, the guard and the file of keys of one machine, over its lives. */
class Machine {
  readonly store = keepOpen(memoryStore());
  readonly keyFile = memoryKeyFile();
  disk: FaultDisk = new FaultDisk(this.store);
  guard: Guard = memoryGuard();

  static async of(left: Left): Promise<Machine> {
    const machine = new Machine();
    await machine.store.write({ changes: left.rows, flush: true });
    await machine.keyFile.replace(left.keyFile);
    machine.guard = keepOpen(memoryGuard(left.guarded));
    return machine;
  }

  /** @param parts.rewriteTail  the machine has not started anew since a life that was cut */
  async start(
    life: Life,
    parts: { readonly rewriteTail: boolean; readonly onFault: (error: unknown) => void },
  ): Promise<Log> {
    return openTestLog({
      store: this.disk.open(life),
      guard: faultGuard(this.guard, life),
      openingKeys: await openOpeningKeys(faultKeyFile(this.keyFile, life)),
      signer: SIGNER,
      gather: () => Promise.resolve(),
      limits: { scrubPauseMs: 1_000_000 },
      ...parts,
    });
  }
}

function custodyOf({ custody }: Log): Custody {
  if (custody === null) throw new Error('the log keeps no openings');
  return custody;
}

async function published(log: Log): Promise<void> {
  await log.waitPublished(log.figures.integratedSize, new AbortController().signal);
}

async function appended(log: Log, bytes: Uint8Array): Promise<number> {
  const [outcome] = await log.submit([bytes], ANYONE);
  if (outcome === undefined || outcome.kind === 'refused') throw outcome?.error;
  return outcome.receipt.index;
}

/** A log whose openings lie far behind its end. */
async function leaveLog(): Promise<Left> {
  const machine = new Machine();
  machine.guard = keepOpen(memoryGuard());
  const log = await machine.start(startLife(), { rewriteTail: false, onFault() {} });
  await appended(log, testEvent('a'));
  const erased = await appended(log, openItem('a', { '/ctx/ip': '10.0.0.1' }).bytes);
  const kept = await appended(log, openItem('b', { '/ctx/ip': '10.0.0.2' }).bytes);
  const { index: hold } = await custodyOf(log).place({ source: 'another' }, DECIDED);
  for (let at = 0; at < LATER_ENTRIES; at += 2_048) {
    const items = Array.from({ length: 2_048 }, (_, i) => testEvent(`later-${at + i}`));
    await log.submit(items, ANYONE);
  }
  // Whenever the writer is idle a few bundles are folded.
  for (let n = 0; (await machine.store.scan({ ...keysOf('B'), limit: 100 })).length < 65; n++) {
    await appended(log, testEvent(`last-${n}`));
    await published(log);
  }
  await log.close();
  const rows = await machine.store.scan(EVERYTHING);
  const keyFile = (await machine.keyFile.read()) ?? new Uint8Array(0);
  return { rows, keyFile, guarded: await machine.guard.read(), erased, kept, hold };
}

/** The commit of an act of custody is seen, and not on disk: its flush failed. The process stops. */
async function actUnflushed(
  machine: Machine,
  act: (custody: Custody) => Promise<unknown>,
): Promise<void> {
  let isNext = false;
  const life = startLife((point) =>
    isNext && point === 'store.write' ? 'fails-unflushed' : 'none',
  );
  const log = await machine.start(life, { rewriteTail: false, onFault() {} });
  await published(log);
  isNext = true;
  await expect(act(custodyOf(log))).rejects.toThrow('server.fault');
  life.kill('the flush failed');
}

/** A start that is told of it, and dies behind one of its changes; false if it came to its end before. */
async function startAndDie(machine: Machine, changeIndex: number): Promise<boolean> {
  let changes = 0;
  const life = startLife((point) =>
    CHANGES.includes(point) && changes++ === changeIndex ? 'crash-after' : 'none',
  );
  const faults: unknown[] = [];
  const work = async (): Promise<boolean> => {
    const log = await machine.start(life, { rewriteTail: true, onFault: (e) => faults.push(e) });
    await published(log);
    await finished(log);
    return false;
  };
  const isCut = await Promise.race([work(), life.death.then(() => true)]);
  life.kill('the end of the life');
  expect(faults).toEqual([]);
  return isCut;
}

/** Waits until the log has nothing left to erase. */
async function finished(log: Log): Promise<void> {
  for (;;) {
    const reports = await custodyOf(log).reports();
    if (reports.every(({ finishedAtMs }) => finishedAtMs !== null)) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A start after the power was lost: nothing is wrong. */
async function startWell(machine: Machine, look: (log: Log) => Promise<void>): Promise<void> {
  const faults: unknown[] = [];
  const log = await machine.start(startLife(), {
    rewriteTail: false,
    onFault: (error) => faults.push(error),
  });
  await published(log);
  await finished(log);
  await look(log);
  await log.close();
  expect(faults).toEqual([]);
}

/** Every row is what the entries say. */
async function checkRows(machine: Machine): Promise<void> {
  const logKey = verifierKeyOf(SIGNER.origin, KEY_TYPE.ed25519, SIGNER.ed25519PublicKey);
  await checkStore(machine.store, {
    ...{ origin: SIGNER.origin, type: 'events', samenessSecret: new Uint8Array(32).fill(7) },
    keys: { log: logKey, p256PublicKey: SIGNER.p256PublicKey },
    openingKeys: await openOpeningKeys(machine.keyFile),
    guarded: await machine.guard.read(),
    wasClosed: true,
  });
}

/** Of the writes whose flush failed, none is on the disk that was not written again. */
function loseEverything(machine: Machine): Promise<void> {
  return machine.disk.losePower({ ...seededRandom(1), chance: () => true });
}

describe('a flush that failed, and a loss of power after the next start', () => {
  let left: Left;
  beforeAll(async () => {
    left = await leaveLog();
  }, 300_000);

  test('bring back nothing of what was erased, wherever that start was cut', async () => {
    let isCut = true;
    let cuts = 0;
    for (; isCut; cuts++) {
      const machine = await Machine.of(left);
      const order = { wanted: [[left.erased, null]] as const, decided: DECIDED, alsoHeld: [] };
      await actUnflushed(machine, (custody) => custody.erase(order));
      isCut = await startAndDie(machine, cuts);
      await loseEverything(machine);
      await startWell(machine, async (log) => {
        expect(await custodyOf(log).reports(), `cut ${cuts}`).toHaveLength(1);
        const erased = await log.readOpenings(left.erased, null);
        expect(erased, `cut ${cuts}`).toMatchObject({ openings: [], unreadable: [] });
        expect(erased.erased, `cut ${cuts}`).toHaveLength(1);
        expect((await log.readOpenings(left.kept, null)).openings).toHaveLength(1);
      });
      // It takes long, and what differs between the cuts is asked for one by one.
      if (cuts === 0 || !isCut) await checkRows(machine);
      // The MAC of what conflicted is in the key of its row.
      expect(await machine.store.scan({ ...keysOf('J'), limit: 1 }), `cut ${cuts}`).toEqual([]);
    }
    // The tail, the head, what is sealed anew, the keys, the conflict row, the files, the report.
    expect(cuts).toBeGreaterThan(6);
  }, 300_000);

  test('bring back no hold that was lifted', async () => {
    const machine = await Machine.of(left);
    await actUnflushed(machine, (custody) => custody.lift(left.hold, DECIDED));
    await startAndDie(machine, Number.POSITIVE_INFINITY);
    await loseEverything(machine);
    await startWell(machine, async (log) => {
      expect(custodyOf(log).holds).toEqual([]);
    });
    await checkRows(machine);
  }, 300_000);
});
