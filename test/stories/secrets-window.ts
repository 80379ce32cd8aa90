import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { lookupSentence } from '../../src/client/lookup-words.ts';
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

const HOUR_MS = 3_600_000;
/** Accessors as Vault tells them: HMACs under the salt of the audit device. */
const ROTATOR = `hmac-sha256:${'b4'.repeat(32)}`;
const READER = `hmac-sha256:${'7c'.repeat(32)}`;
const PASSWORD = 'not-even-vault-says-this-in-clear';

/**
 * Vault reports retrievals and rotations; somebody had approved when they may happen. Which uses of a credential lie
 * outside of its window, and are these all?
 */
export async function secretsWindow(report: Pick<Report, 'check'>, work: string): Promise<void> {
  await Site.play(work, { witnesses: 2 }, (site) => tell(report, site));
}

async function tell(report: Pick<Report, 'check'>, site: Site): Promise<void> {
  const now = Date.now();
  // The reader's window is over, by the clock of Vault; the rotator's has not begun, by anybody's clock.
  const windows = {
    reader: { from: now - 4 * HOUR_MS, to: now - 2 * HOUR_MS },
    rotator: { from: now + HOUR_MS, to: now + 2 * HOUR_MS },
  };

  await report.check('two windows are approved, and Vault reports what was done', async () => {
    await site.submit([
      grant('grant-reader', READER, windows.reader),
      grant('grant-rotator', ROTATOR, windows.rotator),
    ]);
    const { appended } = await site.ingest(
      'vault',
      [
        ...read('r-1', READER, now - 3 * HOUR_MS),
        ...read('r-2', READER, now - 2.5 * HOUR_MS),
        ...read('r-3', READER, now - HOUR_MS), // an hour late
        ...rotation('r-4', ROTATOR, now), // an hour early
      ].join('\n'),
      { source: 'vault-1' },
    );
    equal(appended, 8);
    await site.published();
    await site.indexed(`cred:${READER}`, 7);
    return `${appended} lines of two devices`;
  });

  const reader = await lookUp(site, `cred:${READER}`);
  const rotator = await lookUp(site, `cred:${ROTATOR}`);
  const rotations = await lookUp(site, 'kind:secret.rotate');
  const late = outside(eventsOf(reader.result));
  const early = outside(eventsOf(rotator.result));

  await report.check('one lookup of a credential holds its window and every use of it', () => {
    const kinds = eventsOf(reader.result).map(({ event }) => `${event.kind} ${event.phase}`);
    const oneUse = ['secret.read intent', 'secret.read complete'];
    deepEqual(kinds, ['jit.grant point', ...oneUse, ...oneUse, ...oneUse]);
    deepEqual(
      late.map(({ event }) => event.id),
      ['r-3:request', 'r-3:response'],
    );
    deepEqual(late[0]?.event.res?.[0]?.id, 'secret/data/prod/db');
    return lookupSentence(reader.result);
  });

  await report.check('the rotation outside of its window is found by its kind, too', () => {
    deepEqual(
      eventsOf(rotations.result).map(({ event }) => [event.id, event.cred?.id]),
      [
        ['r-4:request', ROTATOR],
        ['r-4:response', ROTATOR],
      ],
    );
    deepEqual(
      early.map(({ event }) => event.id),
      ['r-4:request', 'r-4:response'],
    );
    return undefined;
  });

  await report.check('no value of a secret stands in a leaf, not even as Vault masked it', () => {
    for (const { event } of eventsOf(reader.result)) {
      ok(!JSON.stringify(event).includes(PASSWORD));
    }
    const response = eventsOf(reader.result).find(({ event }) => event.id === 'r-1:response');
    ok(response?.event.sd?.['/in/response/data'] !== undefined);
    return undefined;
  });

  const [lateUse, earlyUse] = [late[0], early[0]];
  if (lateUse === undefined || earlyUse === undefined) throw new Error('nothing outside was found');
  const proofs = {
    late: await takeProof(site, lateUse),
    early: await takeProof(site, earlyUse),
  };
  await site.stop();

  await report.check('with nobody serving: these are all, and none can be left out', async () => {
    const again = await verifyAgain(reader.carried, site.policy);
    deepEqual(outside(eventsOf(again)), late);
    for (const use of eventsOf(reader.result)) {
      await rejects(
        verifyAgain(reader.carried, site.policy, (url, bytes) =>
          withoutPosting(url, bytes, use.index),
        ),
        /index\./,
        `entry ${use.index} was left out`,
      );
    }
    return `each of ${eventsOf(reader.result).length} entries is missed when it is hidden`;
  });

  await report.check('proven: the rotation was reported before its window began', async () => {
    const { holds, notAfter } = await verifyFiles(site, proofs.early);
    equal(holds, true);
    // Witnesses saw it before the window: whatever Vault's clock said, it was outside.
    ok(Date.parse(notAfter ?? '') < windows.rotator.from, `${notAfter}`);
    return `not after ${notAfter}, the window begins ${new Date(windows.rotator.from).toISOString()}`;
  });

  await report.check(
    'not proven: that the late read was late. Vault says so, and nobody else',
    async () => {
      const { holds, notBefore, notAfter, notProven } = await verifyFiles(site, proofs.late);
      equal(holds, true);
      // No bound below: a Vault cannot name a tree head. It may have been within its window and reported late.
      equal(notBefore, null);
      ok(Date.parse(notAfter ?? '') > windows.reader.to);
      ok(notProven.some((line) => line.startsWith('when it happened')));
      ok(
        Date.parse(lateUse.event.time.occurred) > windows.reader.to,
        'it is a claim of the source',
      );
      // Nor that Vault reports all: it has paths that it does not audit, and no number on its lines.
      equal(lateUse.event.src.seq, undefined);
      equal(lateUse.sig, null);
      return undefined;
    },
  );
}

