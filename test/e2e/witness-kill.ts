import { setTimeout as sleep } from 'node:timers/promises';
import { originHash, parseNamedSize } from '../../src/core/add-checkpoint.ts';
import { concat, utf8 } from '../../src/core/bytes.ts';
import { parseCheckpoint } from '../../src/core/checkpoint.ts';
import { verifierOf } from '../../src/core/cosignature.ts';
import { openNote, parseNote } from '../../src/core/note.ts';
import { parseVkey } from '../../src/core/vkey.ts';
import type { SeededRandom } from '../support/random.ts';
import { type SignedLog, signedLog } from '../support/signed-log.ts';
import type { Report } from './report.ts';
import { startWitness, type WitnessProcess } from './witness-process.ts';

/** What the rounds go over: a witness's folder, with the log on its roster, and no process that serves it. */
export interface KillOptions {
  readonly dataFolder: string;
  readonly log: SignedLog;
  readonly rounds: number;
  readonly random: SeededRandom;
}

/** A few requests after the start are slow; a later one takes some ms. */
const REQUESTS_BEFORE_MAX = 12;
const DELAY_US_MAX = 8_000;

/**
 * Kills a witness by SIGKILL at a random moment of a request, again and again. After each: what it remembers is never
 * below a cosignature that anybody received, is a head that was sent, cannot be forked, and grows on.
 */
export async function killRounds(report: Report, options: KillOptions): Promise<void> {
  const { rounds } = options;
  const ends = { stored: 0, forgotten: 0, answered: 0 };
  let received = 0;
  for (let round = 1; round <= rounds; round++) {
    try {
      const { sent, cosigned } = await killOnce(options, received);
      received = Math.max(received, cosigned);
      const named = await checkMemory(options, { received, sent });
      ends[received === sent ? 'answered' : named === sent ? 'stored' : 'forgotten'] += 1;
      report.pass(
        `kill ${round} of ${rounds}: nothing below a cosignature that was received`,
        `received ${received}, sent ${sent}, remembered ${named}`,
      );
      received = named + 1;
    } catch (error) {
      report.fail(`kill ${round} of ${rounds}`, error);
      return;
    }
  }
  console.log(`# ${rounds} kills of a request in flight: ${JSON.stringify(ends)}`);
}

/** Grows the log from the size that was received last, and kills the witness while one request is in flight. */
async function killOnce(
  { dataFolder, log, random }: KillOptions,
  from: number,
): Promise<{ readonly sent: number; readonly cosigned: number }> {
  const witness = await startWitness({ dataFolder });
  let cosigned = from;
  for (let i = random.below(REQUESTS_BEFORE_MAX); i > 0; i--) {
    if (await grows(witness, log, { from: cosigned, to: cosigned + 1 })) cosigned += 1;
  }
  const sent = cosigned + 1 + random.below(300);
  const answer = grows(witness, log, { from: cosigned, to: sent }).catch(() => false);
  // A timer has no finer steps than 1 ms: the rest is waited for busily.
  const delayUs = random.below(DELAY_US_MAX);
  const until = performance.now() + delayUs / 1_000;
  while (performance.now() < until) await sleep(0);
  await witness.kill();
  return { sent, cosigned: (await answer) ? sent : cosigned };
}

async function checkMemory(
  { dataFolder, log }: KillOptions,
  { received, sent }: { readonly received: number; readonly sent: number },
): Promise<number> {
  const witness = await startWitness({ dataFolder });
  const named = await namedSize(witness, log);
  if (named < received) throw new Error(`it names ${named}, and cosigned ${received}`);
  if (named !== received && named !== sent) throw new Error(`it names ${named}, never sent`);
  if (named > 0) await checkMonitored(witness, log, named);
  const fork = signedLog(log.origin.slice(log.origin.indexOf('/') + 1), 1);
  if (named > 0) {
    for (const body of [fork.request(named, named), fork.request(named, named + 5)]) {
      const { status } = await post(witness, body);
      if (status !== 422) throw new Error(`a fork is answered ${status}`);
    }
  }
  if (!(await grows(witness, log, { from: named, to: named + 1 }))) throw new Error('no growth');
  await witness.stop();
  return named;
}

async function checkMonitored(
  witness: WitnessProcess,
  log: SignedLog,
  size: number,
): Promise<void> {
  const response = await fetch(`${witness.url}/${originHash(log.origin)}/checkpoint`);
  const note = new Uint8Array(await response.arrayBuffer());
  const keys = [log.key, ...witness.vkeys.map(parseVkey)];
  const { text, verified } = openNote(
    note,
    keys.map((key) => verifierOf(key)),
  );
  const shown = parseCheckpoint(text).size;
  if (verified.length !== keys.length || shown !== size) throw new Error(`it shows ${shown}`);
}

/** The size that a 409 names to an old size that no head had. */
async function namedSize(witness: WitnessProcess, log: SignedLog): Promise<number> {
  const response = await post(witness, log.request(2 ** 40, 2 ** 40));
  if (response.status !== 409) throw new Error(`status ${response.status}`);
  return parseNamedSize(new Uint8Array(await response.arrayBuffer()));
}

/** True if the request was cosigned, and the line verifies. */
async function grows(
  witness: WitnessProcess,
  log: SignedLog,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<boolean> {
  const response = await post(witness, log.request(from, to));
  const body = new Uint8Array(await response.arrayBuffer());
  if (response.status !== 200) throw new Error(`status ${response.status} from ${from} to ${to}`);
  const { text } = parseNote(log.note(to));
  const verifiers = witness.vkeys.map((vkey) => verifierOf(parseVkey(vkey)));
  return openNote(concat(text, utf8('\n'), body), verifiers).verified.length > 0;
}

function post(witness: WitnessProcess, body: Uint8Array): Promise<Response> {
  const init = { method: 'POST', body: new Uint8Array(body), signal: AbortSignal.timeout(20_000) };
  return fetch(`${witness.url}/add-checkpoint`, init);
}
