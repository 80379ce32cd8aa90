import type { WitnessState } from '../core/cosign-round.ts';
import type { Logger } from '../http/http.ts';
import type { Log } from '../log/log.ts';
import type { OpenedLog } from './open-logs.ts';
import { runbookOf } from './runbook.ts';

/**
 * Tells an operator what changes between logs and their witnesses: a witness that falls silent or claims something, a
 * head that was shown without a quorum, and publication that stands still. Each change is one line.
 */
export function watchWitnesses(
  logs: readonly OpenedLog[],
  logger: Logger,
): { readonly end: () => void } {
  const looks = logs
    .filter(({ log }) => log.witnesses.length > 0)
    .map(({ log }) => createLook(log, logger));
  const timer = setInterval(() => {
    for (const look of looks) look(performance.now());
  }, INTERVAL_MS);
  // It holds no process that has nothing else to do.
  timer.unref();
  return { end: () => clearInterval(timer) };
}

const INTERVAL_MS = 1_000;
/** So long publication may stand still before it is an alarm. */
const PATIENCE_MS = 60_000;

/** What looks at one log now and then, and tells what is not as it was. */
export function createLook(log: Log, logger: Logger): (nowMs: number) => void {
  const tellers = new Map(log.witnesses.map(({ name }) => [name, createTeller(log, logger)]));
  let unwitnessed = false;
  let shown = { timeMs: log.published?.timeMs, at: null as number | null, told: false };
  return (nowMs) => {
    for (const state of log.witnesses) tellers.get(state.name)?.(state, nowMs);
    if (log.figures.unwitnessed !== unwitnessed) {
      unwitnessed = log.figures.unwitnessed;
      const values = { log: log.name, size: log.publishedSize };
      if (unwitnessed) {
        logger.warn({ ...values, runbook }, 'a head was shown without a quorum of witnesses');
      } else logger.info(values, 'the head that is shown has its quorum of witnesses again');
    }
    const isBehind = log.state.kind === 'confirming' || log.figures.integratedSize > sizeOf(log);
    const { timeMs } = log.published ?? {};
    if (!isBehind || timeMs !== shown.timeMs) {
      if (shown.told)
        logger.info({ log: log.name, size: sizeOf(log) }, 'heads are published again');
      shown = { timeMs, at: isBehind ? nowMs : null, told: false };
      return;
    }
    shown.at ??= nowMs;
    if (shown.told || nowMs - shown.at < PATIENCE_MS) return;
    shown.told = true;
    logger.warn(valuesOf(log), 'nothing was published for a minute: the witnesses make no quorum');
  };
}

function sizeOf(log: Log): number {
  return log.published?.size ?? -1;
}

/** So often a witness may change within the window before it flaps: a line each time would drown the others. */
const CHANGES_TOLD = 6;
const WINDOW_MS = 600_000;

/** What tells each change of one witness, and of one that flaps that it does. */
function createTeller(log: Log, logger: Logger): (state: WitnessState, nowMs: number) => void {
  let told = '';
  let before = '';
  let forgotten = 0;
  let changes: readonly number[] = [];
  let flaps = false;
  return (state, nowMs) => {
    const values = { log: log.name, witness: state.name };
    if (state.forgot !== null && state.counts.forgot > forgotten) {
      forgotten = state.counts.forgot;
      logger.warn({ ...values, ...state.forgot, runbook }, 'a witness forgot what it had cosigned');
    }
    const now = wordOf(state);
    if (now !== null && now !== before) changes = [...changes, nowMs];
    before = now ?? before;
    changes = changes.filter((at) => nowMs - at < WINDOW_MS).slice(-2 * CHANGES_TOLD);
    if (changes.length > CHANGES_TOLD) {
      if (!flaps) logger.warn(values, 'a witness flaps: no more is told until it is steady');
      flaps = true;
      return;
    }
    if (flaps && changes.length > 0) return;
    flaps = false;
    if (before === told) return;
    if (state.claim !== null || before !== 'cosigned') tellBad(state, { logger, values });
    else if (told !== '') logger.info(values, 'a witness cosigns again');
    told = before;
  };
}

/** How a witness stands; null where its last answer says nothing of it: slower than the others, or asked already. */
function wordOf({ last, claim }: WitnessState): string | null {
  if (claim !== null) return `${claim.kind} ${claim.verdict}`;
  return last === 'late' || last === 'busy' ? null : last;
}

function tellBad(
  { claim, last }: WitnessState,
  { logger, values }: { readonly logger: Logger; readonly values: object },
): void {
  if (claim === null) {
    logger.warn({ ...values, why: last, runbook }, 'a witness does not cosign');
    return;
  }
  const { kind, size, verdict } = claim;
  logger.warn({ ...values, claim: kind, size, verdict, runbook }, 'a witness disputes the head');
}

const runbook = runbookOf('witnesses');

function valuesOf(log: Log): object {
  const { state, figures, name } = log;
  const { integratedSize, publishedSize } = figures;
  const unconfirmed = state.kind === 'confirming' ? { unconfirmed: state.unconfirmed } : {};
  const page = runbookOf(state.kind === 'confirming' ? 'confirming' : 'witnesses');
  return { log: name, integratedSize, publishedSize, ...unconfirmed, runbook: page };
}
