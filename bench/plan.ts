import { CELLS, type Cell, type Contender } from './cells.ts';
import { nameOf } from './measure.ts';
import { type Measurement, medianOf, rateOf } from './measurement.ts';
import type { PeerSetting } from './systems.ts';

/** A measurement to be made. */
export interface Step {
  readonly round: number;
  readonly cell: Cell;
  readonly contender: Contender;
}

/** Settings of Tessera that are tried, the last with its default interval between checkpoints. */
const PEER_SETTINGS: readonly PeerSetting[] = [
  setting(64, 5),
  setting(256, 5),
  setting(128, 20),
  setting(256, 50),
  setting(256, 250),
  { ...setting(256, 250), checkpointMs: 10_000 },
];
/** Settings for bursts of thousands. */
const LIBRARY_SETTINGS: readonly PeerSetting[] = [
  setting(512, 20),
  setting(1024, 20),
  setting(2048, 20),
  setting(4096, 50),
];

function setting(batch: number, ageMs: number): PeerSetting {
  return { batch, ageMs, dedup: false, checkpointMs: 100 };
}

/** Every setting of the peer once, under each load of events: the best ones go into the rounds. */
export function trialSteps(): readonly Step[] {
  const events = CELLS.filter(({ work }) => work === 'events');
  return [
    ...events.flatMap((cell) =>
      PEER_SETTINGS.map(
        (peer): Step => ({ round: 0, cell, contender: { kind: 'peer', setting: peer } }),
      ),
    ),
    ...CELLS.filter(({ work }) => work === 'lines').flatMap((cell) =>
      LIBRARY_SETTINGS.map(
        (peer): Step => ({ round: 0, cell, contender: { kind: 'library', setting: peer } }),
      ),
    ),
  ];
}

/** The steps of one round: each cell with all that contend in it, in an order that turns from round to round. */
export function roundSteps(round: number, trials: readonly Measurement[]): readonly Step[] {
  return CELLS.flatMap((cell) => {
    const contenders = contendersOf(cell, trials);
    const turn = round % contenders.length;
    return [...contenders.slice(turn), ...contenders.slice(0, turn)].map(
      (contender): Step => ({ round, cell, contender }),
    );
  });
}

/** One of each kind in every cell: what the smoke test runs. */
export function smokeSteps(): readonly Step[] {
  return CELLS.flatMap((cell): readonly Step[] => {
    const varve: Step = { round: 1, cell, contender: { kind: 'varve' } };
    const usual = setting(256, 50);
    if (cell.work === 'lines') {
      return [varve, { ...varve, contender: { kind: 'library', setting: setting(1024, 20) } }];
    }
    if (cell.connections !== 64) return [varve];
    const peer: Step = { ...varve, contender: { kind: 'peer', setting: usual } };
    return cell.work === 'events'
      ? [varve, peer, { ...varve, contender: { kind: 'floor', name: 'hono' } }]
      : [varve, peer];
  });
}

function contendersOf(cell: Cell, trials: readonly Measurement[]): readonly Contender[] {
  const best = (count: number, among: readonly PeerSetting[], kind: 'peer' | 'library') =>
    bestSettings(cell, trials, { kind, among }).slice(0, count);
  const peers = (settings: readonly PeerSetting[]): Contender[] =>
    settings.map((one) => ({ kind: 'peer', setting: one }));
  const varve: Contender = { kind: 'varve' };
  switch (cell.work) {
    case 'events': {
      const settings = best(2, PEER_SETTINGS, 'peer');
      const [first] = settings;
      if (cell.connections === 256 || first === undefined) return [varve, ...peers(settings)];
      return [
        varve,
        ...peers(settings),
        { kind: 'peer', setting: { ...first, dedup: true } },
        { kind: 'floor', name: 'hono' },
        { kind: 'floor', name: 'node' },
      ];
    }
    case 'published':
    case 'opaque':
      return [varve, ...peers(best(1, PEER_SETTINGS, 'peer'))];
    case 'lines': {
      const [first] = best(1, LIBRARY_SETTINGS, 'library');
      if (first === undefined) return [varve];
      return [
        varve,
        { kind: 'library', setting: first },
        { kind: 'library', setting: { ...first, dedup: true } },
      ];
    }
    case 'checkpoint':
    case 'tile':
      return [varve, { kind: 'peer', setting: setting(256, 250) }];
  }
}

/** The settings, the fastest of the trial under that many connections first. */
function bestSettings(
  cell: Cell,
  trials: readonly Measurement[],
  what: { readonly kind: 'peer' | 'library'; readonly among: readonly PeerSetting[] },
): readonly PeerSetting[] {
  const work = what.kind === 'peer' ? 'events' : 'lines';
  const rate = (one: PeerSetting): number => {
    const name = nameOf({ kind: what.kind, setting: one });
    const found = trials.filter(
      (trial) => trial.cell === `${work}-${cell.connections}` && trial.system === name,
    );
    return found.length === 0 ? 0 : medianOf(found.map(rateOf));
  };
  // A head every 10 s takes nothing from adds that do not wait for it: as a setting it is tried, not chosen.
  return what.among
    .filter(({ checkpointMs }) => checkpointMs === 100)
    .sort((a, b) => rate(b) - rate(a));
}
