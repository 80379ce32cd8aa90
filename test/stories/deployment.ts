import { deepEqual, equal, ok } from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openLogClient } from '../../src/client/client.ts';
import { lookupSentence } from '../../src/client/lookup-words.ts';
import { base64 } from '../../src/core/base64.ts';
import { canonicalJson } from '../../src/event/canonical.ts';
import { eventDigest } from '../../src/event/event.ts';
import { signatureInput } from '../../src/event/event-signature.ts';
import type { JsonValue } from '../../src/event/strict-json.ts';
import type { Report } from '../e2e/report.ts';
import {
  eventsOf,
  type FoundEvent,
  lookUp,
  takeProof,
  verifyAgain,
  verifyFiles,
  withoutPosting,
} from './auditor.ts';
import { Site, TENANT } from './site.ts';

const RUN = '4382935357';
const DIGEST = 'c0ffee'.padEnd(64, '7');
const PAYLOAD_TYPE = 'application/vnd.in-toto+json';
const TOOL = 'https://actions.github.io/buildtypes/workflow/v1';

/**
 * A deployment: GitHub tells who approved it, an in-toto attestation which tool built it, the deployer signs what it did
 * and names the newest tree head that it saw. Who approved, what ran, under whose signature, and when?
 */
export async function deployment(report: Pick<Report, 'check'>, work: string): Promise<void> {
  const keys = {
    builder: generateKeyPairSync('ed25519'),
    deployer: generateKeyPairSync('ed25519'),
  };
  mkdirSync(work, { recursive: true });
  const emitters = join(work, 'emitters.json');
  writeFileSync(emitters, JSON.stringify({ attesters: ['builder.pem'] }));
  const pem = keys.builder.publicKey.export({ type: 'spki', format: 'pem' });
  writeFileSync(join(work, 'builder.pem'), pem);
  const options = { witnesses: 2, flags: ['--emitter-keys', emitters] };
  await Site.play(work, options, (site) => tell(report, site, keys));
}

interface Keys {
  readonly builder: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  readonly deployer: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
}

