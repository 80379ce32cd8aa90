/**
 * Emitters that were not written here, at a server on a socket: `npm run test:emitters`. OpenTelemetry in JavaScript and
 * Python, directly and through a collector, the CloudEvents SDK, in-toto, JOSE; and chains of CloudTrail digests. Each says what must be in the tree after it.
 */
import { generateKeyPairSync } from 'node:crypto';
import { type EventLeaf, parseLeaf } from '../../src/event/leaf.ts';
import { createApp, limitsOf, listen } from '../../src/http/http.ts';
import { NO_TRUST } from '../../src/ingest/ingest.ts';
import type { Log } from '../../src/log/log.ts';
import { openTestLog } from '../support/test-log.ts';
import { sendTrails } from '../trail/cloudtrail.ts';
import { sendCloudEvents } from './cloudevents.ts';
import { sendThroughCollector } from './collector.ts';
import { sendJose } from './jose.ts';
import { sendOtel } from './otel.ts';
import { sendPython } from './python.ts';

/** What a suite needs: where to send, and what is in the tree since it began. */
export interface Target {
  readonly url: string;
  leaves(): Promise<readonly EventLeaf[]>;
  /** States what must hold. */
  check(holds: boolean, statement: string): void;
}

let passed = 0;
let failed = 0;

const SUITES = [
  ['OpenTelemetry, JavaScript', sendOtel],
  ['OpenTelemetry and in-toto, Python', sendPython],
  ['CloudEvents, JavaScript', sendCloudEvents],
  ['JOSE', sendJose],
] as const;

const jose = generateKeyPairSync('ec', { namedCurve: 'P-256' });

for (const [name, send] of SUITES) {
  const log = await openTestLog({ limits: { poolEntriesMax: 600 } });
  const app = createApp({
    logs: new Map([['main', log]]),
    random: () => 0.5,
    now: Date.now,
    limits: limitsOf(),
    ingestTrust: {
      ...NO_TRUST,
      issuers: new Map([['https://idp.acme.test/', [{ kid: 'k1', key: jose.publicKey }]]]),
    },
  });
  const server = await listen({ app, port: 0, random: () => 0.5 });
  console.log(`== ${name}`);
  try {
    await send(targetOf(`${server.url}/main`, log), { jose });
  } catch (error) {
    report(false, `${name}: ${error instanceof Error ? error.stack : String(error)}`);
  } finally {
    await server.close();
    await log.close();
  }
}
// These need a server as a process: a command asks it, or it is killed.
const PROCESSES = [
  ['CloudTrail digest chains, with a key of the test', sendTrails],
  ['an OpenTelemetry collector in between', sendThroughCollector],
] as const;
for (const [name, send] of PROCESSES) {
  console.log(`== ${name}`);
  try {
    await send({ check: report });
  } catch (error) {
    report(false, `${name}: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 || passed === 0 ? 1 : 0);

function targetOf(url: string, log: Log): Target {
  return {
    url,
    check: report,
    async leaves() {
      const { integratedSize } = log.figures;
      await log.waitPublished(integratedSize, AbortSignal.timeout(10_000));
      const leaves: EventLeaf[] = [];
      for (let i = 0; i < integratedSize; i++) {
        const leaf = parseLeaf(await log.readEntry(i));
        if (leaf.v === 'nhi.leaf/1') leaves.push(leaf);
      }
      return leaves;
    },
  };
}

function report(holds: boolean, statement: string): void {
  if (holds) passed++;
  else failed++;
  console.log(`${holds ? 'ok     ' : 'FAILED '} ${statement}`);
}
