import type { JsonValue } from '../../src/event/strict-json.ts';

/** An event with one fault, made from a valid one. */
export interface InvalidEvent {
  readonly name: string;
  readonly event: JsonValue;
  readonly code: string;
  /** JSON pointer of the member at fault, or of what holds it. */
  readonly pointer: string;
}

type Tree = { [name: string]: unknown };

/**
 * Events that are refused, each for one reason.
 *
 * @param tool       a valid tool.invoke with most members
 * @param heartbeat  a valid source.heartbeat
 */
export function invalidEvents(tool: JsonValue, heartbeat: JsonValue): readonly InvalidEvent[] {
  const changed = (base: JsonValue, change: (event: Tree) => unknown): JsonValue => {
    const copy: Tree = structuredClone(base) as unknown as Tree;
    const other = change(copy);
    return (other === undefined ? copy : other) as JsonValue;
  };
  const at =
    (path: string, value: unknown) =>
    (event: Tree): void => {
      const steps = path.split('/').slice(1);
      let node: Tree = event;
      for (const step of steps.slice(0, -1)) node = node[step] as Tree;
      const last = steps.at(-1) ?? '';
      if (value === undefined) delete node[last];
      else node[last] = value;
    };
  const cases: InvalidEvent[] = [];
  const add = (
    name: string,
    code: string,
    pointer: string,
    change: (event: Tree) => unknown,
    base: JsonValue = tool,
  ): void => {
    cases.push({ name, event: changed(base, change), code: `event.${code}`, pointer });
  };

  for (const [name, value] of [
    ['null', null],
    ['a string', 'nhi.event/1'],
    ['an array', [tool]],
    ['a number', 1],
  ] as const) {
    add(`the event is ${name}`, 'schema', '', () => value);
  }
  for (const member of [
    'id',
    'kind',
    'phase',
    'tenant',
    'time',
    'src',
    'actor',
    'action',
    'outcome',
  ]) {
    add(`without ${member}`, 'schema', `/${member}`, at(`/${member}`, undefined));
  }
  for (const member of [
    'time/occurred',
    'src/id',
    'src/format',
    'actor/type',
    'actor/id',
    'action/name',
    'action/class',
    'outcome/result',
    'cred/type',
    'decision/effect',
    'approval/state',
    'tool/name',
  ]) {
    add(`without ${member}`, 'schema', `/${member}`, at(`/${member}`, undefined));
  }
  add('another version', 'schema', '/v', at('/v', 'nhi.event/2'));
  add('an unknown kind', 'schema', '/kind', at('/kind', 'tool.invoked'));
  add('a kind of the log itself', 'schema', '/kind', at('/kind', 'log.erase'));
  add('an unknown phase', 'schema', '/phase', at('/phase', 'done'));
  add('an id with a space', 'schema', '/id', at('/id', 'a b'));
  add('an id of 129 characters', 'schema', '/id', at('/id', 'a'.repeat(129)));
  add('an empty id', 'schema', '/id', at('/id', ''));
  add('an id that is a number', 'schema', '/id', at('/id', 7));
  add('a tenant in capitals', 'schema', '/tenant', at('/tenant', 'Acme'));
  add('a source id with a newline at its end', 'schema', '/src/id', at('/src/id', 'gw-1\n'));
  add('an actor of unknown type', 'schema', '/actor/type', at('/actor/type', 'robot'));
  add('an actor id of 513 characters', 'schema', '/actor/id', at('/actor/id', 'a'.repeat(513)));
  add('an actor that is null', 'schema', '/actor', at('/actor', null));
  add('privileged as a word', 'schema', '/action/privileged', at('/action/privileged', 'true'));
  add(
    '17 delegations',
    'schema',
    '/deleg',
    at(
      '/deleg',
      Array.from({ length: 17 }, () => ({ type: 'human', id: 'x' })),
    ),
  );
  add('a delegation without id', 'schema', '/deleg/1/id', at('/deleg/1/id', undefined));
  add(
    '33 resources',
    'schema',
    '/res',
    at(
      '/res',
      Array.from({ length: 33 }, () => ({ type: 't', id: 'x' })),
    ),
  );
  add('a fingerprint without its algorithm', 'schema', '/cred/fp', at('/cred/fp', 'abcdef'));
  add(
    '65 scopes',
    'schema',
    '/cred/scopes',
    at(
      '/cred/scopes',
      Array.from({ length: 65 }, () => 's'),
    ),
  );
  add(
    'a trace id in capitals',
    'schema',
    '/ctx/trace_id',
    at('/ctx/trace_id', '5B8EFFF798038103D269B633813FC60C'),
  );
  add('a clock error below zero', 'schema', '/time/clock/err_ms', at('/time/clock/err_ms', -1));
  add('a seen head without root', 'schema', '/ctx/seen/root', at('/ctx/seen', { size: 1 }));
  add(
    'a seen root that is not canonical base64',
    'schema',
    '/ctx/seen/root',
    at('/ctx/seen', { size: 1, root: `${'A'.repeat(42)}B=` }),
  );
  add(
    'a digest in sd that is too short',
    'schema',
    '/sd/~1tool~1args',
    at('/sd', { '/tool/args': 'A'.repeat(42) }),
  );
  add(
    'a digest in sd that is not canonical base64url',
    'schema',
    '/sd/~1tool~1args',
    at('/sd', { '/tool/args': `${'A'.repeat(42)}B` }),
  );
  add('a name in sd that is no pointer', 'schema', '/sd', at('/sd', { tool: 'A'.repeat(43) }));
  add(
    'a name in sd with a tilde that escapes nothing',
    'schema',
    '/sd',
    at('/sd', { '/a~2': 'A'.repeat(43) }),
  );
  add(
    '65 names in sd',
    'schema',
    '/sd',
    at('/sd', Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`/${i}`, 'A'.repeat(43)]))),
  );
  add('an ext name without a dot', 'schema', '/ext', at('/ext', { priority: 1 }));
  add('an ext that is an array', 'schema', '/ext', at('/ext', []));
  add(
    '33 names in ext',
    'schema',
    '/ext',
    at('/ext', Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`com.example.n${i}`, i]))),
  );

  add('an unknown member', 'unknown-member', '/extra', at('/extra', 1));
  add('an unknown member of the actor', 'unknown-member', '/actor/email', at('/actor/email', 'x'));
  add('an unknown member of a resource', 'unknown-member', '/res/0/owner', at('/res/0/owner', 'x'));
  add('__proto__ as a member', 'unknown-member', '/__proto__', () =>
    JSON.parse(JSON.stringify(tool).replace('{', '{"__proto__":{"v":"nhi.event/1"},')),
  );
  add(
    'an unknown member whose name is not repeated',
    'unknown-member',
    '',
    at(`/${'k'.repeat(40)}`, 1),
  );
  add(
    'an unknown member of a body',
    'unknown-member',
    '/body/lost',
    at('/body/lost', 1),
    heartbeat,
  );

  add(
    'a time with a space',
    'time',
    '/time/occurred',
    at('/time/occurred', '2026-11-20 09:27:00Z'),
  );
  add(
    'a time with an offset',
    'time',
    '/time/occurred',
    at('/time/occurred', '2026-11-20T09:27:00+00:00'),
  );
  add(
    'a time in small letters',
    'time',
    '/time/occurred',
    at('/time/occurred', '2026-11-20t09:27:00z'),
  );
  add('30 February', 'time', '/time/occurred', at('/time/occurred', '2026-02-30T00:00:00Z'));
  add(
    '29 February of a common year',
    'time',
    '/time/observed',
    at('/time/observed', '2100-02-29T00:00:00Z'),
  );
  add('31 April', 'time', '/cred/expires_at', at('/cred/expires_at', '2026-04-31T00:00:00Z'));
  add('day 0', 'time', '/time/occurred', at('/time/occurred', '2026-11-00T00:00:00Z'));
  add('month 13', 'time', '/time/occurred', at('/time/occurred', '2026-13-01T00:00:00Z'));
  add('hour 24', 'time', '/time/occurred', at('/time/occurred', '2026-11-20T24:00:00Z'));
  add('second 60 at noon', 'time', '/time/occurred', at('/time/occurred', '2026-12-31T12:00:60Z'));
  add(
    'second 60 before the end of a month',
    'time',
    '/time/occurred',
    at('/time/occurred', '2026-12-30T23:59:60Z'),
  );
  add('second 61', 'time', '/time/occurred', at('/time/occurred', '2026-12-31T23:59:61Z'));
  add(
    'ten digits of a second',
    'time',
    '/time/occurred',
    at('/time/occurred', '2026-11-20T09:27:00.1234567890Z'),
  );
  add(
    'an approval at no day',
    'time',
    '/approval/by/0/at',
    at('/approval/by', [{ id: 'x', at: '2026-02-30T00:00:00Z' }]),
  );

  add('seq without epoch', 'sequence', '/src/epoch', at('/src/epoch', undefined));
  add('epoch without seq', 'sequence', '/src/seq', (event) => {
    at('/src/seq', undefined)(event);
    at('/src/prev', undefined)(event);
  });
  add('seq without prev', 'sequence', '/src/prev', at('/src/prev', undefined));
  add('prev alone', 'sequence', '/src/seq', (event) => {
    at('/src/seq', undefined)(event);
    at('/src/epoch', undefined)(event);
  });
  add('prev at seq 0', 'sequence', '/src/prev', at('/src/prev', 'a'.repeat(64)));
  add('no prev at seq 1', 'sequence', '/src/prev', at('/src/seq', 1));
  add('a prev in capitals', 'schema', '/src/prev', (event) => {
    at('/src/seq', 1)(event);
    at('/src/prev', 'A'.repeat(64))(event);
  });

  add('a heartbeat without body', 'body', '/body', at('/body', undefined), heartbeat);
  add('a body where none belongs', 'body', '/body', at('/body', { last_seq: 1, dropped_total: 0 }));
  add('an ext beside a body', 'body', '/ext', at('/ext', { 'com.example.x': 1 }), heartbeat);
  add(
    'a body without dropped_total',
    'body',
    '/body/dropped_total',
    at('/body/dropped_total', undefined),
    heartbeat,
  );
  add(
    'a body with a count below zero',
    'body',
    '/body/dropped_total',
    at('/body/dropped_total', -1),
    heartbeat,
  );
  add('the body of another kind', 'body', '/body/source', at('/kind', 'source.retire'), {
    ...(heartbeat as object),
    body: { reason: 'replaced' },
  } as unknown as JsonValue);
  add(
    'a drop report of nothing',
    'body',
    '/body/count',
    (event) => {
      at('/kind', 'source.drop_report')(event);
      at('/body', { count: 0, reason: 'overflow' })(event);
    },
    heartbeat,
  );
  add(
    'a key change to no key at all',
    'body',
    '/body/key',
    (event) => {
      at('/kind', 'source.key_change')(event);
      at('/body', { source: 'gw-1', reason: 'lost' })(event);
    },
    heartbeat,
  );

  const identifiers: readonly (readonly [string, string])[] = [
    ['a zero-width space', 'agent\u200b-42'],
    ['a zero-width joiner', 'agent\u200d-42'],
    ['a bidirectional override', 'agent\u202e24-'],
    ['a bidirectional isolate', 'agent\u206642'],
    ['a byte order mark', '\ufeffagent-42'],
    ['a soft hyphen', 'agent\u00ad42'],
    ['a tab', 'agent\t42'],
    ['a newline', 'agent-42\n'],
    ['a C1 control', 'agent\u008542'],
    ['a no-break space', 'agent\u00a042'],
    ['a space at its end', 'agent-42 '],
    ['a space at its start', ' agent-42'],
    ['a decomposed letter', 'cafe\u0301'],
    ['an Angstrom sign', '\u212b'],
    ['a variation selector', 'agent\ufe0f'],
    ['a Hangul filler', 'agent\u3164'],
    ['a private-use character', 'agent\ue000'],
    ['a noncharacter', 'agent\uffff'],
    ['an unassigned character', 'agent\u0378'],
    ['a tag character', 'agent\u{e0041}'],
    ['a line separator', 'agent\u202842'],
    ['a blank of Braille', 'agent\u2800'],
  ];
  for (const [name, text] of identifiers) {
    add(`an actor id with ${name}`, 'identifier', '/actor/id', at('/actor/id', text));
  }
  for (const path of [
    'src/orig_id',
    'src/epoch',
    'cred/id',
    'deleg/0/id',
    'res/0/id',
    'ctx/session_id',
    'ctx/request_id',
    'tool/call_id',
    'actor/owner/id',
    'decision/policy/0/id',
  ]) {
    add(`a zero-width space in ${path}`, 'identifier', `/${path}`, at(`/${path}`, 'a\u200bb'));
  }
  add(
    'a scope with a control character',
    'identifier',
    '/cred/scopes/1',
    at('/cred/scopes', ['a', 'b\u0007']),
  );
  add(
    'a name in sd with a zero-width space',
    'identifier',
    '/sd',
    at('/sd', { '/a\u200b': 'A'.repeat(43) }),
  );
  add(
    'an event of more than 61,440 bytes',
    'too-large',
    '',
    at('/ext', { 'com.example.x': 'a'.repeat(61_000) }),
  );
  return cases;
}
