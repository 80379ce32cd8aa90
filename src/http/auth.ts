import { TransparencyError } from '../core/error.ts';
import type { Clock } from '../log/ports.ts';
import { createByteBudget } from './body.ts';
import type { KeyQuotas } from './key-quota.ts';
import type { Limits } from './limits.ts';
import { OPEN_DOOR, type Principal } from './principal.ts';
import { createQuota } from './quota.ts';
import type { HttpRequest } from './request.ts';
import type { Audience } from './routes.ts';
import { hashOfToken, type Token, type TokenStore } from './tokens.ts';

/** Finds out who asks. */
export type Authenticate = (request: HttpRequest) => Principal;

/**
 * Who asks, by the bearer token of the request. Without tokens everybody may do everything. (spec/8-http.md §9)
 *
 * A token is looked up by its SHA-256, each time, so a revoked one is refused from then on; its quota and budget are
 * kept as long as its entry in the store is the same.
 */
export function createAuthenticate(options: {
  readonly tokens: TokenStore | null;
  readonly limits: Limits;
  readonly now: Clock;
  readonly keyQuotas?: KeyQuotas | undefined;
}): Authenticate {
  const { tokens } = options;
  if (tokens === null) return () => OPEN_DOOR;
  const principals = new WeakMap<Token, Principal>();

  /** @throws {TransparencyError} request.unauthenticated for a token that is not known, on every route */
  return function authenticate(request: HttpRequest): Principal {
    const authorization = request.header('authorization');
    if (authorization === undefined) return NOBODY;
    const text = /^bearer ([\x21-\x7e]{1,256})$/i.exec(authorization)?.[1];
    const token = text === undefined ? undefined : tokens.find(hashOfToken(text));
    if (token === undefined) {
      throw new TransparencyError('request.unauthenticated', 'the token is not known here');
    }
    let principal = principals.get(token);
    if (principal === undefined) {
      principal = principalOf(token, options);
      principals.set(token, principal);
    }
    return principal;
  };
}

/**
 * Checks that somebody may use a route.
 *
 * @param asked.log  name of the log that the route is about, or null
 * @throws {TransparencyError} request.unauthenticated without a token, request.forbidden with one that does not do
 */
export function checkAudience(
  principal: Principal,
  asked: { readonly audience: Audience; readonly log: string | null },
): void {
  const { audience, log } = asked;
  if (audience === 'public') return;
  if (principal === NOBODY) {
    throw new TransparencyError('request.unauthenticated', 'a token is asked for here');
  }
  const { roles, logs } = principal;
  const has = audience === 'own' ? roles.has('audit') || roles.has('submit') : roles.has(audience);
  if (!has) throw new TransparencyError('request.forbidden', `the token has not the role for this`);
  if (log !== null && logs !== null && !logs.has(log)) {
    throw new TransparencyError('request.forbidden', 'the token is for other logs');
  }
}

/** Everybody who shows no token, where tokens are asked for. */
const NOBODY: Principal = {
  name: null,
  roles: new Set(),
  logs: null,
  submitter: { by: null, sources: [], operate: false },
  budget: undefined,
  countItems() {
    throw new TransparencyError('request.unauthenticated', 'a token is asked for here');
  },
};

function principalOf(
  token: Token,
  given: Pick<Parameters<typeof createAuthenticate>[0], 'limits' | 'now' | 'keyQuotas'>,
): Principal {
  const { limits, now, keyQuotas } = given;
  const { name, logs, sources } = token;
  const roles = new Set(token.roles);
  const quota = createQuota({
    perSecond: limits.tokenItemsPerSecondMax,
    burst: limits.itemsPerRequestMax,
    now,
  });
  const whose = `token ${name}`;
  return {
    name,
    roles,
    logs: logs === null ? null : new Set(logs),
    submitter: { by: name, sources, operate: roles.has('operate') },
    budget: createByteBudget(limits.tokenBodiesInFlightBytesMax, 'request.quota', whose),
    countItems(count) {
      keyQuotas?.check(name);
      quota.take(count);
    },
  };
}
