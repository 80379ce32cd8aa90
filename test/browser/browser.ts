import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { openSuite } from '../e2e/suite.ts';
import { listen, stop } from '../foreign/lying-proxy.ts';
import { bundleForBrowser } from './bundle.ts';
import { startChromium } from './chromium.ts';
import type { GoVectors, PageInput, PageResult } from './page.ts';

const VECTORS = join(import.meta.dirname, '..', '..', 'spec', 'vectors');
/** Everything that a hostile page would want is off; the page may load its one module and its data from here alone. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; " +
  "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/** How many checks of each kind must have run in the page. */
const LEAST: Readonly<Record<string, number>> = {
  'no Node in the page': 4,
  'roots of the Go libraries': 86,
  'inclusion proofs of the Go libraries': 673,
  'consistency proofs of the Go libraries': 777,
  'checkpoint, cosignature and policy': 2,
  'tree head of RFC 6962': 1,
  'proof files': 3,
  events: 6,
  'invalid events': 40,
};

const { report, folder: profile, play } = openSuite('browser');
await play(async () => {
  const bundle = await bundleForBrowser(join(import.meta.dirname, 'page.ts'));
  await report.check('the bundle for browsers names no module of Node', () => {
    const wrong = bundle.sources.filter((path) => path.endsWith('.node.ts'));
    const named = /(?:from|import|require)\s*\(?\s*["']node:[a-z/]+["']/.exec(bundle.code);
    if (wrong.length > 0 || named !== null) throw new Error([...wrong, named?.[0]].join(' '));
    return `${bundle.sources.length} modules, ${bundle.code.length} bytes`;
  });
  await report.check('the bundle for browsers goes through the noble doors', () => {
    const doors = bundle.sources.filter((path) => path.endsWith('.noble.ts'));
    if (doors.length !== 2) throw new Error(doors.join(' '));
    return undefined;
  });
  await inPage(bundle.code, readInput());
});

async function inPage(code: string, input: PageInput): Promise<void> {
  const files: Readonly<Record<string, readonly [string, string]>> = {
    '/': [
      'text/html; charset=utf-8',
      '<!doctype html><title>Varve</title><script type="module" src="/main.js"></script>',
    ],
    '/main.js': [
      'text/javascript; charset=utf-8',
      "import { checkInPage } from '/page.js'; globalThis.checkInPage = checkInPage;",
    ],
    '/page.js': ['text/javascript; charset=utf-8', code],
    '/input.json': ['application/json', JSON.stringify(input)],
  };
  const server = createServer((request, response) => {
    const file = files[request.url ?? ''];
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': file?.[0] ?? 'text/plain',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
    });
    response.end(file?.[1]);
  });
  const url = await listen(server);
  const browser = await startChromium(profile);
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('favicon')) errors.push(line.text());
    });
    await page.goto(url);
    await page.waitForFunction('typeof globalThis.checkInPage === "function"');
    const results = await page.evaluate<readonly PageResult[]>(
      'fetch("/input.json").then((reply) => reply.json()).then((input) => globalThis.checkInPage(input))',
    );
    for (const result of results) tell(result);
    const missing = Object.keys(LEAST).filter((name) => !results.some((one) => one.name === name));
    for (const name of missing) report.fail(name, 'did not run');
    await report.check('the page was silent', () => {
      const real = errors.filter((text) => !text.includes('404'));
      if (real.length > 0) throw new Error(real.join('; '));
      return undefined;
    });
    await report.check('the browser is a real one', async () => {
      const agent = await page.evaluate<string>('navigator.userAgent');
      if (!/Chrom/.test(agent)) throw new Error(agent);
      return /Chrom\S+/.exec(agent)?.[0];
    });
  } finally {
    await browser.close();
    await stop(server);
  }
}

function tell(result: PageResult): void {
  const least = LEAST[result.name] ?? 1;
  if (result.checked < least) {
    report.fail(result.name, `checked ${result.checked}, want ${least}`);
  } else if (result.failures.length > 0) {
    report.fail(
      result.name,
      `${result.failures.length}: ${result.failures.slice(0, 3).join('; ')}`,
    );
  } else {
    report.pass(result.name, `${result.checked} checked in the page`);
  }
}

function readInput(): PageInput {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(VECTORS, name), 'utf8'));
  // The files are our own, and a wrong shape fails the checks.
  const go = read('go-reference-vectors.json') as GoVectors;
  const valid = read('event-valid.json') as readonly { event: unknown; digest: string }[];
  const invalid = read('event-invalid.json') as readonly { event: unknown; code: string }[];
  return {
    go,
    events: valid.map(({ event, digest }) => ({ json: JSON.stringify(event), digest })),
    invalidEvents: invalid.map(({ event, code }) => ({ json: JSON.stringify(event), code })),
  };
}
