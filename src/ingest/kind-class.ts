/** Class of action of a kind, for rules that name none. (spec/12-ingest.md §3) */
export function classOfKind(kind: string): string {
  return KINDS.get(kind) ?? GROUPS.get(kind.slice(0, kind.indexOf('.'))) ?? 'exec';
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ['secret.read', 'read'],
  ['data.access', 'read'],
  ['policy.decide', 'auth'],
  ['approval.request', 'auth'],
]);

const GROUPS: ReadonlyMap<string, string> = new Map([
  ['identity', 'admin'],
  ['credential', 'admin'],
  ['token', 'auth'],
  ['auth', 'auth'],
  ['session', 'auth'],
  ['delegation', 'auth'],
  ['scope', 'admin'],
  ['policy', 'admin'],
  ['rbac', 'admin'],
  ['pam', 'admin'],
  ['jit', 'admin'],
  ['approval', 'admin'],
  ['secret', 'write'],
  ['code', 'sign'],
  ['artifact', 'sign'],
  ['build', 'deploy'],
  ['deploy', 'deploy'],
  ['logging', 'log'],
  ['source', 'log'],
]);
