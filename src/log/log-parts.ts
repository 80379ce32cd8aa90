import { EMPTY_ROOT } from '../core/hash.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { VerifierKey } from '../core/vkey.ts';
import { AccessTally } from './access-tally.ts';
import type { Log, LogState, SignedHead } from './contract.ts';
import { Custody } from './custody.ts';
import { ConflictQuota } from './decide.ts';
import type { FailureSinks } from './halting.ts';
import { HaltingReads } from './halting-reads.ts';
import { HeadMaking, type UnsignedHead } from './head-making.ts';
import { Housekeeping } from './housekeeping.ts';
import type { WriterTree } from './integrate.ts';
import { LeafIndex } from './leaf-index.ts';
import { createLeafOf } from './leaf-of.ts';
import type { LogLimits } from './limits.ts';
import type { OpenLogOptions } from './open-options.ts';
import { Pool } from './pool.ts';
import type { GuardState } from './ports.ts';
import { Publisher } from './publisher.ts';
import { Reader } from './reader.ts';
import { Scrub } from './scrub.ts';
import { createSeal } from './seal.ts';
import { SeenFilter } from './seen-filter.ts';
import { Sequencer } from './sequencer.ts';
import type { HeadKeys, HeadRow } from './signed-head.ts';
import { Submissions } from './submissions.ts';
import type { Tallies } from './tally.ts';
import { gatherByTurn, sleepByTimer } from './timers.ts';
import { Witnessing } from './witnessing.ts';

/** What a start hands over: the proven tree, or as much of it as can be read. */
export interface StartState {
  readonly tree: WriterTree | null;
  /** The newest signed head, published or not. */
  readonly signed: HeadRow | null;
  readonly published: SignedHead | null;
  readonly guarded: GuardState | null;
  readonly tallies: Tallies;
  readonly state: LogState;
}

/** What the parts of a log are made with, beside the options of its opening. */
export interface LogPartsSetup {
  readonly logKey: VerifierKey;
  readonly limits: LogLimits;
  readonly start: StartState;
  readonly sinks: FailureSinks;
  /** The log itself, for what follows it. */
  readonly log: Log;
  /** A witness showed a note. */
  readonly onSeen: (note: Uint8Array) => void;
}

/** The parts of a log: admission → pool → writer → publisher, and the reads beside them. */
export interface LogParts {
  readonly keys: HeadKeys;
  readonly pool: Pool;
  readonly submissions: Submissions;
  readonly reads: HaltingReads;
  /** Null where the log opened halted: nothing is written. */
  readonly sequencer: Sequencer | null;
  readonly making: HeadMaking;
  readonly publisher: Publisher;
  readonly housekeeping: Housekeeping;
  readonly leafIndex: LeafIndex;
  /** Null where no witnesses are asked. */
  readonly witnessing: Witnessing | null;
  readonly scrub: Scrub | null;
  /** Null where no openings are kept, or nothing is written. */
  readonly custody: Custody | null;
  readonly access: AccessTally;
  /** The newest committed head. */
  readonly integrated: () => UnsignedHead;
  /** The committed tree, published or not. */
  readonly integratedTiles: TileSource;
}

/** The tree of a log whose store says nothing that can be believed. */
const EMPTY = { size: 0, rootHash: EMPTY_ROOT };

/** Makes the parts and puts them together; none of them runs yet. */
export function createLogParts(options: OpenLogOptions, setup: LogPartsSetup): LogParts {
  const { store, guard, signer, clock, random, samenessSecret, cosigner } = options;
  const { limits, start, sinks, log } = setup;
  const { onHalt, onFault } = sinks;
  const { tree, tallies } = start;
  const keys: HeadKeys = { log: setup.logKey, p256PublicKey: signer.p256PublicKey };
  const tenant = options.tenant ?? options.name;
  const pool = new Pool({ entriesMax: limits.poolEntriesMax, bytesMax: limits.poolBytesMax });
  const seen = new SeenFilter(limits.seenFilterBytes);
  const sleep = options.sleep ?? sleepByTimer;
  const timing = { observer: options.observer ?? null, stopwatch: options.stopwatch ?? clock };
  const integrated = (): UnsignedHead => {
    const { size, rootHash } = tree?.builder ?? EMPTY;
    return { size, rootHash };
  };
  const size = (): number => integrated().size;

  const cacheBytesMax = limits.readCacheBytesMax;
  const reader = tree && new Reader({ store, builder: tree.builder, cacheBytesMax });
  const reads = new HaltingReads(reader, onHalt);
  const integratedTiles: TileSource = {
    readTiles: (tiles) => Promise.all(tiles.map((tile) => reads.tile(tile, size()))),
  };
  const witnessing =
    cosigner === undefined
      ? null
      : new Witnessing({
          cosigner,
          tiles: integratedTiles,
          integratedSize: size,
          onEvidence: ({ note }) => setup.onSeen(note),
        });
  const made = { store, guard, signer, clock, tallies, timing };
  const making = new HeadMaking(made, start.guarded, start.signed);
  const failOpen = options.failOpen === true;
  const confirming = cosigner !== undefined && cosigner.policy.quorum !== null;
  const publisher = new Publisher(
    { making, witnessing, failOpen, limits, clock, sleep, timing, integrated, onHalt, onFault },
    { signed: start.signed, published: start.published, confirming },
  );
  const housekeeping = new Housekeeping({
    store,
    keys,
    seen,
    tallies,
    limits,
    clock,
    size,
    onHalt,
    onFault,
  });
  const { openingKeys, origin } = options;
  const leafOf = createLeafOf((index) => reads.namedEntry(index, size()), samenessSecret);
  const sequencer =
    tree === null || start.state.kind === 'halted'
      ? null
      : new Sequencer({
          store,
          pool,
          tree,
          tallies,
          seen,
          limits,
          clock,
          timing,
          leafOf,
          seal: openingKeys === undefined ? null : createSeal(openingKeys, origin),
          onHalt,
          onFault,
          conflicts: new ConflictQuota(limits.conflictsPerMinuteMax),
          gather: options.gather ?? gatherByTurn,
          onCommit: (from, to) => {
            housekeeping.committed(from, to);
            publisher.poke();
          },
          onIdle: () => housekeeping.run(),
        });
  const keepsOpenings = openingKeys !== undefined;
  const admission = { tenant, samenessSecret, clock, random, keepsOpenings };
  const submissions = new Submissions({ ...admission, limits, pool });
  const custody =
    sequencer === null || openingKeys === undefined
      ? null
      : new Custody({
          store,
          keys: openingKeys,
          origin,
          submissions,
          readPublished: (index) =>
            reads.run((from) => from.entry(index, publisher.published?.size ?? 0)),
          readEntry: (index) => reads.namedEntry(index, size()),
          idsCounted: () => housekeeping.filled,
          clock,
          sinks,
        });
  return {
    keys,
    pool,
    making,
    submissions,
    custody,
    access: new AccessTally({ clock, sleep, say: (body) => submissions.say('access', body) }),
    reads,
    sequencer,
    publisher,
    housekeeping,
    leafIndex: new LeafIndex(log, options.leafIndexStore ?? null, options.observer ?? null),
    witnessing,
    scrub: tree && new Scrub({ store, builder: tree.builder, limits, clock, sleep, size }),
    integrated,
    integratedTiles,
  };
}
