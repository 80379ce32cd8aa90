import { createHash } from 'node:crypto';
import { utf8 } from '../../src/core/bytes.ts';
import type { LogLimits } from '../../src/log/limits.ts';
import {
  type Log,
  type LogType,
  type OpenLogOptions,
  openLog,
  type SubmitContext,
} from '../../src/log/log.ts';
import type { Guard, HeadSigner, OpeningKeys, Store } from '../../src/log/ports.ts';
import { memoryGuard, memoryStore } from '../../src/storage/storage.ts';
import { testSigner } from './test-signer.ts';

/** What a test log is made of; what is left out is fresh and in memory. */
export interface TestLogParts {
  readonly store?: Store;
  readonly guard?: Guard;
  readonly signer?: HeadSigner;
  readonly type?: LogType;
  readonly clock?: () => number;
  readonly limits?: Partial<LogLimits>;
  readonly onFault?: (error: unknown) => void;
  readonly rewriteTail?: boolean;
  readonly wasClosed?: boolean;
  readonly sleep?: OpenLogOptions['sleep'];
  readonly cosigner?: OpenLogOptions['cosigner'];
  readonly failOpen?: boolean;
  readonly startUnconfirmed?: boolean;
  readonly onEvidence?: OpenLogOptions['onEvidence'];
  readonly gather?: OpenLogOptions['gather'];
  /** Default: openings are not kept. */
  readonly openingKeys?: OpeningKeys;
}

/** Whoever submits where auth is off. */
export const ANYONE: SubmitContext = { by: null, sources: null, operate: true };

/** A log of the tenant `acme`, named `main`. A fault fails the test run unless the test handles it. */
export function openTestLog(parts: TestLogParts = {}): Promise<Log> {
  let draws = 0;
  return openLog({
    name: 'main',
    origin: 'localhost:6962/main',
    type: parts.type ?? 'events',
    tenant: 'acme',
    store: parts.store ?? memoryStore(),
    guard: parts.guard ?? memoryGuard(),
    signer: parts.signer ?? testSigner(),
    samenessSecret: new Uint8Array(32).fill(7),
    clock: parts.clock ?? Date.now,
    random: (length) => {
      const bytes = new Uint8Array(length);
      for (let at = 0; at < length; at += 32) {
        const block = createHash('sha256').update(`salt ${draws++}`).digest();
        bytes.set(block.subarray(0, Math.min(32, length - at)), at);
      }
      return bytes;
    },
    onFault:
      parts.onFault ??
      ((error) => {
        throw error;
      }),
    ...(parts.limits === undefined ? {} : { limits: parts.limits }),
    ...(parts.cosigner === undefined ? {} : { cosigner: parts.cosigner }),
    ...(parts.onEvidence === undefined ? {} : { onEvidence: parts.onEvidence }),
    ...(parts.openingKeys === undefined ? {} : { openingKeys: parts.openingKeys }),
    failOpen: parts.failOpen ?? false,
    startUnconfirmed: parts.startUnconfirmed ?? false,
    ...(parts.sleep === undefined ? {} : { sleep: parts.sleep }),
    ...(parts.gather === undefined ? {} : { gather: parts.gather }),
    ...(parts.wasClosed === undefined ? {} : { wasClosed: parts.wasClosed }),
    ...(parts.rewriteTail === undefined ? {} : { rewriteTail: parts.rewriteTail }),
  });
}

/** Bytes of a small valid event; `note` changes its content and not its id. */
export function testEvent(id: string, note = 'x', source = 'test-source'): Uint8Array {
  return utf8(
    JSON.stringify({
      v: 'nhi.event/1',
      id,
      kind: 'tool.invoke',
      phase: 'complete',
      tenant: 'acme',
      time: { occurred: '2026-11-20T09:27:00Z' },
      src: { id: source, format: 'native' },
      actor: { type: 'ai_agent', id: 'spiffe://acme.test/agent/42' },
      action: { name: note, class: 'exec' },
      outcome: { result: 'success' },
    }),
  );
}
