import { describe, expect, it, vi } from 'vitest';
import {
  createWitnessCosigner,
  type WitnessCosigner,
  type WitnessCosignerOptions,
} from '../../src/client/witness-client.ts';
import { formatNamedSize, originHash, SIZE_CONTENT_TYPE } from '../../src/core/add-checkpoint.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { openCheckpoint } from '../../src/core/checkpoint.ts';
import type { CosignHead, CosignTree, WitnessEvidence } from '../../src/core/cosign-round.ts';
import { mlDsa44Cosigner, verifyMlDsa44 } from '../../src/core/ml-dsa.ts';
import { formatNote, formatSignatureLine, parseNote } from '../../src/core/note.ts';
import { parsePolicy } from '../../src/core/policy.ts';
import { formatVkey, type VerifierKey } from '../../src/core/vkey.ts';
import type { Cosigner } from '../../src/log/ports.ts';
import { type SignedLog, signedLog } from '../support/signed-log.ts';
import { type TestWitness, testWitness, testWitnessKey } from '../support/test-witness.ts';

const log = signedLog('client');
const NEVER = new AbortController().signal;
const URLS = ['a', 'b', 'c'].map((name) => `http://${name}.test/w`);

type Handler = (request: Request) => Promise<Response> | Response;

/** Three witnesses, each honest until a test puts another handler in its place. */
interface Scene {
  readonly witnesses: readonly TestWitness[];
  readonly handlers: Handler[];
  /** Requests that each was sent, as `METHOD path`. */
  readonly asked: string[][];
  readonly evidence: WitnessEvidence[];
  /** Sizes that proofs were asked from. */
  readonly proved: number[];
  readonly cosigner: WitnessCosigner;
  tree(size: number, of?: SignedLog): CosignTree;
  collect(size: number, of?: SignedLog): ReturnType<WitnessCosigner['collect']>;
  confirm(size: number, of?: SignedLog): ReturnType<WitnessCosigner['collect']>;
}

async function scene(
  quorum = 'group q 2 a b c\nquorum q',
  options: Partial<WitnessCosignerOptions> = {},
): Promise<Scene> {
  const witnesses = ['a', 'b', 'c'].map((name) => testWitness(`${name}.test`));
  for (const witness of witnesses) await witness.add(log);
  const handlers: Handler[] = witnesses.map((one) => async (request) => {
    return await one.app.request(new URL(request.url).pathname.slice(2), request);
  });
  const lines = witnesses.map(
    ({ key }, i) => `witness ${'abc'[i]} ${formatVkey(key.key)} ${URLS[i]}`,
  );
  const policy = parsePolicy(`log ${log.vkey}\n${lines.join('\n')}\n${quorum}\n`);
  const asked: string[][] = [[], [], []];
  const one: Scene = {
    witnesses,
    handlers,
    asked,
    evidence: [],
    proved: [],
    cosigner: createWitnessCosigner({
      policy,
      logKey: log.key,
      timeoutMs: 1_000,
      graceMs: 50,
      fetch: async (url, init) => {
        const i = URLS.findIndex((prefix) => url.startsWith(prefix));
        const request = new Request(url, init);
        asked[i]?.push(`${request.method} ${new URL(url).pathname.slice(2)}`);
        // As the global one does: it rejects when its signal aborts, whatever the other side does.
        return await new Promise<Response>((resolve, reject) => {
          init.signal?.addEventListener('abort', () => reject(init.signal?.reason));
          Promise.resolve(handlers[i]?.(request)).then(
            (answer) => answer && resolve(answer),
            reject,
          );
        });
      },
      ...options,
    }),
    tree: (size, of = log) => ({
      async prove(from) {
        one.proved.push(from);
        return of.proof(from, size);
      },
      rootAt: async (at) => (at <= size ? of.root(at) : null),
      onEvidence: (found) => one.evidence.push(found),
    }),
    collect: (size, of = log) => one.cosigner.collect(headOf(of, size), one.tree(size, of), NEVER),
    confirm: (size, of = log) => one.cosigner.confirm(headOf(of, size), one.tree(size, of), NEVER),
  };
  return one;
}

function headOf(of: SignedLog, size: number): CosignHead {
  return { note: of.note(size), size, rootHash: of.root(size) };
}

function kinds(round: Awaited<ReturnType<WitnessCosigner['collect']>>): readonly string[] {
  return round.outcomes.map((one) => (one.kind === 'silent' ? one.reason : one.kind));
}

