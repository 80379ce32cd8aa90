import { ROUTES, type Route } from '../../../src/http/routes.ts';
import type { Attack, Who } from './attack.ts';

/** A target of each route, by its pattern; a route that is not here fails the suite. */
const TARGETS: Readonly<Record<string, string>> = {
  '/healthz': '/healthz',
  '/readyz': '/readyz',
  '/metrics': '/metrics',
  '/openapi.json': '/openapi.json',
};

/** A target under a route, about a log of that name. */
export function targetOf({ path }: Pick<Route, 'path'>, log = 'main'): string {
  const known = TARGETS[path];
  if (known !== undefined) return known;
  const target = path
    .replace(/^\/:log\//, `/${log}/`)
    .replace(/:level\{[^}]*\}/, '0')
    .replace(/\/\*$/, '/000.p/1')
    .replace(/:(?:index|size)(?=\/|$)/g, '1')
    .replace(/:[a-z]+(?:\{[^}]*\})?/g, 'x');
  if (target.includes(':') || target.includes('*')) throw new Error(`no target of ${path}`);
  return target;
}

/** What those get who may not use a route: wrong roles, wrong logs, other sites, other methods. */
export function strangers(): readonly Attack[] {
  return ROUTES.flatMap((route) => [...ofRoute(route)]);
}

function* ofRoute(route: Route): Generator<Attack> {
  const { method, audience, about } = route;
  const sent = (log?: string): Pick<Attack, 'method' | 'target' | 'header' | 'body'> => {
    const target = targetOf(route, log);
    if (method === 'GET') return { method, target };
    return { method, target, header: ['Content-Type: application/json'], body: '{}' };
  };
  const of = (what: string, more: Pick<Attack, 'status' | 'code'> & Partial<Attack>): Attack => {
    const { header = [], ...rest } = more;
    const base = sent();
    return {
      name: `${method} ${route.path}: ${what}`,
      ...base,
      ...rest,
      header: [...(base.header ?? []), ...header],
    };
  };
  const refused = { status: 401, code: 'request.unauthenticated' };
  const forbidden = { status: 403, code: 'request.forbidden' };
  const crossSite = { status: 403, code: 'request.cross-site' };
  yield of('an invented token', { who: 'invented', ...refused });
  if (audience !== 'public') {
    yield of('no token', { who: 'nobody', ...refused });
    for (const role of ['submit', 'audit', 'operate'] as const) {
      if (!may(audience, role)) yield of(`a token to ${role}`, { who: role, ...forbidden });
    }
    if (about === 'log') {
      yield of('a token for another log', { who: 'other-log', ...forbidden });
      // Whoever may not ask is not told which logs there are.
      yield of('no token, no such log', { ...sent('none'), who: 'nobody', ...refused });
    }
  }
  if (about === 'log') {
    yield of('no such log', { ...sent('none'), status: 404, code: 'log.unknown' });
  }
  yield of('a foreign Origin', { header: ['Origin: https://evil.example'], ...crossSite });
  yield of('a sandboxed page', { header: ['Origin: null'], ...crossSite });
  yield of('another port', { header: ['Sec-Fetch-Site: same-site'], ...crossSite });
  yield of('DELETE', { method: 'DELETE', status: 405, code: 'request.method-not-allowed' });
}

function may(audience: Route['audience'], role: Who): boolean {
  if (audience === 'own') return role === 'submit' || role === 'audit';
  return audience === role;
}

/** What a page gets that rebinds its own name to the address of a server without tokens. */
export function rebound(): readonly Attack[] {
  return ROUTES.map((route) => ({
    name: `${route.method} ${route.path}: a rebound name`,
    method: route.method,
    target: targetOf(route),
    host: 'evil.example',
    status: 421,
    code: 'request.host-not-allowed',
    ...(route.method === 'GET' ? {} : { header: ['Content-Type: application/json'], body: '{}' }),
  }));
}
