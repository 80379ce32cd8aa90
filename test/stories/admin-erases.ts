import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openLogClient } from '../../src/client/client.ts';
import { isTransparencyError } from '../../src/core/error.ts';
import { checkForkProof } from '../../src/core/fork-proof.ts';
import { keysOf } from '../../src/log/rows.ts';
import { openLevelStore } from '../../src/storage/storage.ts';
import type { Report } from '../e2e/report.ts';
import { runVarve } from '../e2e/serve/asked.ts';
import {
  eventsOf,
  type FoundEvent,
  lookUp,
  type ProofFiles,
  takeProof,
  verifyAgain,
  verifyFiles,
} from './auditor.ts';
import { Site, TENANT, until } from './site.ts';

const ADMIN = 'spiffe://acme.test/admin/mallory';
/** The three changes, by kind. */
const CHANGES = ['rbac.change', 'policy.change', 'jit.grant'] as const;

/**
 * An administrator changes RBAC, PAM and JIT policies, and then tries to make it not have happened: by the API, in the
 * store's files, and by putting an older copy of everything in place. Once where nobody watches but an auditor who kept
 * a head, once where witnesses do.
 */
export async function adminErases(report: Pick<Report, 'check'>, work: string): Promise<void> {
  await Site.play(join(work, 'alone'), {}, (site) => tellAlone(report, site));
  await Site.play(join(work, 'watched'), { witnesses: 2 }, (site) => tellWatched(report, site));
}

async function tellAlone(report: Pick<Report, 'check'>, site: Site): Promise<void> {
  await report.check('an administrator changes three policies', async () => {
    await backUp(site);
    await change(site);
    for (const kind of CHANGES) await site.indexed(`kind:${kind}`, 1);
    return CHANGES.join(', ');
  });
  // What the auditor keeps: a head, and the proof of each change.
  const client = openLogClient({ url: site.url, policy: site.policy });
  const kept = await client.checkpoint();
  const found = await Promise.all(CHANGES.map((kind) => lookUp(site, `kind:${kind}`)));
  const changes = found.map(({ result }) => eventsOf(result)[0]) as FoundEvent[];
  const proofs: ProofFiles[] = [];
  for (const one of changes) proofs.push(await takeProof(site, one));

  await report.check('the lookups tell who changed what', () => {
    deepEqual(
      changes.map(({ event }) => [event.kind, event.actor.id, event.action.privileged]),
      CHANGES.map((kind) => [kind, ADMIN, true]),
    );
    return undefined;
  });
  await report.check('no request deletes or replaces an entry', () => byApi(site, changes));
  await report.check('another content under an old id is a leaf of its own', () => {
    return resubmitted(site, changes);
  });
  await report.check(
    'a rewritten row is found by the check of the folder, and halts the log',
    () => {
      return rewritten(site, changes);
    },
  );
  await report.check('an older copy of everything goes on as if nothing had been', async () => {
    await putBack(site);
    // Another history, as long as the one before.
    await site.submit(Array.from({ length: 6 }, (_, i) => harmless(`after-${i}`)));
    const fresh = openLogClient({ url: site.url, policy: site.policy });
    ok((await fresh.checkpoint()).size > kept.size);
    const { result } = await lookUp(site, 'kind:policy.change');
    equal(eventsOf(result).length, 0);
    const { code } = await runVarve(['check', site.url, '--policy', site.policyFile]);
    equal(code, 0);
    return 'NOT caught by a stranger: where nobody watches, only who kept a head can tell';
  });
  await report.check('whoever kept a head has a proof of the fork', async () => {
    const auditor = openLogClient({ url: site.url, policy: site.policy, known: kept.note });
    await rejects(auditor.checkpoint(), (error) => isTransparencyError(error, 'checkpoint.fork'));
    const [conflict] = auditor.conflicts;
    if (conflict?.proof == null) throw new Error('no fork proof');
    await site.stop();
    // By the log's key alone, whoever made the file.
    checkForkProof(conflict.proof, { logKey: auditor.logKey });
    return `a fork proof of ${conflict.proof.length} bytes, checked offline`;
  });
  await report.check('with nobody serving, the erased changes still verify', async () => {
    for (const files of proofs) equal((await verifyFiles(site, files)).holds, true);
    for (const [i, { carried }] of found.entries()) {
      deepEqual(eventsOf(await verifyAgain(carried, site.policy)), [changes[i]]);
    }
    return undefined;
  });
  await report.check(
    'it is not proven to others that the log shows them this history',
    async () => {
      const [first] = proofs;
      if (first === undefined) throw new Error('no proof');
      const { notProven, notAfter } = await verifyFiles(site, first);
      ok(notProven.some((line) => line.includes('that takes witnesses')));
      // Nor when: nobody but the log vouches for a time.
      equal(notAfter, null);
      return undefined;
    },
  );
}

