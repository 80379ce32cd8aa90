import { generateKeyPairSync, sign } from 'node:crypto';
import type {
  CosignHead,
  CosignRound,
  CosignTree,
  WitnessOutcome,
} from '../../src/core/cosign-round.ts';
import { cosign } from '../../src/core/cosignature.ts';
import { parseNote } from '../../src/core/note.ts';
import { type Policy, parsePolicy } from '../../src/core/policy.ts';
import { everyQuorumContains, isSatisfied } from '../../src/core/quorum.ts';
import { formatVkey, KEY_TYPE, verifierKeyOf } from '../../src/core/vkey.ts';
import type { Cosigner } from '../../src/log/ports.ts';

/** A cosigner whose witnesses do what the test says, with real keys. */
export interface ScriptedCosigner extends Cosigner {
  /** Names of the witnesses that answer; the others are silent. */
  answering: Set<string>;
  /** Sizes of the heads that were offered, in order, by `collect` and `confirm`. */
  readonly offered: { readonly by: 'collect' | 'confirm'; readonly size: number }[];
  /** Called at the next round, with what the log tells its witnesses. */
  onRound: ((tree: CosignTree) => Promise<void>) | null;
}

/** @param quorum `any`, `all`, a number, or `none` */
export function scriptedCosigner(count: number, quorum: string): ScriptedCosigner {
  const names = Array.from({ length: count }, (_, i) => `w${i}`);
  const keys = names.map((name) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const raw = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })).slice(-32);
    return {
      signer: {
        name: `example.org/${name}`,
        ed25519PublicKey: raw,
        sign: (message: Uint8Array) => new Uint8Array(sign(null, message, privateKey)),
      },
      vkey: formatVkey(verifierKeyOf(`example.org/${name}`, KEY_TYPE.cosignature, raw)),
    };
  });
  const lines = names.map(
    (name, i) => `witness ${name} ${keys[i]?.vkey} http://127.0.0.1:1/${name}`,
  );
  const group = quorum === 'none' ? [] : [`group q ${quorum} ${names.join(' ')}`];
  const policy: Policy = parsePolicy(
    [...lines, ...group, `quorum ${quorum === 'none' ? 'none' : 'q'}`, ''].join('\n'),
  );
  let seconds = 1_800_000_000;
  const round = async (
    by: 'collect' | 'confirm',
    head: CosignHead,
    tree: CosignTree,
  ): Promise<CosignRound> => {
    cosigner.offered.push({ by, size: head.size });
    const { onRound } = cosigner;
    cosigner.onRound = null;
    await onRound?.(tree);
    seconds++;
    const { text } = parseNote(head.note);
    const outcomes = names.map((name, i): WitnessOutcome => {
      const key = keys[i];
      if (!cosigner.answering.has(name) || key === undefined) {
        return { kind: 'silent', name, reason: 'timeout', detail: 'scripted' };
      }
      const line = cosign(text, key.signer, seconds);
      return { kind: 'cosigned', name, line, timestampSeconds: seconds };
    });
    const cosigned = outcomes.filter(({ kind }) => kind === 'cosigned').map(({ name }) => name);
    return {
      outcomes,
      lines: outcomes.flatMap((outcome) => (outcome.kind === 'cosigned' ? [outcome.line] : [])),
      isQuorum: isSatisfied(policy, new Set(cosigned)),
      isConfirmed: everyQuorumContains(policy, cosigned),
    };
  };
  const cosigner: ScriptedCosigner = {
    policy,
    states: [],
    answering: new Set(names),
    offered: [],
    onRound: null,
    collect: (head, tree) => round('collect', head, tree),
    confirm: (head, tree) => round('confirm', head, tree),
  };
  return cosigner;
}
