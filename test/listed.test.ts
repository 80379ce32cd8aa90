import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { LOG_LIMIT_RANGES } from '../src/cli/log-limits.ts';
import { LIMITS } from '../src/http/limits.ts';
import { LOG_LIMITS } from '../src/log/limits.ts';
import {
  type Found,
  nameOf,
  nodesBelow,
  type SourceNode,
  sourceFiles,
  textOfLiteral,
} from './support/source-tree.ts';

const SOURCES = sourceFiles();
const spec = (part: string): string =>
  readFileSync(new URL(`../spec/${part}.md`, import.meta.url), 'utf8');

/** Everything in the code that satisfies a test, with the file where it stands. */
function findAll<T>(find: (found: Found, path: string) => T | undefined): readonly T[] {
  return SOURCES.flatMap(({ path, program }) =>
    [...nodesBelow(program)].flatMap((found) => find(found, path) ?? []),
  );
}

describe('codes of problems', () => {
  const codes = findAll(({ node, around }, path) => {
    if (path !== 'core/error.ts' || around[0]?.type !== 'TSLiteralType') return undefined;
    return textOfLiteral(node);
  });

  it('are each made somewhere: what nothing throws is not on the list', () => {
    expect(codes.length).toBeGreaterThan(100);
    const made = new Set(
      findAll(({ node, around }, path) => {
        const text = textOfLiteral(node);
        const isCode = text !== undefined && path !== 'core/error.ts' && codes.includes(text);
        return isCode && !isLookedAt(node, around) ? text : undefined;
      }),
    );
    expect(codes.filter((code) => !made.has(code))).toEqual([]);
  });
});

/** Is a code held against another here, rather than said? */
function isLookedAt(node: SourceNode, around: readonly SourceNode[]): boolean {
  const [parent, grandparent] = around;
  switch (parent?.type) {
    case 'SwitchCase':
    case 'BinaryExpression':
    case 'TSLiteralType':
      return true;
    case 'CallExpression':
      return (
        nameOf(parent['callee']) === 'isTransparencyError' || nameOf(parent['callee']) === 'has'
      );
    case 'ArrayExpression':
      // A set of codes, to look one up in.
      return grandparent?.type === 'NewExpression' && nameOf(grandparent['callee']) === 'Set';
    default:
      return node !== parent?.['value'] && parent?.type === 'Property';
  }
}

describe('flags', () => {
  const tables = flagTables();

  it('are found in every command', () => {
    const files = new Set(tables.map(({ path }) => path));
    for (const { name } of COMMANDS) expect(files, name).toContain(`cli/${name}.ts`);
  });

  it('are each read: what nothing asks for is no flag', () => {
    const read = new Set(
      findAll(({ node }, path) => {
        const isCall = node.type === 'CallExpression' && path.startsWith('cli/');
        return isCall ? literalsIn(node['arguments']) : undefined;
      }).flat(),
    );
    const unread = tables.flatMap(({ path, flags }) => {
      return flags.filter((flag) => !read.has(flag)).map((flag) => `${path}: --${flag}`);
    });
    expect(unread).toEqual([]);
  });

  it('are each told in the help of their command', () => {
    const untold = tables.flatMap(({ path, flags }) => {
      const command = COMMANDS.find(({ name }) => `cli/${name}.ts` === path);
      return flags
        .filter((flag) => command !== undefined && !command.help.includes(`--${flag}`))
        .map((flag) => `${path}: --${flag}`);
    });
    expect(untold).toEqual([]);
  });

  it('that a help tells of are there', () => {
    // A help may speak of a flag of another command.
    const known = new Set(tables.flatMap(({ flags }) => flags));
    for (const { name, help } of COMMANDS) {
      const told = help.matchAll(/(?<![\w-])--([a-z][a-z0-9-]*)/g);
      for (const [, flag = ''] of told) expect(known, `${name} --${flag}`).toContain(flag);
    }
  });

  it('and variables of the server stand in spec/13-configuration.md', () => {
    const text = spec('13-configuration');
    const serve = tables.find(({ path }) => path === 'cli/serve.ts');
    for (const flag of serve?.flags ?? []) expect(text, flag).toContain(`\`--${flag}\``);
    const variables = findAll(({ node }, path) => {
      const isEnv = node.type === 'MemberExpression' && nameOf(node['object']) === 'env';
      return isEnv && path === 'cli/config.ts' ? textOfLiteral(node['property']) : undefined;
    });
    expect(new Set(variables).size).toBeGreaterThan(4);
    for (const variable of variables) expect(text).toContain(`\`${variable}\``);
  });
});

describe('members of a configuration', () => {
  it('are those of spec/13-configuration.md', () => {
    const asked = new Set(
      findAll(({ node }, path) => {
        if (path !== 'cli/config-file.ts' || node.type !== 'CallExpression') return undefined;
        const isRead = [
          'text',
          'texts',
          'textsByName',
          'isOn',
          'integers',
          'object',
          'objects',
        ].includes(nameOf(node['callee']) ?? '');
        return isRead ? literalsIn(node['arguments']).slice(0, 1) : undefined;
      }).flat(),
    );
    const [settings = '', logs = ''] = spec('13-configuration').split('Of each log');
    const told = [
      ...`${settings}${logs.split('| limit of a log')[0]}`.matchAll(/^\| `([a-zA-Z]+)` /gm),
    ];
    const names = new Set(told.map(([, name]) => name));
    // Told in the row of `tls`.
    for (const name of ['cert', 'key']) names.add(name);
    expect([...asked].sort()).toEqual([...names].sort());
  });
});

