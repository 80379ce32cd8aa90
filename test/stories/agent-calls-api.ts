import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { lookupNotProven, lookupSentence } from '../../src/client/lookup-words.ts';
import type { Report } from '../e2e/report.ts';
import { runVarve } from '../e2e/serve/asked.ts';
import {
  eventsOf,
  lookUp,
  takeProof,
  verifyAgain,
  verifyFiles,
  withoutPosting,
} from './auditor.ts';
import { Site } from './site.ts';

const TOKEN = 'tok-9f3';
const KEY = `cred:${TOKEN}`;
const AGENT = 'agent-42';
const SECRET_TITLE = 'Refund of order 4411 for Alice';

/**
 * An agent calls a ticketing API through an MCP gateway, which reports each exchange in its own format. Later somebody
 * asks: what was done with this token, who decided that it might, and when?
 */
export async function agentCallsApi(report: Pick<Report, 'check'>, work: string): Promise<void> {
  await Site.play(work, { witnesses: 2 }, (site) => tell(report, site));
}

async function tell(report: Pick<Report, 'check'>, site: Site): Promise<void> {
  const began = Date.now();
  // Two days ago, the gateway says.
  const [first = '', second = '', third = ''] = [0, 70_000, 120_000].map((ms) => {
    return new Date(began - 2 * 86_400_000 + ms).toISOString();
  });
  await report.check('a gateway reports three calls of two tokens', async () => {
    const calls = [
      call({ id: 'call-1', token: TOKEN, at: first, effect: 'allow' }),
      call({ id: 'call-2', token: TOKEN, at: second, effect: 'deny' }),
      call({ id: 'call-3', token: 'tok-other', at: third, effect: 'allow' }),
    ];
    const { appended } = await site.ingest('mcp', calls.join('\n'), { source: 'mcp-gw-1' });
    // An intent and a completion of each that was allowed; of the denied one the intent alone.
    equal(appended, 5);
    const again = await site.ingest('mcp', calls.join('\n'), { source: 'mcp-gw-1' });
    deepEqual([again.appended, again.duplicates], [0, 5]);
    await site.published();
    await site.indexed(KEY, 3);
    return `${appended} entries; sent again, none more`;
  });

  const { result, carried } = await lookUp(site, KEY);
  const events = eventsOf(result);
  const done = events.find(({ event }) => event.phase === 'complete');
  if (done === undefined) throw new Error('no completion was found');
  const files = await takeProof(site, done);

  await report.check('the lookup of the token tells every use, its decision and its time', () => {
    const told = events.map(({ event }) => {
      const { id, phase, decision, outcome, time } = event;
      return [id, phase, decision?.effect, outcome.result, time.occurred];
    });
    deepEqual(told, [
      ['call-1:intent', 'intent', 'allow', 'pending', first],
      ['call-1:complete', 'complete', 'allow', 'success', first],
      ['call-2:intent', 'intent', 'deny', 'denied', second],
    ]);
    const { actor, cred, decision, deleg, tool, res } = done.event;
    equal(actor.id, AGENT);
    deepEqual([cred?.id, cred?.scopes], [TOKEN, ['ticket:create']]);
    deepEqual(decision?.policy, [{ id: 'tickets/create', version: '14' }]);
    equal(deleg?.[0]?.id, 'user-123');
    equal(tool?.name, 'create_ticket');
    equal(res?.[0]?.id, 'TCK-991');
    return lookupSentence(result);
  });

  await report.check('the arguments stand in no leaf, but are committed to', () => {
    for (const { event } of events) ok(!JSON.stringify(event).includes(SECRET_TITLE));
    ok(done.event.sd?.['/tool/args'] !== undefined);
    return undefined;
  });

  await report.check('the command line answers alike, and exits with 0', async () => {
    const args = ['lookup', site.url, KEY, '--policy', site.policyFile, '--json'];
    const { code, stdout } = await runVarve(args);
    const told = JSON.parse(stdout) as { holds: boolean; count: number; grade: string };
    deepEqual([code, told.holds, told.count, told.grade], [0, true, 3, 'claimed']);
    return undefined;
  });

  const absent = await lookUp(site, 'cred:tok-never-used');
  await site.stop();

  await report.check(
    'with nobody serving, the lookup verifies from what was carried home',
    async () => {
      const again = await verifyAgain(carried, site.policy);
      deepEqual(eventsOf(again), events);
      equal(again.completeTo, result.completeTo);
      // Nobody can take a use out of it, not even with its entry.
      await rejects(
        verifyAgain(carried, site.policy, (url, bytes) => withoutPosting(url, bytes, done.index)),
        /index\./,
      );
      const none = await verifyAgain(absent.carried, site.policy);
      equal(eventsOf(none).length, 0);
      match(lookupSentence(none), /^No event has a leaf that carries cred:tok-never-used among/);
      return `complete among the first ${again.completeTo} entries`;
    },
  );

  await report.check('the proof of the call verifies from three files, with its time', async () => {
    const verdict = await verifyFiles(site, files);
    equal(verdict.holds, true);
    equal(verdict.index, done.index);
    ok(verdict.cosignatures.length >= 2);
    const notAfter = Date.parse(verdict.notAfter ?? '');
    ok(notAfter >= began - 1_000 && notAfter <= Date.now() + 1_000, `not after ${notAfter}`);
    writeFileSync(`${files.leaf}.changed`, changed(readFileSync(files.leaf)));
    const lie = await verifyFiles(site, { ...files, leaf: `${files.leaf}.changed` });
    deepEqual([lie.holds, lie.code], [false, 'inclusion.mismatch']);
    return `not after ${verdict.notAfter}; one changed letter is refused`;
  });

  await report.check('it is not proven that the gateway told the truth, or told all', async () => {
    const { notProven } = await verifyFiles(site, files);
    ok(notProven.some((line) => line.includes('what the entry says is true')));
    ok(notProven.some((line) => line.startsWith('when it happened')));
    const unsaid = lookupNotProven(result);
    ok(unsaid.some((line) => line.includes('sources told the truth, or sent all')));
    ok(unsaid.some((line) => line.includes('that the index head is true')));
    // The gateway signed nothing and counted nothing: that it sent every call is its word alone.
    deepEqual([done.sig, done.event.src.seq], [null, undefined]);
    // The claimed time lies two days before the first moment that anybody vouches for: no bound below.
    ok(Date.parse(done.event.time.occurred) < began);
    equal((await verifyFiles(site, files)).notBefore, null);
    return undefined;
  });
}

