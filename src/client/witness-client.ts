import type {
  CosignHead,
  CosignRound,
  CosignTree,
  WitnessOutcome,
  WitnessState,
} from '../core/cosign-round.ts';
import type { MlDsa44Verifier } from '../core/cosignature.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import type { Policy } from '../core/policy.ts';
import { checkQuorum, everyQuorumContains } from '../core/quorum.ts';
import type { VerifierKey } from '../core/vkey.ts';
import { AskedWitness } from './asked-witness.ts';
import type { Fetch } from './http-fetch.ts';

/** Which witnesses are asked about which log. */
export interface WitnessCosignerOptions {
  /** Its witnesses are asked, each at its URL; witnesses of one URL in one request. */
  readonly policy: Policy;
  /** The log's own key: nothing that it did not sign is evidence. */
  readonly logKey: VerifierKey;
  readonly fetch: Fetch;
  /** From the first request to a witness to its last byte, in each round. Default 5 s. */
  readonly timeoutMs?: number;
  /** How long a round waits for the others once it has what it needs. Default 250 ms. */
  readonly graceMs?: number;
  /** Monitoring prefixes by the name of the witness, where they are not the submission prefixes. */
  readonly monitoringUrls?: ReadonlyMap<string, string>;
  /** Without it the lines of ML-DSA-44 keys count for nothing. */
  readonly mlDsa44?: MlDsa44Verifier;
}

/** Asks witnesses: the `Cosigner` port of the log. */
export interface WitnessCosigner {
  readonly policy: Policy;
  readonly states: readonly WitnessState[];
  collect(head: CosignHead, tree: CosignTree, signal: AbortSignal): Promise<CosignRound>;
  confirm(head: CosignHead, tree: CosignTree, signal: AbortSignal): Promise<CosignRound>;
}

/**
 * What asks the witnesses of a policy to cosign the heads of a log. (C2SP tlog-witness, spec/10-witness.md §6)
 *
 * All are asked at once; a witness that has not answered yet is left alone until it has. Whatever one of them does costs
 * the others nothing, and a round at most `timeoutMs`.
 *
 * @throws {TransparencyError} policy.malformed for a URL that is not http or https
 */
export function createWitnessCosigner(options: WitnessCosignerOptions): WitnessCosigner {
  const { policy, graceMs = 250 } = options;
  const asked = witnessesByUrl(options);
  const round = { policy, asked, graceMs };
  return {
    policy,
    get states() {
      const states = asked.flatMap((one) => one.states);
      return policy.witnesses.map(
        ({ name }) => states.find((one) => one.name === name) ?? unasked(name),
      );
    },
    collect: (head, tree, signal) => {
      const isEnough = (names: readonly string[]): boolean => isQuorum(policy, names);
      return askAll({ ...round, isEnough }, { head, tree, signal, oldSize: 0 });
    },
    confirm: (head, tree, signal) => {
      // After a start they most often stand at the very head that was signed last.
      const question = { head, tree, signal, oldSize: head.size };
      const isEnough = (names: readonly string[]): boolean => everyQuorumContains(policy, names);
      return askAll({ ...round, isEnough }, question);
    },
  };
}

interface Round {
  readonly policy: Policy;
  readonly asked: readonly AskedWitness[];
  readonly graceMs: number;
  readonly isEnough: (cosigned: readonly string[]) => boolean;
}

interface Question {
  readonly head: CosignHead;
  readonly tree: CosignTree;
  readonly signal: AbortSignal;
  readonly oldSize: number;
}

async function askAll(round: Round, question: Question): Promise<CosignRound> {
  question.signal.throwIfAborted();
  const outcomes = new Map<string, WitnessOutcome>();
  for (const { name } of round.policy.witnesses) {
    outcomes.set(name, { kind: 'silent', name, reason: 'no-url', detail: 'the policy has no URL' });
  }
  const take = (some: readonly WitnessOutcome[]): void => {
    for (const outcome of some) outcomes.set(outcome.name, outcome);
  };
  for (const one of round.asked) take(one.late());
  await untilEnough(round, question, { take, isEnough: () => round.isEnough(namesIn(outcomes)) });
  return roundOf(round.policy, outcomes);
}

/** Waits for all witnesses, or until there is enough and the grace is over. */
function untilEnough(
  { asked, graceMs }: Round,
  question: Question,
  taken: {
    readonly take: (outcomes: readonly WitnessOutcome[]) => void;
    readonly isEnough: () => boolean;
  },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let waiting = asked.length;
    let grace: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const end = (settle: () => void): void => {
      isOver = true;
      clearTimeout(grace);
      question.signal.removeEventListener('abort', abort);
      settle();
    };
    const abort = (): void => end(() => reject(question.signal.reason));
    const look = (): void => {
      if (waiting === 0) end(resolve);
      else if (taken.isEnough()) grace ??= setTimeout(() => end(resolve), graceMs);
    };
    question.signal.addEventListener('abort', abort, { once: true });
    for (const one of asked) {
      one.ask(question).then(
        (outcomes) => {
          if (isOver) return;
          taken.take(outcomes);
          waiting -= 1;
          look();
        },
        (error: unknown) => end(() => reject(error)),
      );
    }
    look();
  });
}

function roundOf(policy: Policy, outcomes: ReadonlyMap<string, WitnessOutcome>): CosignRound {
  const names = namesIn(outcomes);
  const all = [...outcomes.values()];
  return {
    outcomes: all,
    lines: all.flatMap((one) => (one.kind === 'cosigned' ? [one.line] : [])),
    isQuorum: isQuorum(policy, names),
    isConfirmed: everyQuorumContains(policy, names),
  };
}

function namesIn(outcomes: ReadonlyMap<string, WitnessOutcome>): readonly string[] {
  return [...outcomes.values()].filter(({ kind }) => kind === 'cosigned').map(({ name }) => name);
}

function isQuorum(policy: Policy, names: readonly string[]): boolean {
  try {
    checkQuorum(policy, names);
    return true;
  } catch (error) {
    if (isTransparencyError(error, 'policy.quorum-not-met')) return false;
    throw error;
  }
}

function witnessesByUrl(options: WitnessCosignerOptions): readonly AskedWitness[] {
  const { policy, fetch, logKey, timeoutMs = 5_000, monitoringUrls } = options;
  const { mlDsa44 } = options;
  const byUrl = new Map<string, Policy['witnesses'][number][]>();
  for (const witness of policy.witnesses) {
    if (witness.url === null) continue;
    const url = prefixOf(witness.url);
    byUrl.set(url, [...(byUrl.get(url) ?? []), witness]);
  }
  return [...byUrl].map(([url, witnesses]) => {
    const told = witnesses.map(({ name }) => monitoringUrls?.get(name)).find((one) => one);
    const monitoringUrl = told === undefined ? url : prefixOf(told);
    const reach = { fetch, logKey, timeoutMs, monitoringUrl, ...(mlDsa44 ? { mlDsa44 } : {}) };
    return new AskedWitness({ url, witnesses, ...reach });
  });
}

function prefixOf(url: string): string {
  if (!URL.canParse(url) || !/^https?:\/\//i.test(url)) {
    throw new TransparencyError('policy.malformed', `the URL of a witness is not http(s): ${url}`);
  }
  return url.replace(/\/+$/, '');
}

function unasked(name: string): WitnessState {
  const nothing = { size: null, last: null, claim: null } as const;
  const counts = { cosigned: 0, claims: 0, silent: 0, forgot: 0 };
  return {
    name,
    url: null,
    forgot: null,
    ...nothing,
    cosignedSize: null,
    cosignedAtSeconds: null,
    counts,
  };
}
