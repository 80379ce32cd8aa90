import type { DigestFacts } from './digest-facts.ts';
import type { DigestFinding } from './digest-report.ts';

/** One digest file, however often and under whatever signatures it came. */
export interface Digest extends DigestFacts {
  /** The same file under signatures that its key did not make, beside the one that it did. */
  readonly otherSignatures: readonly DigestFacts[];
}

/** Each digest file once, with the best that was said of its signature, the oldest first. */
export function digestsOf(claims: readonly DigestFacts[]): readonly Digest[] {
  const byDigest = new Map<string, DigestFacts[]>();
  for (const claim of claims) {
    byDigest.set(claim.digest, [...(byDigest.get(claim.digest) ?? []), claim]);
  }
  const digests = [...byDigest.values()].flatMap((same) => {
    const [best, ...others] = [...same].sort((a, b) => RANK[a.result] - RANK[b.result]);
    if (best === undefined) return [];
    return [{ ...best, otherSignatures: others.filter(({ result }) => result === 'broken') }];
  });
  return digests.sort((a, b) => a.endMs - b.endMs || (a.indices[0] ?? 0) - (b.indices[0] ?? 0));
}

/** Digests whose signature is not broken: what they say counts. */
export function soundOf(digests: readonly Digest[]): readonly Digest[] {
  return digests.filter(({ result }) => result !== 'broken');
}

const RANK = { verified: 0, unverified: 1, broken: 2 } as const;

/**
 * Where one chain of digests breaks. Digests are held to each other by what they name and not by when they came: one
 * that arrives late is no break, and once it is there none is left.
 *
 * @param chain  digests of one chain, the oldest first
 */
export function chainFindings(chain: readonly Digest[]): readonly DigestFinding[] {
  const sound = soundOf(chain);
  const findings: DigestFinding[] = [...signatureFindings(chain), ...forks(sound)];
  const places = {
    byDigest: new Map(chain.map((one) => [one.digest, one])),
    byObject: new Map(chain.map((one) => [one.object, one])),
  };
  for (const [i, digest] of sound.entries()) {
    if (digest.fileCount > digest.files.length) {
      const what = `${digest.object} lists ${digest.fileCount} files, and its leaves name ${digest.files.length}`;
      findings.push({ rule: 'listing', evidence: digest.indices, what });
    }
    const link = linkFinding(digest, sound[i - 1], places);
    if (link !== null) findings.push(link);
  }
  return findings;
}

/** The digests of a chain by what others name them. */
interface Places {
  readonly byDigest: ReadonlyMap<string, Digest>;
  readonly byObject: ReadonlyMap<string, Digest>;
}

function* signatureFindings(chain: readonly Digest[]): Generator<DigestFinding> {
  const unverified = new Map<string, Digest[]>();
  for (const digest of chain) {
    const broken = [...(digest.result === 'broken' ? [digest] : []), ...digest.otherSignatures];
    for (const { indices, object, fingerprint } of broken) {
      const what = `${object}: key ${fingerprint} did not sign this: it was altered, or signed by another key`;
      yield { rule: 'bad-signature', evidence: indices, what };
    }
    if (digest.result !== 'unverified') continue;
    const why =
      digest.signature === null
        ? 'came without a signature'
        : `name key ${digest.fingerprint}, which nobody made known`;
    unverified.set(why, [...(unverified.get(why) ?? []), digest]);
  }
  for (const [why, digests] of unverified) {
    const evidence = digests.flatMap(({ indices }) => indices.slice(0, 1));
    yield { rule: 'unverified', evidence, what: `${digests.length} digests ${why}` };
  }
}

/** Two that follow the same one, or have the same place: one signer told two histories. */
function* forks(sound: readonly Digest[]): Generator<DigestFinding> {
  const seen = new Map<string, Digest>();
  for (const digest of sound) {
    const { previous, object } = digest;
    const roles = [object, ...(previous === null ? [] : [`after ${previous.digest}`])];
    const other = roles.map((role) => seen.get(role)).find((one) => one !== undefined);
    for (const role of roles) if (!seen.has(role)) seen.set(role, digest);
    if (other === undefined) continue;
    const evidence = [...other.indices.slice(0, 1), ...digest.indices.slice(0, 1)];
    const what =
      other.object === object
        ? `two digests are ${object}: ${other.digest}, ${digest.digest}`
        : `two digests follow the same one: ${other.object}, ${object}`;
    yield { rule: 'fork', evidence, what };
  }
}

/**
 * What is wrong with the way in which a digest names the one before it.
 *
 * @param older  the one before it in time; undefined: it is the oldest that came, and what it follows may never have
 *   been sent
 */
function linkFinding(
  digest: Digest,
  older: Digest | undefined,
  { byDigest, byObject }: Places,
): DigestFinding | null {
  const { previous, object, indices } = digest;
  const evidence = indices.slice(0, 1);
  if (previous === null) {
    if (older === undefined) return null;
    const what = `${object} begins the chain anew: nothing vouches for the time after ${older.endTime}`;
    return { rule: 'new-chain', evidence: [...older.indices.slice(0, 1), ...evidence], what };
  }
  const before = byDigest.get(previous.digest);
  if (before !== undefined) return pairFinding(digest, before, previous.signature);
  const place = byObject.get(previous.object ?? '');
  if (place !== undefined) {
    const what = `${object} names ${previous.digest} as ${place.object}, and another file came as that`;
    return { rule: 'previous-hash', evidence: [...place.indices.slice(0, 1), ...evidence], what };
  }
  if (older === undefined) return null;
  const what = `${previous.object ?? previous.digest} never came, and ${object} follows it`;
  return { rule: 'missing-digest', evidence, what };
}

function pairFinding(
  digest: Digest,
  before: Digest,
  previousSignature: string | null,
): DigestFinding | null {
  const evidence = [...before.indices.slice(0, 1), ...digest.indices.slice(0, 1)];
  const signatures = [before, ...before.otherSignatures].map(({ signature }) => signature);
  const isSigned = before.signature !== null;
  if (isSigned && previousSignature?.toLowerCase() !== before.signature?.toLowerCase()) {
    const known = signatures.some((one) => one?.toLowerCase() === previousSignature?.toLowerCase());
    const what = `${digest.object} names ${known ? 'a signature that does not hold' : 'another signature'} of ${before.object}`;
    return { rule: 'previous-signature', evidence, what };
  }
  const { startMs } = digest;
  if (startMs === null || startMs === before.endMs || digest.chain.endsWith('_backfill')) {
    return null;
  }
  const what = `${before.object} ends at ${before.endTime}, and ${digest.object} begins at ${new Date(startMs).toISOString()}`;
  return { rule: 'uncovered-time', evidence, what };
}