function sized(size: number): Response {
  const headers = { 'Content-Type': SIZE_CONTENT_TYPE };
  return new Response(new Uint8Array(formatNamedSize(size)), { status: 409, headers });
}

const hangs: Handler = () => new Promise<Response>(() => {});
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));

describe('createWitnessCosigner', () => {
  it('is the port of the log', async () => {
    const port: Cosigner = (await scene()).cosigner;
    expect(port.states.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('collects lines that make a checkpoint of the policy', async () => {
    const { cosigner, collect } = await scene('group q all a b c\nquorum q');
    const round = await collect(5);
    expect(round).toMatchObject({ isQuorum: true, isConfirmed: true });
    const { text, signatures } = parseNote(log.note(5));
    const note = formatNote({ text, signatures: [...signatures, ...round.lines] });
    const { policy } = cosigner;
    const opened = openCheckpoint(note, { logKey: log.key, policy });
    expect(opened.cosignatures.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('remembers sizes, so that each further head takes one request', async () => {
    const { collect, asked, proved } = await scene('group q all a b c\nquorum q');
    await collect(0);
    for (const size of [1, 5, 5, 8, 700]) await collect(size);
    expect(asked.map(({ length }) => length)).toEqual([6, 6, 6]);
    expect(proved).toEqual([1, 1, 1, 5, 5, 5, 8, 8, 8]);
  });

  it('repairs one 409 with a proof from the size it names, published or not', async () => {
    const { collect, asked, proved, witnesses } = await scene('group q all a b c\nquorum q');
    await witnesses[1]?.post(log.request(0, 3));
    await witnesses[2]?.post(log.request(0, 9));
    const round = await collect(9);
    expect(kinds(round)).toEqual(['cosigned', 'cosigned', 'cosigned']);
    expect(asked.map(({ length }) => length)).toEqual([1, 2, 2]);
    expect(proved).toEqual([3]);
  });

  it('repairs a 409 below what the witness itself had cosigned, and tells that it forgot', async () => {
    const one = await scene();
    await one.collect(6);
    expect(one.cosigner.states[1]).toMatchObject({ forgot: null, counts: { forgot: 0 } });
    // Another witness with the same key, which has seen less: a folder that was restored.
    const younger = testWitness('b.test');
    await younger.add(log);
    await younger.post(log.request(0, 4));
    one.handlers[1] = async (request) => {
      return await younger.app.request(new URL(request.url).pathname.slice(2), request);
    };
    expect(kinds(await one.collect(9))).toEqual(['cosigned', 'cosigned', 'cosigned']);
    expect(one.cosigner.states[1]).toMatchObject({
      size: 9,
      cosignedSize: 9,
      forgot: { named: 4, cosigned: 6 },
      counts: { cosigned: 2, forgot: 1 },
    });
    await one.collect(9);
    expect(one.cosigner.states.map(({ counts }) => counts.forgot)).toEqual([0, 1, 0]);
  });

  it('looks into a claim where the witness is monitored, if that is elsewhere', async () => {
    const shown: string[] = [];
    const handlers = (url: string): Response =>
      url.endsWith('/add-checkpoint') ? sized(700) : new Response('none', { status: 404 });
    const one = await scene('quorum none', {
      monitoringUrls: new Map([['b', 'https://mon.test/b/']]),
      fetch: async (url) => {
        shown.push(url);
        return handlers(url);
      },
    });
    await one.collect(9);
    const path = `${originHash(log.origin)}/checkpoint`;
    await vi.waitFor(() => expect(shown).toContain(`https://mon.test/b/${path}`));
    expect(shown).toContain(`${URLS[0]}/${path}`);
    expect(shown).not.toContain(`${URLS[1]}/${path}`);
  });

  it('gives up on a witness that names another size after the repair', async () => {
    const one = await scene();
    let size = 2;
    one.handlers[2] = () => {
      size = 5 - size;
      return sized(size);
    };
    expect(kinds(await one.collect(9))).toEqual(['cosigned', 'cosigned', 'unsettled']);
    expect(one.asked[2]).toHaveLength(2);
  });

  it.each<[string, Handler, string]>([
    ['answers 500', () => new Response('oops', { status: 500 }), 'status'],
    ['answers 422 to old size 0', () => new Response('no', { status: 422 }), 'status'],
    ['answers 404', () => new Response('who?', { status: 404 }), 'status'],
    [
      'redirects',
      () => new Response(null, { status: 307, headers: { Location: 'http://x.test' } }),
      'status',
    ],
    ['answers 409 without the type', () => new Response('3\n', { status: 409 }), 'malformed'],
    [
      'answers 409 and no size',
      () =>
        new Response('three\n', { status: 409, headers: { 'Content-Type': SIZE_CONTENT_TYPE } }),
      'malformed',
    ],
    ['answers 409 with the old size itself', () => sized(0), 'unsettled'],
    ['answers nothing', () => new Response(''), 'malformed'],
    ['answers a web page', () => new Response('<html>'), 'malformed'],
    [
      'answers bytes that are no text',
      () => new Response(new Uint8Array([0xff, 0x0a])),
      'malformed',
    ],
    ['answers without end', () => new Response(endless()), 'malformed'],
    ['answers very slowly', () => new Response(trickling()), 'timeout'],
    ['hangs', hangs, 'timeout'],
    ['is down', () => Promise.reject(new TypeError('fetch failed')), 'unreachable'],
    ['cosigns with another key', () => new Response(lineOf(9, 'stranger.test')), 'no-line'],
    ['cosigns another head', () => new Response(lineOf(8, 'c.test')), 'bad-signature'],
    ['says the same line twice', () => new Response(lineOf(9, 'c.test').repeat(2)), 'malformed'],
  ])('goes on without a witness that %s', async (_name, handler, reason) => {
    const one = await scene('group q all a b c\nquorum q');
    one.handlers[2] = handler;
    const round = await one.collect(9);
    expect(kinds(round)).toEqual(['cosigned', 'cosigned', reason]);
    expect(round).toMatchObject({ isQuorum: false, isConfirmed: true });
    expect(one.cosigner.states[2]).toMatchObject({ last: reason, counts: { silent: 1 } });
    expect(one.evidence).toEqual([]);
  });

  it('takes the line of its key out of several', async () => {
    const one = await scene('quorum c');
    one.handlers[2] = () => {
      const others = ['x.test', 'y.test', 'a.test'].map((name) => lineOf(8, name)).join('');
      return new Response(`${others}${lineOf(9, 'c.test')}`);
    };
    const round = await one.collect(9);
    expect(round.outcomes[2]).toMatchObject({ kind: 'cosigned', name: 'c', timestampSeconds: 77 });
    expect(round.lines.map(({ name }) => name)).toContain('c.test');
  });

  it('does not wait for a witness that hangs once the quorum holds, and leaves it alone until it answers', async () => {
    const one = await scene('group q 2 a b c\nquorum q', { timeoutMs: 10_000 });
    const honest = one.handlers[2] as Handler;
    let release = (): void => {};
    one.handlers[2] = async (request) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return await honest(request);
    };
    const began = performance.now();
    expect(kinds(await one.collect(5))).toEqual(['cosigned', 'cosigned', 'late']);
    expect(kinds(await one.collect(6))).toEqual(['cosigned', 'cosigned', 'busy']);
    expect(performance.now() - began).toBeLessThan(2_000);
    release();
    await vi.waitFor(() => {
      const state = { last: 'cosigned', size: 5, cosignedSize: 5 };
      expect(one.cosigner.states[2]).toMatchObject(state);
    });
    one.handlers[2] = honest;
    expect(kinds(await one.collect(7))).toEqual(['cosigned', 'cosigned', 'cosigned']);
    expect(one.proved.slice(-3).sort()).toEqual([5, 6, 6]);
  });

  it('ends when its signal aborts', async () => {
    const one = await scene();
    one.handlers.fill(hangs);
    const stop = new AbortController();
    const round = one.cosigner.collect(headOf(log, 5), one.tree(5), stop.signal);
    stop.abort(new Error('closing'));
    await expect(round).rejects.toThrow('closing');
    const after = one.cosigner.collect(headOf(log, 5), one.tree(5), stop.signal);
    await expect(after).rejects.toThrow('closing');
  });

  it('fails when the log cannot prove its own tree', async () => {
    const one = await scene('group q all a b c\nquorum q');
    await one.collect(5);
    const tree = { ...one.tree(6), prove: () => Promise.reject(new Error('disk')) };
    await expect(one.cosigner.collect(headOf(log, 6), tree, NEVER)).rejects.toThrow('disk');
  });

  it('waits for nobody where no quorum is asked for', async () => {
    const one = await scene('quorum none', { timeoutMs: 10_000 });
    one.handlers.fill(hangs);
    const round = await one.collect(5);
    expect(round).toMatchObject({ isQuorum: true, isConfirmed: false, lines: [] });
  });

  it('asks one URL once for all keys that it stands for', async () => {
    const seed = new Uint8Array(32).fill(5);
    const keys = [testWitnessKey('two.test'), mlDsa44Cosigner('two.test', seed)];
    const witness = testWitness('two.test', { keys });
    await witness.add(log);
    const policyOf = (of: readonly { readonly key: VerifierKey }[]): string => {
      const lines = of.map(({ key }, i) => `witness w${i} ${formatVkey(key)} http://two.test/`);
      return `${lines.join('\n')}\ngroup q all w0 w1\nquorum q\n`;
    };
    let requests = 0;
    const options = {
      policy: parsePolicy(policyOf(keys)),
      logKey: log.key,
      fetch: async (url: string, init: RequestInit) => {
        requests += 1;
        return await witness.app.request(url, init);
      },
    };
    const { tree } = await scene();
    const blind = createWitnessCosigner(options);
    const seeing = createWitnessCosigner({ ...options, mlDsa44: verifyMlDsa44 });
    expect(kinds(await blind.collect(headOf(log, 4), tree(4), NEVER))).toEqual([
      'cosigned',
      'no-line',
    ]);
    const round = await seeing.collect(headOf(log, 6), tree(6), NEVER);
    expect(kinds(round)).toEqual(['cosigned', 'cosigned']);
    expect(round.isQuorum).toBe(true);
    expect(requests).toBe(3);
  });

  it('asks nobody without a URL', async () => {
    const vkey = formatVkey(testWitnessKey('a.test').key);
    const policy = parsePolicy(`witness a ${vkey}\nquorum a\n`);
    const cosigner = createWitnessCosigner({ policy, logKey: log.key, fetch: hangsFetch });
    const { tree } = await scene();
    expect(kinds(await cosigner.collect(headOf(log, 4), tree(4), NEVER))).toEqual(['no-url']);
    expect(cosigner.states).toMatchObject([{ name: 'a', url: null, last: null }]);
  });

  it('refuses a policy whose URLs are of another kind', () => {
    const vkey = formatVkey(testWitnessKey('a.test').key);
    const policy = parsePolicy(`witness a ${vkey} ftp://a.test\nquorum a\n`);
    const make = (): unknown =>
      createWitnessCosigner({ policy, logKey: log.key, fetch: hangsFetch });
    expect(make).toThrow(/policy.malformed/);
  });
});

describe('confirm', () => {
  it('ends as soon as no quorum can do without one that confirmed', async () => {
    const one = await scene('group q 2 a b c\nquorum q', { timeoutMs: 10_000 });
    for (const witness of one.witnesses) await witness.post(log.request(0, 9));
    one.handlers[0] = hangs;
    const round = await one.confirm(9);
    expect(kinds(round)).toEqual(['late', 'cosigned', 'cosigned']);
    expect(round).toMatchObject({ isConfirmed: true, isQuorum: true });
    // They stand at the head already: nothing has to be named or proven.
    expect(one.asked.slice(1).map(({ length }) => length)).toEqual([1, 1]);
    expect(one.proved).toEqual([]);
  });

  it('needs two of three where the quorum is two', async () => {
    const one = await scene();
    one.handlers[0] = hangs;
    one.handlers[1] = hangs;
    expect(await one.confirm(9)).toMatchObject({ isConfirmed: false, isQuorum: false });
  });

  it('repairs a 409 below the head', async () => {
    const one = await scene('quorum a');
    await one.witnesses[0]?.post(log.request(0, 4));
    expect(await one.confirm(9)).toMatchObject({ isConfirmed: true });
    expect(one.proved).toContain(4);
  });
});

describe('a claim', () => {
  const monitored = `GET /${originHash(log.origin)}/checkpoint`;

  it.each<[string, Handler, object]>([
    ['names a larger size', () => sized(2 ** 53 - 1), { kind: 'larger-size', size: 2 ** 53 - 1 }],
    [
      'refuses the proof from the size it named',
      async (request) =>
        (await sizeIn(request)) === 0 ? sized(3) : new Response('no', { status: 422 }),
      { kind: 'refused-proof', size: 3 },
    ],
    [
      'refuses the head of the size it named',
      async (request) =>
        (await sizeIn(request)) === 0 ? sized(9) : new Response('no', { status: 422 }),
      { kind: 'other-root', size: 9 },
    ],
  ])('of a witness that %s leaves it out, and is looked into', async (_name, handler, claim) => {
    const one = await scene();
    one.handlers[2] = async (request) => {
      return request.method === 'GET'
        ? new Response('none', { status: 404 })
        : await handler(request);
    };
    const round = await one.collect(9);
    expect(round.isQuorum).toBe(true);
    expect(round.outcomes[2]).toEqual({ kind: 'claim', name: 'c', claim });
    await vi.waitFor(() => expect(one.asked[2]?.at(-1)).toBe(monitored));
    await settled();
    expect(one.cosigner.states[2]).toMatchObject({
      last: 'claim',
      claim: { ...claim, verdict: 'unproven' },
    });
    expect(one.evidence).toEqual([]);
  });

  it('is evidence where the log signed a head above its tree', async () => {
    const one = await scene();
    await one.witnesses[2]?.post(log.request(0, 12));
    expect(kinds(await one.collect(9))).toEqual(['cosigned', 'cosigned', 'claim']);
    await vi.waitFor(() => expect(one.evidence).toHaveLength(1));
    expect(one.evidence).toMatchObject([{ witness: 'c', size: 12, rootHash: log.root(12) }]);
    expect(openCheckpoint(one.evidence[0]?.note ?? utf8(''), { logKey: log.key }).size).toBe(12);
    expect(one.cosigner.states[2]?.claim?.verdict).toBe('evidence');
  });

  it.each([5, 9])('is evidence where the log signed another root at size %d', async (size) => {
    const one = await scene();
    await one.witnesses[2]?.post(signedLog('client', 1).request(0, size));
    expect(kinds(await one.collect(9))).toEqual(['cosigned', 'cosigned', 'claim']);
    await vi.waitFor(() => expect(one.evidence).toMatchObject([{ witness: 'c', size }]));
  });

  it('is evidence when it confirms, too', async () => {
    const one = await scene();
    for (const witness of one.witnesses) await witness.post(log.request(0, 12));
    const round = await one.confirm(9);
    expect(round).toMatchObject({ isConfirmed: false, isQuorum: false });
    await vi.waitFor(() => {
      expect(one.evidence.map(({ witness }) => witness).sort()).toEqual(['a', 'b', 'c']);
    });
  });

  it('is refuted by a note that fits, and stands until an answer without one', async () => {
    const one = await scene();
    await one.collect(6);
    const honest = one.handlers[2] as Handler;
    one.handlers[2] = (request) => (request.method === 'GET' ? honest(request) : sized(700));
    await one.collect(9);
    const claim = { kind: 'larger-size', size: 700, verdict: 'refuted' };
    await vi.waitFor(() => {
      expect(one.cosigner.states[2]).toMatchObject({ last: 'claim', claim });
    });
    one.handlers[2] = hangs;
    await one.collect(9);
    await vi.waitFor(() => {
      expect(one.cosigner.states[2]).toMatchObject({ last: 'timeout', claim });
    }, 5_000);
    one.handlers[2] = honest;
    await one.collect(9);
    expect(one.cosigner.states[2]).toMatchObject({ last: 'cosigned', claim: null, size: 9 });
    expect(one.evidence).toEqual([]);
  });

  it.each<[string, Uint8Array]>([
    ['garbage', utf8('garbage')],
    ['a note of another log', signedLog('another').note(5)],
    ['a note that its own key signed', utf8(`${noteText(700)}\n${lineOf(700, 'c.test')}`)],
    ['a note whose signature does not verify', broken(log.note(700))],
  ])('is unproven where the monitoring endpoint shows %s', async (_name, note) => {
    const one = await scene();
    one.handlers[2] = (request) => {
      return request.method === 'GET' ? new Response(new Uint8Array(note)) : sized(700);
    };
    await one.collect(9);
    await vi.waitFor(() => expect(one.asked[2]?.at(-1)).toBe(monitored));
    await settled();
    expect(one.cosigner.states[2]?.claim?.verdict).toBe('unproven');
    expect(one.evidence).toEqual([]);
  });
});

async function sizeIn(request: Request): Promise<number> {
  return Number(/^old ([0-9]+)\n/.exec(await request.text())?.[1]);
}

function noteText(size: number): string {
  return new TextDecoder().decode(parseNote(log.note(size)).text);
}

function lineOf(size: number, witness: string): string {
  return formatSignatureLine(testWitnessKey(witness).cosign(parseNote(log.note(size)).text, 77));
}

function broken(note: Uint8Array): Uint8Array {
  const { text, signatures } = parseNote(note);
  return formatNote({
    text,
    signatures: signatures.map((line) => ({
      ...line,
      signature: line.signature.map((byte) => byte ^ 1),
    })),
  });
}

function endless(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(10_000).fill(97)),
  });
}

function trickling(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      await settled();
      controller.enqueue(utf8('x'));
    },
  });
}

const hangsFetch = (): Promise<Response> => new Promise(() => {});