async function tellWatched(report: Pick<Report, 'check'>, site: Site): Promise<void> {
  await backUp(site);
  await change(site);
  const { result, carried } = await lookUp(site, `actor:${ADMIN}`);
  await report.check(
    'where witnesses watch, the older copy publishes nothing, and halts',
    async () => {
      await putBack(site, 'listening');
      const sizeBefore = result.checkpoint.size;
      await until('it is halted', async () => (await site.stand()).kind === 'halted');
      const { reason, publishedSize } = await site.stand();
      ok(publishedSize < sizeBefore);
      const event = JSON.stringify(harmless('after-0'));
      const headers = { 'content-type': 'application/json' };
      const reply = await fetch(`${site.url}/events`, { method: 'POST', headers, body: event });
      equal(reply.status, 503);
      return `halted: ${reason}; submissions are answered with 503`;
    },
  );
  await report.check('what witnesses cosigned verifies offline, with its time', async () => {
    await site.stop();
    const again = await verifyAgain(carried, site.policy);
    deepEqual(
      eventsOf(again).map(({ event }) => event.kind),
      [...CHANGES],
    );
    ok(again.asOfSeconds !== null);
    return `as of ${new Date((again.asOfSeconds ?? 0) * 1000).toISOString()}`;
  });
}

async function byApi(site: Site, changes: readonly FoundEvent[]): Promise<string> {
  const answers: string[] = [];
  for (const { index } of changes) {
    for (const method of ['DELETE', 'PUT', 'PATCH', 'POST']) {
      for (const path of [`entries/${index}`, 'events', 'checkpoint']) {
        if (method === 'POST' && path === 'events') continue;
        const body = JSON.stringify(harmless('other'));
        const headers = { 'content-type': 'application/json' };
        const reply = await fetch(`${site.url}/${path}`, { method, headers, body });
        ok(reply.status === 404 || reply.status === 405, `${method} ${path}: ${reply.status}`);
        answers.push(`${reply.status}`);
        await reply.arrayBuffer();
      }
    }
  }
  return `${answers.length} requests, each answered with ${[...new Set(answers)].join(' or ')}`;
}

async function resubmitted(site: Site, changes: readonly FoundEvent[]): Promise<string> {
  const [first] = changes;
  if (first === undefined) throw new Error('no change');
  const innocent = { ...first.event, action: { name: 'read policy', class: 'read' } };
  const reply = await fetch(`${site.url}/events?wait=published`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(innocent),
  });
  equal(reply.status, 409);
  await reply.arrayBuffer();
  const events = eventsOf((await lookUp(site, `kind:${first.event.kind}`)).result);
  deepEqual(events[0], first);
  equal(events[1]?.recv.conflict, first.index);
  return `409; entry ${events[1]?.index} says that it contradicts entry ${first.index}`;
}

async function rewritten(site: Site, changes: readonly FoundEvent[]): Promise<string> {
  await site.stop();
  const truth = join(site.work, 'truth');
  cpSync(site.dataFolder, truth, { recursive: true });
  const folder = join(site.dataFolder, 'store', TENANT);
  const times = await rewriteRows(folder, ADMIN, ADMIN.replace('mallory', 'nobody!'));
  ok(times > changes.length, 'there was nothing to rewrite');
  const args = ['check', site.dataFolder, '--policy', site.policyFile];
  const { code, stdout, stderr } = await runVarve(args);
  equal(code, 1, stdout);
  await site.start('listening');
  await until('it is halted', async () => (await site.stand()).kind === 'halted');
  const { reason } = await site.stand();
  const reply = await fetch(`${site.url}/entries/${changes[0]?.index}`);
  ok(reply.status !== 200 || !(await reply.text()).includes('nobody!'), 'the lie was served');
  await site.stop();
  rmSync(site.dataFolder, { recursive: true });
  cpSync(truth, site.dataFolder, { recursive: true });
  await site.start();
  return `halted: ${reason}; ${stderr.trim().split('\n').at(-1)}`;
}

