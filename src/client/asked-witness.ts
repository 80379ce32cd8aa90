import type {
  CosignHead,
  CosignTree,
  WitnessOutcome,
  WitnessSilence,
  WitnessState,
} from '../core/cosign-round.ts';
import { type MlDsa44Verifier, parseCosignature, verifierOf } from '../core/cosignature.ts';
import { type NoteSignature, parseNote } from '../core/note.ts';
import type { PolicyWitness } from '../core/policy.ts';
import { KEY_TYPE, type VerifierKey } from '../core/vkey.ts';
import type { Fetch } from './http-fetch.ts';
import { type ClaimFinding, lookIntoClaim } from './witness-claim.ts';
import { type EndpointReply, WitnessEndpoint } from './witness-endpoint.ts';

/** The witnesses of a policy that one URL stands for: one, or one with several keys. */
export interface AskedWitnessOptions {
  /** Submission prefix. */
  readonly url: string;
  readonly monitoringUrl: string;
  readonly witnesses: readonly PolicyWitness[];
  readonly logKey: VerifierKey;
  readonly fetch: Fetch;
  readonly timeoutMs: number;
  readonly mlDsa44?: MlDsa44Verifier;
}

/** One head to cosign. */
export interface WitnessQuestion {
  readonly head: CosignHead;
  readonly tree: CosignTree;
  readonly signal: AbortSignal;
  /** The size to begin with where the witness has named none. */
  readonly oldSize: number;
}

/** One URL of a policy: asks it, verifies its lines, looks into its claims, and keeps what became of all. */
export class AskedWitness {
  readonly #options: AskedWitnessOptions;
  readonly #endpoint: WitnessEndpoint;
  #states: readonly WitnessState[];
  #isLookingInto = false;

  constructor(options: AskedWitnessOptions) {
    const { url, fetch, timeoutMs, witnesses } = options;
    this.#options = options;
    this.#endpoint = new WitnessEndpoint({ url, fetch, timeoutMs });
    this.#states = witnesses.map(({ name }) => newState(name, url));
  }

  /** One for each of its witnesses. */
  get states(): readonly WitnessState[] {
    const { size } = this.#endpoint;
    return this.#states.map((state) => ({ ...state, size }));
  }

  /** Its outcome in a round that ends before it answers. */
  late(): readonly WitnessOutcome[] {
    return this.#silence('late', 'no answer before the round was over');
  }

  /** Asks it, unless it has not answered yet. @throws the signal's reason; what `prove` throws */
  async ask(question: WitnessQuestion): Promise<readonly WitnessOutcome[]> {
    if (this.#endpoint.isBusy) return this.#silence('busy', 'no answer to an earlier head yet');
    const reply = await this.#endpoint.ask(question);
    const outcomes = this.#outcomesOf(reply, question.head);
    this.#states = this.#states.map((state, i) =>
      nextState(remembered(state, reply.named), outcomes[i], question.head),
    );
    if (reply.kind === 'claim') void this.#lookInto(question);
    return outcomes;
  }

  #outcomesOf(reply: EndpointReply, head: CosignHead): readonly WitnessOutcome[] {
    if (reply.kind === 'silent') return this.#silence(reply.reason, reply.detail);
    const { witnesses } = this.#options;
    if (reply.kind === 'claim') {
      return witnesses.map(({ name }) => ({ kind: 'claim', name, claim: reply.claim }));
    }
    const { text } = parseNote(head.note);
    return witnesses.map((witness) => this.#lineOutcome(witness, reply.lines, text));
  }

  #lineOutcome(
    { name, key }: PolicyWitness,
    lines: readonly NoteSignature[],
    text: Uint8Array,
  ): WitnessOutcome {
    const { mlDsa44 } = this.#options;
    const line = lines.find((one) => one.name === key.name && one.keyHash === key.keyHash);
    if (line === undefined) return silent(name, 'no-line', 'no line of its key in the reply');
    if (key.type === KEY_TYPE.mlDsa44 && mlDsa44 === undefined) {
      return silent(name, 'no-line', 'lines of ML-DSA-44 keys are not verified here');
    }
    if (!verifierOf(key, mlDsa44).verify(text, line.signature)) {
      return silent(name, 'bad-signature', 'the line of its key does not verify');
    }
    const { timestampSeconds } = parseCosignature(line.signature);
    return { kind: 'cosigned', name, line, timestampSeconds };
  }

  /** Once for each round in which it claims something, one at a time; it delays nobody. */
  async #lookInto(question: WitnessQuestion): Promise<void> {
    if (this.#isLookingInto) return;
    this.#isLookingInto = true;
    const { tree } = question;
    const found = await this.#findingOf(question);
    this.#isLookingInto = false;
    this.#states = this.#states.map((state) => {
      const { claim } = state;
      return claim === null ? state : { ...state, claim: { ...claim, verdict: found.verdict } };
    });
    const witness = this.#options.witnesses[0]?.name ?? '';
    if (found.evidence !== undefined) tree.onEvidence({ ...found.evidence, witness });
  }

  async #findingOf({ tree, signal }: WitnessQuestion): Promise<ClaimFinding> {
    const { monitoringUrl: url, logKey, fetch, timeoutMs } = this.#options;
    try {
      return await lookIntoClaim({ url, logKey, fetch, timeoutMs, signal }, tree);
    } catch {
      // The log is closing, or cannot read its own tree: the next round meets that too.
      return { verdict: 'unproven' };
    }
  }

  #silence(reason: WitnessSilence, detail: string): readonly WitnessOutcome[] {
    return this.#options.witnesses.map(({ name }) => silent(name, reason, detail));
  }
}

function silent(name: string, reason: WitnessSilence, detail: string): WitnessOutcome {
  return { kind: 'silent', name, reason, detail };
}

function newState(name: string, url: string): WitnessState {
  const nothing = { size: null, last: null, claim: null } as const;
  const counts = { cosigned: 0, claims: 0, silent: 0, forgot: 0 };
  return {
    name,
    url,
    forgot: null,
    ...nothing,
    cosignedSize: null,
    cosignedAtSeconds: null,
    counts,
  };
}

/** What it cosigned it may not forget: a witness that does would cosign a fork. */
function remembered(state: WitnessState, named: number | null): WitnessState {
  const { cosignedSize: cosigned, counts } = state;
  if (named === null || cosigned === null || named >= cosigned) return state;
  const forgot = { named, cosigned };
  return { ...state, forgot, counts: { ...counts, forgot: counts.forgot + 1 } };
}

function nextState(
  state: WitnessState,
  outcome: WitnessOutcome | undefined,
  head: CosignHead,
): WitnessState {
  const { counts } = state;
  switch (outcome?.kind) {
    case 'cosigned':
      return {
        ...state,
        last: 'cosigned',
        claim: null,
        cosignedSize: Math.max(state.cosignedSize ?? 0, head.size),
        cosignedAtSeconds: Math.max(state.cosignedAtSeconds ?? 0, outcome.timestampSeconds),
        counts: { ...counts, cosigned: counts.cosigned + 1 },
      };
    case 'claim': {
      const before = state.claim?.verdict ?? 'unproven';
      return {
        ...state,
        last: 'claim',
        claim: { ...outcome.claim, verdict: before },
        counts: { ...counts, claims: counts.claims + 1 },
      };
    }
    case 'silent':
      // A claim stands until an answer without one: who hangs has taken nothing back.
      return {
        ...state,
        last: outcome.reason,
        counts: { ...counts, silent: counts.silent + 1 },
      };
    default:
      return state;
  }
}