async function tell(report: Pick<Report, 'check'>, site: Site, keys: Keys): Promise<void> {
  const envelope = attested(keys.builder.privateKey);
  const beganMs = Date.now();
  const seenFile = join(site.work, 'seen');

  await report.check(
    'GitHub, a builder and a deployer report, each in its own format',
    async () => {
      const github = await site.ingest(
        'github',
        auditLog(beganMs)
          .map((one) => JSON.stringify(one))
          .join('\n'),
      );
      const dsse = await site.ingest('dsse', envelope, { source: 'builder-1' });
      deepEqual([github.appended, dsse.appended], [2, 1]);
      await site.published();
      // The deployer takes the newest head, with its cosignatures, and names it in what it signs.
      const seen = await openLogClient({ url: site.url, policy: site.policy }).checkpoint();
      writeFileSync(seenFile, seen.note);
      const head = {
        size: seen.size,
        root: base64(seen.rootHash),
        note: createHash('sha256').update(seen.note).digest('base64'),
      };
      const honest = deployed('deploy-1', Date.now(), head);
      const backdated = deployed('deploy-2', Date.now() - 86_400_000, head);
      await site.submit(
        [honest, backdated].map((event) => signed(event, keys.deployer.privateKey)),
      );
      await site.indexed(`artifact:sha256:${DIGEST}`, 3);
      return `the deployer had seen ${seen.size} entries`;
    },
  );
  await report.check('an attestation that the builder did not sign is refused', async () => {
    const forged = attested(generateKeyPairSync('ed25519').privateKey);
    const refused = await site.ingest('dsse', forged).catch((error: Error) => error.message);
    ok(String(refused).includes('ingest.bad-signature'), String(refused));
    return undefined;
  });

  const artifact = await lookUp(site, `artifact:sha256:${DIGEST}`);
  const run = await lookUp(site, `res:${RUN}`);
  const [attestation, deploy, backdated] = eventsOf(artifact.result) as [
    FoundEvent,
    FoundEvent,
    FoundEvent,
  ];
  const proofs = {
    attestation: await takeProof(site, attestation),
    deploy: await takeProof(site, deploy),
    backdated: await takeProof(site, backdated),
  };
  const approval = eventsOf(run.result).find(({ event }) => event.kind === 'approval.decide');
  if (approval === undefined) throw new Error('no approval was found');
  const approved = await takeProof(site, approval);
  const approver = approval.event.approval?.by?.[0]?.id ?? '';
  const byApprover = await lookUp(site, `approver:${approver}`);
  await site.stop();

  await report.check(
    'with nobody serving: what was done with the artifact, and no more',
    async () => {
      const events = eventsOf(await verifyAgain(artifact.carried, site.policy));
      deepEqual(
        events.map(({ event }) => [event.kind, event.src.id]),
        [
          ['artifact.attest', 'builder-1'],
          ['deploy.execute', 'deployer'],
          ['deploy.execute', 'deployer'],
        ],
      );
      for (const { index } of events) {
        const less = verifyAgain(artifact.carried, site.policy, (url, bytes) =>
          withoutPosting(url, bytes, index),
        );
        equal(
          await less.then(
            () => 'accepted',
            () => 'refused',
          ),
          'refused',
        );
      }
      return lookupSentence(artifact.result);
    },
  );
  await report.check('who approved it: another than who deployed it', async () => {
    const { event } = approval;
    equal(event.approval?.state, 'granted');
    // A human being is a pseudonym here, the same one in all that GitHub tells.
    ok(approver.startsWith('sub:') && approver === event.actor.id);
    ok(approver !== deploy.event.actor.id);
    ok(!JSON.stringify(event).includes('dana'));
    deepEqual(
      eventsOf(await verifyAgain(byApprover.carried, site.policy)).map(({ index }) => index),
      [approval.index],
    );
    equal((await verifyFiles(site, approved)).holds, true);
    return approver;
  });
  await report.check('which tool built it, under whose signature', async () => {
    const { event } = attestation;
    equal(event.tool?.name, TOOL);
    equal(event.actor.id, 'https://ci.acme.test/runner');
    equal(event.ext?.['nhi.signature'], 'verified');
    // The leaf names the envelope by its digest, and that is signed: nobody need believe the log.
    equal(event.id, `sha256:${createHash('sha256').update(envelope).digest('hex')}`);
    ok(isSignedBy(envelope, keys.builder.publicKey));
    equal((await verifyFiles(site, proofs.attestation)).holds, true);
    return event.id.slice(0, 23);
  });
  await report.check('the deployer signed what it did, and nobody can have changed it', () => {
    equal(isSignedEvent(deploy, keys.deployer.publicKey), true);
    const other = {
      ...deploy,
      event: { ...deploy.event, artifact: { digest: `sha256:${'0'.repeat(64)}` } },
    };
    equal(isSignedEvent(other, keys.deployer.publicKey), false);
    return undefined;
  });
  await report.check('when: a window with both ends, by the witnesses', async () => {
    const verdict = await verifyFiles(site, proofs.deploy, ['--seen', seenFile]);
    const from = Date.parse(verdict.notBefore ?? '');
    const to = Date.parse(verdict.notAfter ?? '');
    ok(from >= beganMs - 1_000 && to <= Date.now() + 1_000 && from <= to, JSON.stringify(verdict));
    equal(verdict.claimed?.isInside, true, JSON.stringify(verdict));
    return `${verdict.notBefore} to ${verdict.notAfter}, ${(to - from) / 1_000} s wide`;
  });
  await report.check('a claim of yesterday lies outside of its window', async () => {
    const verdict = await verifyFiles(site, proofs.backdated, ['--seen', seenFile]);
    deepEqual([verdict.holds, verdict.claimed?.isInside], [true, false]);
    return verdict.claimed?.time;
  });
  await report.check('not proven: when GitHub was told, and that it tells the truth', async () => {
    const verdict = await verifyFiles(site, approved);
    equal(verdict.notBefore, null);
    ok(verdict.notProven.some((line) => line.startsWith('when it happened')));
    // GitHub names no head: with one, the proof is refused rather than believed.
    const wrong = await verifyFiles(site, approved, ['--seen', seenFile]);
    deepEqual([wrong.holds, wrong.code], [false, 'seen.mismatch']);
    // What joins approval and deployment is a number that both claim.
    ok(
      deploy.event.res?.some(({ id }) => id === RUN) &&
        approval.event.res?.some(({ id }) => id === RUN),
    );
    const told = await verifyFiles(site, proofs.deploy, ['--seen', seenFile]);
    ok(told.notProven.some((line) => line.includes('may tell of what was before')));
    return undefined;
  });
}

