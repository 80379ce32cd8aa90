import { randomBytes } from 'node:crypto';
import { sha256Of } from '#sha256';
import { base64url } from '../core/base64.ts';
import { utf8 } from '../core/bytes.ts';
import { TransparencyError } from '../core/error.ts';
import { hex } from '../core/hex.ts';
import { canonicalJson } from '../event/canonical.ts';
import type { HoldScope } from '../event/custody-leaf.ts';
import type { JsonObject } from '../event/strict-json.ts';
import type { WantedTarget } from '../log/log.ts';

/** What somebody asks for and another has to approve. */
export type Asked = { readonly legalBasis: string } & (
  | { readonly kind: 'erase'; readonly targets: readonly WantedTarget[] }
  | { readonly kind: 'place'; readonly scope: HoldScope }
  | { readonly kind: 'lift'; readonly hold: number }
);

/** A request that waits for its approval. */
export interface PendingRequest {
  /** 64 digits of lowercase hex; it stands for everything that is asked for. */
  readonly request: string;
  readonly asked: Asked;
  /** Name of the token that asked. */
  readonly requester: string;
  /** ms since 1970; from then on nobody can approve it. */
  readonly expiresAtMs: number;
}

/**
 * Requests of two persons: what one token asks for, another approves. They wait in memory: a restart forgets them, and
 * they are asked for again. (spec/14-privacy.md §7)
 */
export class PendingRequests {
  readonly #limits: { readonly countMax: number; readonly lifetimeMs: number };
  readonly #waiting: Map<string, PendingRequest> = new Map();

  /** @param limits  of one log */
  constructor(limits: { readonly countMax: number; readonly lifetimeMs: number }) {
    this.#limits = limits;
  }

  /** Those that wait, oldest first. */
  list(nowMs: number): readonly PendingRequest[] {
    for (const [digest, { expiresAtMs }] of this.#waiting) {
      if (expiresAtMs <= nowMs) this.#waiting.delete(digest);
    }
    return [...this.#waiting.values()];
  }

  /** Keeps a request. @throws {TransparencyError} custody.too-many */
  ask(
    asked: Asked,
    by: { readonly requester: string; readonly origin: string; readonly nowMs: number },
  ): PendingRequest {
    const { requester, origin, nowMs } = by;
    const { countMax, lifetimeMs } = this.#limits;
    if (this.list(nowMs).length >= countMax) {
      throw new TransparencyError('custody.too-many', `${countMax} requests wait for approval`);
    }
    const expiresAtMs = nowMs + lifetimeMs;
    const nonce = base64url(new Uint8Array(randomBytes(16)));
    // Its members are JSON: integers, texts and null.
    const content = { ...asked, origin, requester, expiresAtMs, nonce } as unknown as JsonObject;
    const request = hex(sha256Of([DOMAIN, canonicalJson(content)]));
    const pending = { request, asked, requester, expiresAtMs };
    this.#waiting.set(request, pending);
    return pending;
  }

  /**
   * Takes a request out for whoever approves it.
   *
   * @throws {TransparencyError} custody.unknown-request, custody.same-token
   */
  take(request: string, by: { readonly approver: string; readonly nowMs: number }): PendingRequest {
    this.list(by.nowMs);
    const pending = this.#waiting.get(request);
    if (pending === undefined) {
      throw new TransparencyError('custody.unknown-request', 'no such request waits for approval');
    }
    if (pending.requester === by.approver) {
      throw new TransparencyError('custody.same-token', 'the token that asked may not approve');
    }
    this.#waiting.delete(request);
    return pending;
  }

  /** Puts a request back whose execution was refused. */
  putBack(pending: PendingRequest): void {
    this.#waiting.set(pending.request, pending);
  }
}

const DOMAIN = utf8('nhi.custody-request/1\n');
