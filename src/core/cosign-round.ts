import type { NoteSignature } from './note.ts';

/** A signed head on its way to witnesses. */
export interface CosignHead {
  /** The signed note: text and the log's own line or lines. What else stands in it is sent along, and not needed. */
  readonly note: Uint8Array;
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** What a round asks of the tree whose head is cosigned. */
export interface CosignTree {
  /**
   * Consistency path from `from` to the head. Sizes that were never published are asked for too.
   *
   * @param from  1 ≤ from < size of the head
   */
  prove(from: number): Promise<readonly Uint8Array[]>;
  /** Root of the committed tree at any size, also above the head's; null where the tree has not so many entries. */
  rootAt(size: number): Promise<Uint8Array | null>;
  /** Called when a witness showed evidence, also after the round that asked it: within a timeout of it. */
  onEvidence(evidence: WitnessEvidence): void;
}

/** A head with a valid signature of the log's key that the tree of the log does not contain. Nothing else is evidence. */
export interface WitnessEvidence {
  /** Name in the policy of who showed it. */
  readonly witness: string;
  /** The note as it was served. */
  readonly note: Uint8Array;
  readonly size: number;
  readonly rootHash: Uint8Array;
}

/** What a witness says against a head; nobody signed it. (spec/10-witness.md §6) */
export interface WitnessClaim {
  readonly kind: /** 409 with a size above the head's. */
    | 'larger-size'
    /** 422, though the proof began at the size that the witness named. */
    | 'refused-proof'
    /** 422, though the witness named the size of the head: it has another root there. */
    | 'other-root';
  /** The size that the witness named. */
  readonly size: number;
}

/** What became of a claim: `unproven` until its monitoring endpoint has shown something. */
export type ClaimVerdict = 'evidence' | 'refuted' | 'unproven';

/** Why a witness gave no cosignature, without a claim. */
export type WitnessSilence =
  /** The policy tells no URL. */
  | 'no-url'
  /** It has not answered an earlier round yet. */
  | 'busy'
  /** The round had what it needed before it answered. */
  | 'late'
  | 'timeout'
  | 'unreachable'
  /** A status other than 200 and 409, or 422 to a proof from a size that it never named. */
  | 'status'
  /** 409 once more, to a proof from the size of its first 409. */
  | 'unsettled'
  /** A reply too long, or not what its status promises. */
  | 'malformed'
  /** A line of its key that does not verify. */
  | 'bad-signature'
  /** 200 without a line of its key. */
  | 'no-line';

/** What one witness of the policy did in a round. */
export type WitnessOutcome =
  | {
      readonly kind: 'cosigned';
      readonly name: string;
      /** Verified. */
      readonly line: NoteSignature;
      readonly timestampSeconds: number;
    }
  | { readonly kind: 'claim'; readonly name: string; readonly claim: WitnessClaim }
  | {
      readonly kind: 'silent';
      readonly name: string;
      readonly reason: WitnessSilence;
      /** For people. */
      readonly detail: string;
    };

/** What one round of asking every witness gave. */
export interface CosignRound {
  /** One for each witness of the policy, in its order. */
  readonly outcomes: readonly WitnessOutcome[];
  /** The lines of those that cosigned, verified, in the order of the policy; none twice. */
  readonly lines: readonly NoteSignature[];
  /** They satisfy the quorum of the policy; always true for `quorum none`. */
  readonly isQuorum: boolean;
  /** No quorum can be formed without one of them: no other head was ever published. Never true for `quorum none`. */
  readonly isConfirmed: boolean;
}

/** One witness as the log knows it, for gauges and alerts. */
export interface WitnessState {
  readonly name: string;
  readonly url: string | null;
  /** The size that its next request begins with; null: not known. */
  readonly size: number | null;
  /** What it did last; null before its first answer. */
  readonly last: 'cosigned' | 'claim' | WitnessSilence | null;
  /** Its claim that stands, and what became of it; null after an answer without one. */
  readonly claim: (WitnessClaim & { readonly verdict: ClaimVerdict }) | null;
  /** Largest head that it cosigned since the start, and the newest time it told; null: none. */
  readonly cosignedSize: number | null;
  readonly cosignedAtSeconds: number | null;
  /** The last time that it named a smaller size than it had cosigned since the start; null: it never did. */
  readonly forgot: { readonly named: number; readonly cosigned: number } | null;
  /** Answers since the start. */
  readonly counts: {
    readonly cosigned: number;
    readonly claims: number;
    readonly silent: number;
    /** Times that it named a smaller size than it had cosigned. */
    readonly forgot: number;
  };
}