/** An exchange as the gateway saw it. */
function call(of: {
  readonly id: string;
  readonly token: string;
  readonly at: string;
  readonly effect: 'allow' | 'deny';
}): string {
  const { id, token, at, effect } = of;
  const request = {
    jsonrpc: '2.0',
    id,
    method: 'tools/call',
    params: {
      name: 'create_ticket',
      arguments: { title: SECRET_TITLE },
      _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' },
    },
  };
  const result = {
    jsonrpc: '2.0',
    id,
    result: {
      resultType: 'complete',
      content: [{ type: 'text', text: 'TCK-991' }],
      structuredContent: { id: 'TCK-991' },
      isError: false,
    },
  };
  return JSON.stringify({
    id,
    time: at,
    token: {
      iss: 'https://as.acme.test',
      sub: 'user-123',
      client_id: AGENT,
      jti: token,
      iat: 1_795_166_800,
      exp: 1_795_167_100,
      scope: 'ticket:create',
    },
    decision: {
      effect,
      engine: 'opa',
      policy: [{ id: 'tickets/create', version: '14' }],
      reason: effect === 'allow' ? 'scope ok' : 'rate',
    },
    request,
    ...(effect === 'allow' ? { result } : {}),
  });
}

/** One letter differs. */
function changed(leaf: Uint8Array): Uint8Array {
  const at = new TextDecoder().decode(leaf).indexOf('"allow"');
  const other = leaf.slice();
  other[at + 1] = 0x41;
  return other;
}