function auditLog(nowMs: number): readonly object[] {
  const common = { org: 'acme', repo: 'acme/billing', workflow_run_id: Number(RUN) };
  return [
    {
      ...common,
      '@timestamp': nowMs - 60_000,
      _document_id: 'run-created',
      action: 'workflows.created_workflow_run',
      actor: 'release-bot[bot]',
      actor_is_bot: true,
      created_at: nowMs - 60_000,
    },
    {
      ...common,
      '@timestamp': nowMs - 30_000,
      _document_id: 'run-approved',
      action: 'workflows.approve_workflow_job',
      actor: 'dana',
      actor_is_bot: false,
      environment_name: 'production',
      created_at: nowMs - 30_000,
    },
  ];
}

/** An in-toto statement about the artifact, in an envelope. */
function attested(key: KeyObject): string {
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'ghcr.io/acme/billing', digest: { sha256: DIGEST } }],
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: { buildType: TOOL, externalParameters: {}, resolvedDependencies: [] },
      runDetails: {
        builder: { id: 'https://ci.acme.test/runner' },
        metadata: { invocationId: RUN },
      },
    },
  };
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = sign(null, preAuthentication(payload), key).toString('base64');
  return JSON.stringify({
    payloadType: PAYLOAD_TYPE,
    payload: payload.toString('base64'),
    signatures: [{ keyid: '', sig }],
  });
}

function isSignedBy(envelope: string, key: KeyObject): boolean {
  const { payload, signatures } = JSON.parse(envelope) as {
    readonly payload: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
  const message = preAuthentication(Buffer.from(payload, 'base64'));
  return signatures.some(({ sig }) => verify(null, message, key, Buffer.from(sig, 'base64')));
}

function preAuthentication(payload: Buffer): Buffer {
  const head = `DSSEv1 ${PAYLOAD_TYPE.length} ${PAYLOAD_TYPE} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

function deployed(id: string, occurredMs: number, seen: object): object {
  return {
    v: 'nhi.event/1',
    id,
    kind: 'deploy.execute',
    phase: 'complete',
    tenant: TENANT,
    time: { occurred: new Date(occurredMs).toISOString() },
    src: { id: 'deployer', format: 'native' },
    actor: { type: 'ci_job', id: 'spiffe://acme.test/ci/deployer', instance: `run:${RUN}` },
    action: { name: 'deploy to production', class: 'deploy', privileged: true },
    res: [
      { type: 'environment', id: 'acme/billing/production' },
      { type: 'workflow_run', id: RUN },
    ],
    artifact: { digest: `sha256:${DIGEST}`, name: 'ghcr.io/acme/billing' },
    approval: { state: 'granted', id: 'run-approved' },
    ctx: { seen },
    outcome: { result: 'success' },
  };
}

/** The item with the signature of its source over the digest of the event. */
function signed(event: object, key: KeyObject): object {
  const digest = eventDigest(canonicalJson(event as JsonValue));
  const value = sign(null, signatureInput(digest), key).toString('base64');
  return { event, sig: { alg: 'ed25519', kid: 'deployer-2026', value } };
}

function isSignedEvent({ event, sig }: Pick<FoundEvent, 'event' | 'sig'>, key: KeyObject): boolean {
  if (sig === null) return false;
  // An event is JSON, as its type says of each member.
  const digest = eventDigest(canonicalJson(event as unknown as JsonValue));
  return verify(null, signatureInput(digest), key, Buffer.from(sig.value, 'base64'));
}
