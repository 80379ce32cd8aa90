import type { CosignRound, CosignTree, WitnessEvidence } from '../core/cosign-round.ts';
import type { NoteSignature } from '../core/note.ts';
import { proveConsistency, readRoot } from '../core/prover.ts';
import { everyQuorumContains, isSatisfied } from '../core/quorum.ts';
import type { TileSource } from '../core/tile-reader.ts';
import type { Cosigner } from './ports.ts';
import type { HeadRow } from './signed-head.ts';

/** What the witnesses are told of the tree. */
export interface WitnessingOptions {
  readonly cosigner: Cosigner;
  /** The integrated tree: a witness may name any size up to it. */
  readonly tiles: TileSource;
  readonly integratedSize: () => number;
  readonly onEvidence: (evidence: WitnessEvidence) => void;
}

/**
 * Collects cosignatures on one head over as many rounds as it takes: a witness that flaps need not answer in the same
 * round as another. (spec/10-witness.md)
 */
export class Witnessing {
  readonly #options: WitnessingOptions;
  readonly #ended: AbortController = new AbortController();
  #head: HeadRow | null = null;
  #lines: Map<string, NoteSignature> = new Map();
  readonly #confirmers: Set<string> = new Set();

  constructor(options: WitnessingOptions) {
    this.#options = options;
  }

  /** One round for a head. The lines of all its rounds; null while they make no quorum. */
  async collect(head: HeadRow): Promise<readonly NoteSignature[] | null> {
    const { cosigner } = this.#options;
    this.#gather(head, await cosigner.collect(head, this.#treeOf(head), this.#ended.signal));
    return this.quorumOf(head);
  }

  /**
   * One round of asking whether a head is the last that was published. True once every quorum holds a witness that
   * answered so since the start. (forks.md, CONFIRMING)
   */
  async confirm(head: HeadRow): Promise<boolean> {
    const { cosigner } = this.#options;
    const round = await cosigner.confirm(head, this.#treeOf(head), this.#ended.signal);
    this.#gather(head, round);
    for (const { kind, name } of round.outcomes)
      if (kind === 'cosigned') this.#confirmers.add(name);
    return round.isConfirmed || everyQuorumContains(cosigner.policy, this.#confirmers);
  }

  /** The witnesses that have not confirmed. */
  get unconfirmed(): readonly string[] {
    const { witnesses } = this.#options.cosigner.policy;
    return witnesses.map(({ name }) => name).filter((name) => !this.#confirmers.has(name));
  }

  /** The lines that a head has by now, whether they make a quorum or not. */
  linesOf(head: HeadRow): readonly NoteSignature[] {
    return this.#head === head ? [...this.#lines.values()] : [];
  }

  /** The lines that a head has by now; null while they make no quorum. */
  quorumOf(head: HeadRow): readonly NoteSignature[] | null {
    const lines = this.linesOf(head);
    const { policy } = this.#options.cosigner;
    const names = policy.witnesses.filter(({ key }) =>
      lines.some(({ name, keyHash }) => name === key.name && keyHash === key.keyHash),
    );
    return isSatisfied(policy, new Set(names.map(({ name }) => name))) ? lines : null;
  }

  /** Ends a round that runs. */
  end(): void {
    this.#ended.abort();
  }

  #gather(head: HeadRow, round: CosignRound): void {
    if (this.#head !== head) {
      this.#head = head;
      this.#lines = new Map();
    }
    for (const line of round.lines) this.#lines.set(`${line.name} ${line.keyHash}`, line);
  }

  #treeOf(head: HeadRow): CosignTree {
    const { tiles, integratedSize, onEvidence } = this.#options;
    return {
      prove: (from) => proveConsistency(tiles, { first: from, second: head.size }),
      rootAt: async (size) => (size <= integratedSize() ? readRoot(tiles, size) : null),
      onEvidence,
    };
  }
}