/** The uses of a credential, by what their source claims, that lie outside of what was approved in the same lookup. */
function outside(events: readonly FoundEvent[]): readonly FoundEvent[] {
  const approved = events.find(({ event }) => event.kind === 'jit.grant')?.event.approval;
  const from = Date.parse(approved?.not_before ?? '');
  const to = Date.parse(approved?.not_after ?? '');
  return events.filter(({ event }) => {
    const at = Date.parse(event.time.occurred);
    return event.kind !== 'jit.grant' && !(at >= from && at <= to);
  });
}

function grant(id: string, accessor: string, window: { from: number; to: number }): object {
  return {
    v: 'nhi.event/1',
    id,
    kind: 'jit.grant',
    phase: 'point',
    tenant: TENANT,
    time: { occurred: timeOf(window.from - HOUR_MS) },
    src: { id: 'approvals', format: 'native' },
    actor: { type: 'service_account', id: 'spiffe://acme.test/approvals' },
    cred: { type: 'vault_token', id: accessor },
    action: { name: 'grant access to prod/db', class: 'admin', privileged: true },
    approval: {
      state: 'granted',
      ticket: 'CHG-2041',
      by: [{ id: 'sub:5hQ2x1', type: 'human', at: timeOf(window.from - HOUR_MS) }],
      not_before: timeOf(window.from),
      not_after: timeOf(window.to),
    },
    outcome: { result: 'success' },
  };
}

function read(id: string, accessor: string, atMs: number): readonly string[] {
  const path = 'secret/data/prod/db';
  return lines(id, accessor, { atMs, operation: 'read', path, mount: 'kv' });
}

function rotation(id: string, accessor: string, atMs: number): readonly string[] {
  const path = 'database/rotate-root/prod-db';
  return lines(id, accessor, { atMs, operation: 'update', path, mount: 'database' });
}

/** The two lines that a Vault writes of one request. */
function lines(
  id: string,
  accessor: string,
  of: { readonly atMs: number; readonly operation: string; readonly path: string; mount: string },
): readonly string[] {
  const { atMs, operation, path, mount } = of;
  const auth = {
    client_token: `hmac-sha256:${'80'.repeat(32)}`,
    accessor,
    display_name: 'approle',
    policy_results: { allowed: true, granting_policies: [{ name: 'billing-ro', type: 'acl' }] },
    entity_id: 'fb3e9a7d-e8a3-96da-d1e0-348622d71a3a',
    token_type: 'service',
  };
  const request = {
    id,
    operation,
    mount_type: mount,
    client_token_accessor: accessor,
    path,
    remote_address: '10.20.8.31',
  };
  const data = { data: { password: PASSWORD }, metadata: { version: 7 } };
  return [
    JSON.stringify({ time: timeOf(atMs), type: 'request', auth, request }),
    JSON.stringify({
      time: timeOf(atMs + 7),
      type: 'response',
      auth,
      request,
      response: { mount_type: mount, data },
    }),
  ];
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
