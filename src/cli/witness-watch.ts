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
  const seen = new Map<string, string>();
  let unwitnessed = false;
  let shown = { timeMs: log.published?.timeMs, at: null as number | null, told: false };
  return (nowMs) => {
    for (const state of log.witnesses) tellWitness(state, { log, logger, seen });
    if (log.figures.unwitnessed !== unwitnessed) {
      unwitnessed = log.figures.unwitnessed;
      const values = { log: log.name, size: log.publishedSize };
      if (unwitnessed) logger.warn(values, 'a head was shown without a quorum of witnesses');
      else logger.info(values, 'the head that is shown has its quorum of witnesses again');
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

function tellWitness(
  { name, last, claim }: WitnessState,
  to: { readonly log: Log; readonly logger: Logger; readonly seen: Map<string, string> },
): void {
  const { log, logger, seen } = to;
  const now = claim === null ? (last ?? '') : `${claim.kind} ${claim.verdict}`;
  const before = seen.get(name) ?? '';
  // That it was slower than the others, or is asked already, says nothing of it.
  if (now === before || now === '' || now === 'late' || now === 'busy') return;
  seen.set(name, now);
  const values = { log: log.name, witness: name };
  if (claim !== null) {
    const { kind, size, verdict } = claim;
    logger.warn({ ...values, claim: kind, size, verdict }, 'a witness disputes the head');
  } else if (last !== 'cosigned') {
    logger.warn({ ...values, why: last }, 'a witness does not cosign');
  } else if (before !== '') logger.info(values, 'a witness cosigns again');
}

function valuesOf(log: Log): object {
  const { state, figures, name } = log;
  const { integratedSize, publishedSize } = figures;
  const unconfirmed = state.kind === 'confirming' ? { unconfirmed: state.unconfirmed } : {};
  const runbook = runbookOf('confirming');
  return { log: name, integratedSize, publishedSize, ...unconfirmed, runbook };
}