/** Puts one text in the place of another, of one length, in every row; how often. */
async function rewriteRows(dir: string, from: string, to: string): Promise<number> {
  const store = await openLevelStore({ dir });
  try {
    let times = 0;
    for (const tag of ['E', 'B']) {
      for (const { key, value } of await store.scan({ ...keysOf(tag), limit: 10_000 })) {
        const changed = Buffer.from(value);
        for (let at = changed.indexOf(from); at >= 0; at = changed.indexOf(from, at)) {
          changed.write(to, at);
          times += 1;
        }
        await store.write({ changes: [{ key, value: changed }], flush: true });
      }
    }
    return times;
  } finally {
    await store.close();
  }
}

/** Some days pass, and a copy of everything is made: keys, guard, store and index. */
async function backUp(site: Site): Promise<void> {
  await site.submit([harmless('before-0'), harmless('before-1')]);
  await site.stop();
  cpSync(site.dataFolder, join(site.work, 'backup'), { recursive: true });
  await site.start();
}

/** The copy in the place of what is there. */
async function putBack(site: Site, waitsUntil: 'ready' | 'listening' = 'ready'): Promise<void> {
  await site.stop();
  const backup = join(site.work, 'backup');
  ok(existsSync(backup));
  rmSync(site.dataFolder, { recursive: true });
  cpSync(backup, site.dataFolder, { recursive: true });
  await site.start(waitsUntil);
}

async function change(site: Site): Promise<void> {
  const pam = {
    ...harmless('pam-1'),
    kind: 'policy.change',
    actor: { type: 'service_account', id: ADMIN },
    action: { name: 'set pam/prod checkout approval to none', class: 'admin', privileged: true },
    res: [{ type: 'policy', id: 'pam/prod' }],
  };
  const jit = {
    ...pam,
    id: 'jit-1',
    kind: 'jit.grant',
    action: { name: 'grant role db-admin', class: 'admin', privileged: true },
    approval: { state: 'granted', by: [{ id: ADMIN, type: 'service_account' }] },
  };
  const { appended } = await site.ingest('kubernetes', JSON.stringify(clusterRoleBinding()));
  equal(appended, 1);
  await site.submit([pam, jit]);
  await site.published();
}

function clusterRoleBinding(): object {
  const at = new Date().toISOString();
  return {
    kind: 'EventList',
    apiVersion: 'audit.k8s.io/v1',
    metadata: {},
    items: [
      {
        level: 'Metadata',
        auditID: '0f6b6f3e-2f0a-4a58-9a87-2d8f8d8b3c11',
        stage: 'ResponseComplete',
        requestURI: '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings',
        verb: 'create',
        user: { username: ADMIN, groups: ['system:authenticated'] },
        sourceIPs: ['10.20.8.31'],
        objectRef: {
          resource: 'clusterrolebindings',
          name: 'mallory-cluster-admin',
          apiGroup: 'rbac.authorization.k8s.io',
          apiVersion: 'v1',
        },
        responseStatus: { code: 201 },
        requestReceivedTimestamp: at,
        stageTimestamp: at,
        annotations: { 'authorization.k8s.io/decision': 'allow' },
      },
    ],
  };
}

function harmless(id: string): object {
  return {
    v: 'nhi.event/1',
    id,
    kind: 'tool.invoke',
    phase: 'complete',
    tenant: TENANT,
    time: { occurred: new Date().toISOString() },
    src: { id: 'admin-console', format: 'native' },
    actor: { type: 'bot', id: 'spiffe://acme.test/bot/housekeeping' },
    action: { name: 'list policies', class: 'read' },
    outcome: { result: 'success' },
  };
}