describe('limits', () => {
  const used = (name: string, room: string): boolean =>
    SOURCES.some(({ path, text }) => {
      return (
        path.startsWith(room) && !/limits\.ts$/.test(path) && new RegExp(`\\b${name}\\b`).test(text)
      );
    });

  it('of requests are each used, and stand in spec/8-http.md', () => {
    for (const [name, limit] of Object.entries(LIMITS)) {
      expect(used(name, 'http/'), name).toBe(true);
      expect(spec('8-http')).toContain(`| \`${name}\` | ${limit.default.toLocaleString('en')} |`);
    }
  });

  it('of a log are each used, and stand in spec/13-configuration.md', () => {
    expect(Object.keys(LOG_LIMIT_RANGES).sort()).toEqual(Object.keys(LOG_LIMITS).sort());
    for (const [name, [least, most]] of Object.entries(LOG_LIMIT_RANGES)) {
      expect(used(name, 'log/'), name).toBe(true);
      const numbers = [LOG_LIMITS[name as keyof typeof LOG_LIMITS], least, most];
      const row = numbers.map((n) => n.toLocaleString('en')).join(' | ');
      expect(spec('13-configuration')).toContain(`| \`${name}\` | ${row} |`);
    }
  });
});

describe('metrics', () => {
  it('are each fed by the log: every call of its observer stands in the code', () => {
    const calls = findAll(({ node, around }, path) => {
      const isMethod = path === 'log/observer.ts' && node.type === 'TSMethodSignature';
      return isMethod && around.length > 0 ? nameOf(node['key']) : undefined;
    });
    expect(calls.length).toBeGreaterThan(3);
    const made = new Set(
      findAll(({ node }, path) => {
        const isCall = node.type === 'CallExpression' && path.startsWith('log/');
        return isCall ? nameOf(node['callee']) : undefined;
      }),
    );
    expect(calls.filter((call) => !made.has(call))).toEqual([]);
  });

  it('all stand in the specification, and are registered once', () => {
    const registered = findAll(({ node, around }) => {
      const text = textOfLiteral(node);
      if (text === undefined || !/^varve_[a-z_]+$/.test(text)) return undefined;
      return around[0]?.type === 'TSLiteralType' ? undefined : text;
    });
    expect(registered.length).toBeGreaterThan(20);
    expect(new Set(registered).size).toBe(registered.length);
    const told = spec('8-http') + spec('10-witness');
    expect(registered.filter((name) => !told.includes(`\`${name}\``))).toEqual([]);
  });
});

interface FlagsOfFile {
  readonly path: string;
  readonly flags: readonly string[];
}

/** The flags that each file hands to `parseFlags`, of all its calls together. */
function flagTables(): readonly FlagsOfFile[] {
  const constants = new Map<string, SourceNode>();
  for (const { path, program } of SOURCES.filter((source) => source.path.startsWith('cli/'))) {
    for (const { node } of nodesBelow(program)) {
      const name = node.type === 'VariableDeclarator' ? nameOf(node['id']) : undefined;
      const { init } = node as { init?: SourceNode | null };
      if (name === undefined || !/FLAGS$/.test(name) || init === null || init === undefined)
        continue;
      constants.set(`${path} ${name}`, init);
      // Those of the file itself come first, where another file has one of the same name.
      if (!constants.has(name) || path === 'cli/config.ts') constants.set(name, init);
    }
  }
  const flagsOf = (node: SourceNode | undefined, path: string): readonly string[] => {
    if (node === undefined) return [];
    if (node.type === 'Identifier') {
      const name = String(node['name']);
      return flagsOf(constants.get(`${path} ${name}`) ?? constants.get(name), path);
    }
    return [...nodesBelow(node)].flatMap(({ node: inner, around }) => {
      if (inner.type === 'SpreadElement') return flagsOf(inner['argument'] as SourceNode, path);
      if (
        inner.type === 'Identifier' &&
        around[0]?.type === 'Property' &&
        inner !== around[0]['key']
      ) {
        return flagsOf(inner, path);
      }
      const text = around[0]?.type === 'ArrayExpression' ? textOfLiteral(inner) : undefined;
      return text === undefined ? [] : [text];
    });
  };
  const tables = new Map<string, Set<string>>();
  for (const { path, program } of SOURCES) {
    for (const { node } of nodesBelow(program)) {
      if (node.type !== 'CallExpression' || nameOf(node['callee']) !== 'parseFlags') continue;
      const [args, table] = node['arguments'] as readonly SourceNode[];
      // A command line of the program's own making is not one that somebody writes.
      if (args?.type !== 'Identifier') continue;
      const flags = tables.get(path) ?? new Set();
      for (const flag of flagsOf(table, path)) flags.add(flag);
      tables.set(path, flags);
    }
  }
  return [...tables].map(([path, flags]) => ({ path, flags: [...flags] }));
}

function literalsIn(nodes: unknown): readonly string[] {
  return Array.isArray(nodes) ? nodes.flatMap((node) => textOfLiteral(node) ?? []) : [];
}
