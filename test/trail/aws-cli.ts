import { existsSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Ended, run, runWell } from '../e2e/run.ts';
import { BUCKET, type Trail, type TrailDigest, type TrailFile } from '../support/trail.ts';

const VENV = join(import.meta.dirname, '..', '..', '.cache', 'aws-cli');
const PACKAGE = 'awscli==1.44.87';

/** What lies in the bucket of a trail. */
export interface TrailBucket {
  readonly trail: Trail;
  readonly digests: readonly TrailDigest[];
  readonly files: readonly TrailFile[];
}

/**
 * Asks AWS's own judge: `aws cloudtrail validate-logs`, over a bucket and a list of keys that this process serves to it.
 * So what the tests make of a trail is what AWS makes, and what breaks there breaks here.
 */
export async function validateLogs(bucket: TrailBucket, startMs: number): Promise<Ended> {
  const program = join(VENV, 'bin', 'aws');
  if (!existsSync(join(VENV, 'ready'))) {
    await runWell('python3', ['-m', 'venv', VENV], { limitMs: 120_000 });
    const install = ['install', '--quiet', PACKAGE];
    await runWell(join(VENV, 'bin', 'pip'), install, { limitMs: 300_000 });
    writeFileSync(join(VENV, 'ready'), '');
  }
  const server = createServer((request, response) => {
    const { status, headers, body } = answerOf(bucket, request.url ?? '', request.method ?? '');
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const trail = `arn:aws:cloudtrail:eu-west-1:${bucket.trail.account}:trail/trail`;
  const start = new Date(startMs).toISOString();
  try {
    return await run(
      program,
      ['cloudtrail', 'validate-logs', '--trail-arn', trail, '--start-time', start].concat([
        '--s3-bucket',
        BUCKET,
        '--verbose',
      ]),
      {
        env: {
          AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_DEFAULT_REGION: 'eu-west-1',
          AWS_CONFIG_FILE: '/dev/null',
          AWS_EC2_METADATA_DISABLED: 'true',
        },
        limitMs: 60_000,
      },
    );
  } finally {
    server.close();
  }
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** The little of S3 and of CloudTrail that is asked for. */
function answerOf({ trail, digests, files }: TrailBucket, target: string, method: string): Reply {
  const url = new URL(target, 'http://s3');
  if (method === 'POST') return json(trail.publicKeyList);
  if (url.searchParams.has('location')) {
    return xml('<LocationConstraint>eu-west-1</LocationConstraint>');
  }
  const key = decodeURIComponent(url.pathname).replace(`/${BUCKET}`, '').replace(/^\//, '');
  if (key === '') {
    const after = url.searchParams.get('marker') ?? '';
    const keys = [...digests, ...files].map(({ object }) => object).filter((one) => one > after);
    const items = [...new Set(keys)].sort().map((one) => `<Contents><Key>${one}</Key></Contents>`);
    return xml(
      `<ListBucketResult><IsTruncated>false</IsTruncated>${items.join('')}</ListBucketResult>`,
    );
  }
  const digest = digests.find(({ object }) => object === key);
  const found = digest ?? files.find(({ object }) => object === key);
  if (found === undefined) return { ...xml('<Error><Code>NoSuchKey</Code></Error>'), status: 404 };
  const headers: Record<string, string> =
    digest === undefined
      ? {}
      : {
          'x-amz-meta-signature': digest.signature,
          'x-amz-meta-signature-algorithm': 'SHA256withRSA',
        };
  return { status: 200, headers, body: gzipSync(found.bytes) };
}

function json(value: object): Reply {
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  return { status: 200, headers, body: JSON.stringify(value) };
}

function xml(text: string): Reply {
  const body = `<?xml version="1.0" encoding="UTF-8"?>${text}`;
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}
