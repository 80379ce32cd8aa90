import { concat, utf8 } from '../../src/core/bytes.ts';
import { hex } from '../../src/core/hex.ts';
import { formatVkey, verifierKeyOf } from '../../src/core/vkey.ts';
import { asText, LOG, OTHER_LOG, party, WITNESSES } from './fixtures.ts';

const [A, B, C, D] = WITNESSES.map((one) => one.vkey) as [string, string, string, string];
const WITNESS_LINES = `witness a ${A}\nwitness b ${B}\nwitness c ${C}\nwitness d ${D}\n`;

function many(count: number): string {
  const lines = Array.from(
    { length: count },
    (_, i) => `witness w${i} ${party(`w${i}.example`, 4, i + 1).vkey}\n`,
  );
  const logs = Array.from(
    { length: count },
    (_, i) => `log ${party(`l${i}.example`, 1, i + 1).vkey}\n`,
  );
  const groups = Array.from(
    { length: count },
    (_, i) => `group g${i} all w${i}${i > 0 ? ` g${i - 1}` : ''}\n`,
  );
  return `${logs.join('')}${lines.join('')}${groups.join('')}quorum g${count - 1}\n`;
}

export function policyParseVectors(): unknown {
  const good = (
    name: string,
    policy: string | Uint8Array,
    canonical: string | Uint8Array,
  ): unknown => {
    const bytes = (x: string | Uint8Array): Uint8Array => (typeof x === 'string' ? utf8(x) : x);
    return { name, ...asText(bytes(policy)), canonical: asText(bytes(canonical)) };
  };
  const bad = (name: string, policy: string | Uint8Array): unknown => {
    return {
      name,
      ...(typeof policy === 'string' ? { text: policy } : asText(policy)),
      error: 'policy.malformed',
    };
  };
  const renamed = formatVkey(verifierKeyOf('renamed.example', 4, party('x', 4, 0x21).publicKey));
  const octets = concat(
    utf8('# '),
    Uint8Array.of(0xff),
    utf8(`\nwitness `),
    Uint8Array.of(0xe9),
    utf8(` ${A}\nquorum `),
    Uint8Array.of(0xe9),
    utf8('\n'),
  );
  return {
    description: 'Policy files. `canonical`: the same policy as it is written.',
    cases: [
      good('no witnesses', 'quorum none\n', 'quorum none\n'),
      good('one witness', `witness a ${A}\nquorum a\n`, `witness a ${A}\nquorum a\n`),
      good(
        'a log with a URL',
        `log ${LOG.vkey} https://log.example/\nquorum none\n`,
        `log ${LOG.vkey} https://log.example/\nquorum none\n`,
      ),
      good(
        'a witness with a URL',
        `witness a ${A} https://a.example/w\nquorum a\n`,
        `witness a ${A} https://a.example/w\nquorum a\n`,
      ),
      good(
        'comments, blanks and tabs',
        `# c\n \t\n\twitness  a\t${A} \n  # more\nquorum a`,
        `witness a ${A}\nquorum a\n`,
      ),
      good(
        'lines in another order',
        `${WITNESS_LINES}group g 2 d a b\nlog ${LOG.vkey}\nquorum g\nlog ${OTHER_LOG.vkey}\n`,
        `log ${LOG.vkey}\nlog ${OTHER_LOG.vkey}\n${WITNESS_LINES}group g 2 d a b\nquorum g\n`,
      ),
      good(
        'all and any, as numbers',
        `${WITNESS_LINES}group g all a b\ngroup h any c d\ngroup i all g h\nquorum i\n`,
        `${WITNESS_LINES}group g 2 a b\ngroup h 1 c d\ngroup i 2 g h\nquorum i\n`,
      ),
      good(
        'a quorum before a witness that it does not need',
        `witness a ${A}\nquorum a\nwitness b ${B}\n`,
        `witness a ${A}\nwitness b ${B}\nquorum a\n`,
      ),
      good(
        'names that look like keywords',
        `witness log ${A}\nwitness any ${B}\ngroup quorum any log any\nquorum quorum\n`,
        `witness log ${A}\nwitness any ${B}\ngroup quorum 1 log any\nquorum quorum\n`,
      ),
      good(
        'K and the Kelvin sign are two names',
        `witness K ${A}\nwitness \u212a ${B}\nquorum \u212a\n`,
        `witness K ${A}\nwitness \u212a ${B}\nquorum \u212a\n`,
      ),
      good(
        'one accent composed and decomposed are two names',
        `witness \u00e9 ${A}\nwitness e\u0301 ${B}\nquorum e\u0301\n`,
        `witness \u00e9 ${A}\nwitness e\u0301 ${B}\nquorum e\u0301\n`,
      ),
      good('octets that are not UTF-8', octets, octets.slice(4)),
      good(
        'the key of a log as that of a witness',
        `log ${LOG.vkey}\nwitness a ${formatVkey(verifierKeyOf('w.example', 4, LOG.publicKey))}\nquorum a\n`,
        `log ${LOG.vkey}\nwitness a ${formatVkey(verifierKeyOf('w.example', 4, LOG.publicKey))}\nquorum a\n`,
      ),
      good(
        '32 of each',
        many(32),
        many(32).replaceAll(
          /group (g\d+) all (w\d+)( g\d+)?/g,
          (_, g, w, m) => `group ${g} ${m === undefined ? 1 : 2} ${w}${m ?? ''}`,
        ),
      ),
      bad('nothing', ''),
      bad('no quorum', `witness a ${A}\n`),
      bad('two quorums', `witness a ${A}\nquorum a\nquorum a\n`),
      bad('a quorum of nobody', 'quorum\n'),
      bad('a quorum of two', `${WITNESS_LINES}quorum a b\n`),
      bad('a quorum that is not defined', `witness a ${A}\nquorum b\n`),
      bad('a quorum before its witness', `quorum a\nwitness a ${A}\n`),
      bad('a quorum that is a log', `log ${LOG.vkey}\nquorum ${LOG.name}\n`),
      bad('a keyword that is none', `${WITNESS_LINES}quorom a\nquorum a\n`),
      bad('a keyword in capitals', `${WITNESS_LINES}QUORUM a\n`),
      bad('a comment behind a line', `witness a ${A}\nquorum a # b\n`),
      bad('a log without key', 'log\nquorum none\n'),
      bad('a log with a name', `log l ${LOG.vkey}\nquorum none\n`),
      bad('a log with two URLs', `log ${LOG.vkey} a b\nquorum none\n`),
      bad('a log with a broken key', `log ${LOG.vkey.slice(0, -4)}\nquorum none\n`),
      bad('the key of a witness on a log line', `log ${A}\nquorum none\n`),
      bad('the key of a log on a witness line', `witness a ${LOG.vkey}\nquorum a\n`),
      bad('a witness without key', 'witness a\nquorum a\n'),
      bad('a witness with two URLs', `witness a ${A} u v\nquorum a\n`),
      bad('a witness named none', `witness none ${A}\nquorum none\n`),
      bad('a group named none', `${WITNESS_LINES}group none any a\nquorum none\n`),
      bad('a name twice', `witness a ${A}\nwitness a ${B}\nquorum a\n`),
      bad('a group with the name of a witness', `${WITNESS_LINES}group a any b\nquorum a\n`),
      bad('a witness twice', `witness a ${A}\nwitness b ${A}\nquorum a\n`),
      bad(
        'one witness key under two key names',
        `witness a ${A}\nwitness b ${renamed}\nquorum a\n`,
      ),
      bad('a log twice', `log ${LOG.vkey}\nlog ${LOG.vkey}\nquorum none\n`),
      bad('a group without members', `${WITNESS_LINES}group g any\nquorum g\n`),
      bad('a group without rule', `${WITNESS_LINES}group g\nquorum g\n`),
      bad('a group of which none is needed', `${WITNESS_LINES}group g 0 a b\nquorum g\n`),
      bad(
        'a group of which more are needed than there are',
        `${WITNESS_LINES}group g 3 a b\nquorum g\n`,
      ),
      bad('a number with a leading zero', `${WITNESS_LINES}group g 01 a b\nquorum g\n`),
      bad('a number with a plus', `${WITNESS_LINES}group g +1 a b\nquorum g\n`),
      bad('a rule in capitals', `${WITNESS_LINES}group g ALL a b\nquorum g\n`),
      bad('a member that is not defined', `${WITNESS_LINES}group g any a e\nquorum g\n`),
      bad(
        'a member that is defined later',
        `${WITNESS_LINES}group g any h\ngroup h any a\nquorum g\n`,
      ),
      bad('a group in itself', `${WITNESS_LINES}group g any g\nquorum g\n`),
      bad('a member none', `${WITNESS_LINES}group g any a none\nquorum g\n`),
      bad('a member twice in one group', `${WITNESS_LINES}group g any a a\nquorum g\n`),
      bad('a member of two groups', `${WITNESS_LINES}group g any a b\ngroup h any b c\nquorum g\n`),
      bad('a carriage return', 'quorum none\r\n'),
      bad('a zero byte', 'quorum none\u0000\n'),
      bad('DEL in a comment', '# \u007f\nquorum none\n'),
      bad('a form feed between words', 'quorum\fnone\n'),
      bad('1,001 lines', `${'\n'.repeat(1000)}quorum none\n`),
      bad('more than 65,536 bytes', `#${'x'.repeat(65536)}\nquorum none\n`),
    ],
  };
}

export function quorumVectors(): unknown {
  const base = WITNESS_LINES;
  const twoOfThree = `${base}group g 2 a b c\nquorum g\n`;
  const nested = `${base}group g any a b\ngroup h all c d\ngroup i all g h\nquorum i\n`;
  return {
    description:
      'Who must cosign, and what the times prove. `met`: sets of names that satisfy the policy; `unmet`: that do not. `times`: cosignatures in seconds, the smallest t such that those at most t satisfy (notAfter), the largest such that those at least t do (notBefore). `confirmed`: sets of which every quorum has a member; `unconfirmed`: not.',
    cases: [
      {
        name: 'none',
        policy: `${base}quorum none\n`,
        met: [[], ['a']],
        unmet: [],
        times: [{ at: { a: 5 }, notAfter: null, notBefore: null }],
        confirmed: [],
        unconfirmed: [[], ['a'], ['a', 'b', 'c', 'd']],
      },
      {
        name: 'one witness',
        policy: `${base}quorum b\n`,
        met: [['b'], ['a', 'b']],
        unmet: [[], ['a', 'c', 'd'], ['x']],
        times: [
          { at: { a: 5, b: 7 }, notAfter: 7, notBefore: 7 },
          { at: { a: 5 }, notAfter: null, notBefore: null },
          { at: {}, notAfter: null, notBefore: null },
        ],
        confirmed: [['b'], ['a', 'b']],
        unconfirmed: [[], ['a', 'c', 'd']],
      },
      {
        name: 'two of three',
        policy: twoOfThree,
        met: [
          ['a', 'b'],
          ['b', 'c'],
          ['a', 'b', 'c', 'd'],
        ],
        unmet: [[], ['a'], ['a', 'd'], ['a', 'g']],
        times: [
          { at: { a: 10, b: 20, c: 30 }, notAfter: 20, notBefore: 20 },
          { at: { a: 10, b: 20, c: 20 }, notAfter: 20, notBefore: 20 },
          { at: { c: 1, a: 10 }, notAfter: 10, notBefore: 1 },
          { at: { d: 1, a: 10, b: 11 }, notAfter: 11, notBefore: 10 },
          { at: { a: 10, d: 11 }, notAfter: null, notBefore: null },
        ],
        confirmed: [
          ['a', 'b'],
          ['a', 'c'],
          ['a', 'b', 'c'],
        ],
        unconfirmed: [[], ['a'], ['a', 'd']],
      },
      {
        name: 'groups in a group',
        policy: nested,
        met: [
          ['a', 'c', 'd'],
          ['b', 'c', 'd'],
          ['a', 'b', 'c', 'd'],
        ],
        unmet: [
          ['a', 'b', 'c'],
          ['c', 'd'],
          ['a', 'b'],
        ],
        times: [{ at: { a: 40, b: 10, c: 20, d: 30 }, notAfter: 30, notBefore: 20 }],
        confirmed: [['c'], ['d'], ['a', 'b']],
        unconfirmed: [['a'], ['b']],
      },
    ],
    keys: WITNESSES.map((one) => hex(one.publicKey)),
  };
}
