import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { describe, expect, it } from 'vitest';

/** One room of the design's table: what it may import, which outside packages it may name, and whether a browser runs it. */
interface Room {
  readonly floor: number;
  /** Rooms, or single files of rooms (`log/ports.ts`). */
  readonly imports: readonly string[];
  /** Outside packages, each in this room or in the files given for it. */
  readonly packages: readonly (string | { readonly name: string; readonly files: RegExp })[];
  /** Modules of Node: none, any, or one in some files. */
  readonly node: 'none' | 'any' | { readonly name: string; readonly files: RegExp };
}

/** The design's table of rooms. Trust runs between the parties, so the walls stand there. */
const ROOMS: Readonly<Record<string, Room>> = {
  core: {
    floor: 0,
    imports: [],
    packages: [
      { name: '@noble/hashes', files: /^(?:sha256|ed25519)\.noble\.ts$/ },
      { name: '@noble/ed25519', files: /^ed25519\.noble\.ts$/ },
      { name: '@noble/curves', files: /^p256\.ts$/ },
      { name: '@noble/post-quantum', files: /^ml-dsa\.ts$/ },
    ],
    node: { name: 'node:crypto', files: /\.node\.ts$/ },
  },
  event: { floor: 1, imports: ['core'], packages: [], node: 'none' },
  log: { floor: 2, imports: ['core', 'event'], packages: [], node: 'any' },
  ingest: { floor: 2, imports: ['core', 'event'], packages: ['protobufjs'], node: 'any' },
  witness: { floor: 2, imports: ['core'], packages: [], node: 'any' },
  lookup: { floor: 2, imports: ['core', 'event'], packages: [], node: 'any' },
  client: {
    floor: 2,
    imports: ['core', 'event'],
    packages: [
      { name: '@peculiar/asn1-schema', files: /^timestamp/ },
      { name: '@peculiar/asn1-cms', files: /^timestamp/ },
      { name: '@peculiar/asn1-tsp', files: /^timestamp/ },
      { name: '@peculiar/asn1-x509', files: /^timestamp/ },
      { name: 'cborg', files: /^cose/ },
    ],
    node: 'none',
  },
  monitor: {
    floor: 2,
    imports: ['core', 'event', 'client', 'lookup'],
    packages: [],
    node: 'any',
  },
  evidence: { floor: 2, imports: ['core', 'event', 'client'], packages: ['fflate'], node: 'none' },
  storage: {
    floor: 3,
    imports: ['core', 'log/ports.ts', 'witness/ports.ts', 'lookup/ports.ts'],
    packages: ['classic-level', 'level', 'pg'],
    node: 'any',
  },
  http: {
    floor: 3,
    imports: [
      'core',
      'event',
      'log',
      'ingest',
      'witness',
      'lookup',
      'client',
      'monitor',
      'evidence',
    ],
    packages: ['hono', '@hono/node-server', 'prom-client'],
    node: 'any',
  },
  web: {
    floor: 3,
    imports: ['core', 'event', 'client', 'evidence'],
    packages: ['uplot'],
    node: 'none',
  },
  cli: {
    floor: 4,
    imports: [
      ...['core', 'event', 'log', 'ingest', 'witness', 'lookup', 'client', 'monitor', 'evidence'],
      ...['storage', 'http', 'web'],
    ],
    packages: ['pino', '@peculiar/asn1-schema', '@peculiar/asn1-x509', 'yaml'],
    node: 'any',
  },
};

/** `src/index.ts`, the face of the package: it verifies and submits, in a browser too. */
const FACE: Room = {
  floor: 4,
  imports: ['core', 'event', 'client', 'evidence'],
  packages: [],
  node: 'none',
};

/**
 * The doors of package.json's `imports`, and who goes through each. Hashing is for every room that may import core; only
 * core signs and verifies by the bare back ends, because its own `signature.ts` is stricter than either.
 */
const DOORS: Readonly<Record<string, (name: string, room: Room) => boolean>> = {
  '#sha256': (name, room) => name === 'core' || room.imports.includes('core'),
  '#ed25519': (name) => name === 'core',
};

/** What depends on the machine or the moment: handed in as an argument everywhere but here. */
const MOMENT_ROOM = 'cli';

const SOURCE_FOLDER = join(import.meta.dirname, '..', 'src');
const SOURCES = sourcesBelow('').map((path) => ({
  path,
  text: readFileSync(join(SOURCE_FOLDER, path), 'utf8'),
}));

describe('rooms', () => {
  it('reads every source of the package', () => {
    expect(SOURCES.length).toBeGreaterThan(5);
    expect(SOURCES.map((source) => source.path)).toContain('core/hash.ts');
  });

  it('holds the table of rooms against every source', () => {
    expect(SOURCES.flatMap((source) => violations(source.path, source.text))).toEqual([]);
  });

  it('has no arrow up and none in a circle', () => {
    for (const [name, room] of Object.entries(ROOMS)) {
      for (const target of room.imports) {
        const below = ROOMS[roomOf(target)];
        expect(below, `${name} → ${target}`).toBeDefined();
        expect(below?.floor, `${name} → ${target}`).toBeLessThanOrEqual(room.floor);
      }
      expect(reaches(name, name), `${name} in a circle`).toBe(false);
    }
  });

  it('has no circle of files that load one another', () => {
    expect(circleOfFiles()).toEqual([]);
  });

  it.each([
    ['a room that the table lacks', 'shed/tool.ts', `export const a = 1;`],
    ['an arrow up', 'core/a.ts', `import { b } from '../event/b.ts';`],
    ['an arrow up by type alone', 'core/a.ts', `import type { B } from '../log/b.ts';`],
    ['an arrow up by an inline type', 'core/a.ts', `type B = import('../log/b.ts').B;`],
    ['an arrow up by import()', 'core/a.ts', `export const b = await import('../log/b.ts');`],
    ['an arrow up by export from', 'core/a.ts', `export * from '../log/b.ts';`],
    ['an import() that no reader can follow', 'core/a.ts', `await import('../' + 'log/b.ts');`],
    ['more of a room than its ports', 'storage/a.ts', `import { b } from '../log/log.ts';`],
    ['a package in a room not its own', 'log/a.ts', `import { Level } from 'classic-level';`],
    [
      'a package in a file not its own',
      'core/a.ts',
      `import { p256 } from '@noble/curves/nist.js';`,
    ],
    ['a package that the table lacks', 'cli/a.ts', `import pad from 'left-pad';`],
    ['a door of another room', 'log/a.ts', `import { verify } from '#ed25519';`],
    ['a module of Node in a pure room', 'event/a.ts', `import { hash } from 'node:crypto';`],
    ['a module of Node outside *.node.ts', 'core/a.ts', `import { hash } from 'node:crypto';`],
    ['another module of Node', 'core/a.node.ts', `import { readFileSync } from 'node:fs';`],
    ['a module of Node without its prefix', 'log/a.ts', `import { join } from 'path';`],
    ['Buffer in a pure room', 'client/a.ts', `export const b = Buffer.from('');`],
    ['Buffer by type alone', 'client/a.ts', `export function f(b: Buffer): void {}`],
    ['Buffer of the global object', 'client/a.ts', `export const b = globalThis.Buffer;`],
    ['process outside the cli', 'log/a.ts', `export const e = process.env;`],
    ['the clock outside the cli', 'log/a.ts', `export const t = Date.now();`],
    ['the clock by another name', 'log/a.ts', `export const t = new Date();`],
    ['chance outside the cli', 'log/a.ts', `export const r = Math.random();`],
    ['a file that does not parse', 'core/a.ts', `export const = 1;`],
  ])('finds %s', (_, path, text) => {
    expect(violations(path, text)).toHaveLength(1);
  });

  it.each([
    ['an arrow down', 'event/a.ts', `import type { A } from '../core/a.ts';`],
    ['a file of the same room', 'event/a.ts', `import { b } from './b.ts';`],
    ['the ports', 'storage/a.ts', `import type { Store } from '../log/ports.ts';`],
    ['a package in its file', 'core/p256.ts', `import { p256 } from '@noble/curves/nist.js';`],
    ['a door of the own room', 'core/a.ts', `import { sha256 } from '#sha256';`],
    ['node:crypto behind its door', 'core/a.node.ts', `import { hash } from 'node:crypto';`],
    [
      'a member called process',
      'log/a.ts',
      `export const p = (x: Pipe) => x.process({ process: 1 });`,
    ],
    ['a given time as a Date', 'log/a.ts', `export const t = (ms: number) => new Date(ms);`],
    ['the clock in the cli', 'cli/a.ts', `export const t = Date.now() + process.pid;`],
  ])('allows %s', (_, path, text) => {
    expect(violations(path, text)).toEqual([]);
  });
});

/** What a source does against the table; one sentence each. */
function violations(path: string, text: string): readonly string[] {
  const name = path.includes('/') ? roomOf(path) : '';
  const room = name === '' ? FACE : ROOMS[name];
  if (room === undefined) return [`${path}: no room '${name}' in the table`];
  const parsed = parseSync(path, text, { lang: 'ts' });
  if (parsed.errors.length > 0) return [`${path}: does not parse`];
  const found = new Set<string>();
  visit(parsed.program, (node, parent, key) => {
    const reference = referenceOf(node);
    if (reference !== undefined) {
      const why = refusedReference(path, name, room, reference);
      if (why !== undefined) found.add(`${path}: ${why}`);
    }
    const why = refusedGlobal(path, name, room, node, parent, key);
    if (why !== undefined) found.add(`${path}: ${why}`);
  });
  return [...found];
}

function refusedReference(
  path: string,
  name: string,
  room: Room,
  reference: string | null,
): string | undefined {
  if (reference === null) return 'imports what is only known when it runs';
  const file = path.slice(path.lastIndexOf('/') + 1);
  if (reference.startsWith('.')) {
    const target = resolvePath(path, reference);
    const own = name !== '' && roomOf(target) === name;
    const allowed = own || room.imports.includes(roomOf(target)) || room.imports.includes(target);
    return allowed ? undefined : `may not import ${target}`;
  }
  if (reference.startsWith('#')) {
    return DOORS[reference]?.(name, room) ? undefined : `may not go through the door ${reference}`;
  }
  if (reference.startsWith('node:')) {
    if (room.node === 'any') return undefined;
    if (room.node !== 'none' && room.node.name === reference && room.node.files.test(file)) {
      return undefined;
    }
    return `may not import ${reference}`;
  }
  const outside = packageOf(reference);
  const allowed = room.packages.some((one) =>
    typeof one === 'string' ? one === outside : one.name === outside && one.files.test(file),
  );
  return allowed ? undefined : `may not name the package ${outside}`;
}

function refusedGlobal(
  path: string,
  name: string,
  room: Room,
  node: Node,
  parent: Node | undefined,
  key: string,
): string | undefined {
  const pure = room.node !== 'any' && !path.endsWith('.node.ts');
  const global = globalNameOf(node, parent, key);
  if (global === 'Buffer' && pure) return 'uses Buffer';
  if (name === MOMENT_ROOM) return undefined;
  if (global === 'process') return 'uses process';
  if (isMember(node, 'Date', 'now') || isMember(node, 'Math', 'random')) return 'asks the machine';
  if (node.type === 'NewExpression' && nameOf(node['callee']) === 'Date') {
    const given = node['arguments'];
    if (Array.isArray(given) && given.length === 0) return 'asks the machine';
  }
  return undefined;
}

/** The name of a global that a node stands for, be it `x` or `globalThis.x`; names of members are none. */
function globalNameOf(node: Node, parent: Node | undefined, key: string): string | undefined {
  if (node.type === 'MemberExpression') {
    return nameOf(node['object']) === 'globalThis' ? nameOf(node['property']) : undefined;
  }
  if (node.type !== 'Identifier' || parent === undefined) return undefined;
  const member = key === 'property' && parent['computed'] === false;
  const label = key === 'key' && parent['computed'] !== true;
  return member || label ? undefined : nameOf(node);
}

function isMember(node: Node, object: string, property: string): boolean {
  return (
    node.type === 'MemberExpression' &&
    nameOf(node['object']) === object &&
    nameOf(node['property']) === property
  );
}

/** All modules that a source loads when it runs; those it names by `import type` alone are none. */
function loaded(path: string, text: string): readonly string[] {
  const found: string[] = [];
  visit(parseSync(path, text, { lang: 'ts' }).program, (node) => {
    const typeOnly = node['importKind'] === 'type' || node['exportKind'] === 'type';
    const reference = referenceOf(node);
    if (typeof reference === 'string' && !typeOnly && node.type !== 'TSImportType') {
      found.push(reference);
    }
  });
  return found;
}

/** The module that a node names; null if it is not a plain text, undefined if the node names none. */
function referenceOf(node: Node): string | null | undefined {
  const names =
    node.type === 'ImportDeclaration' ||
    node.type === 'ExportAllDeclaration' ||
    node.type === 'ImportExpression' ||
    node.type === 'TSImportType' ||
    (node.type === 'ExportNamedDeclaration' && isNode(node['source']));
  if (!names) return undefined;
  const source = node['source'];
  const value = isNode(source) && source.type === 'Literal' ? source['value'] : null;
  return typeof value === 'string' ? value : null;
}

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function nameOf(value: unknown): string | undefined {
  if (!isNode(value) || value.type !== 'Identifier') return undefined;
  return typeof value['name'] === 'string' ? value['name'] : undefined;
}

function visit(
  value: unknown,
  see: (node: Node, parent: Node | undefined, key: string) => void,
  parent?: Node,
  key = '',
): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, see, parent, key);
  } else if (isNode(value)) {
    see(value, parent, key);
    for (const [member, child] of Object.entries(value)) visit(child, see, value, member);
  }
}

function reaches(from: string, to: string, seen: Set<string> = new Set()): boolean {
  for (const target of ROOMS[from]?.imports ?? []) {
    const room = roomOf(target);
    if (room === to) return true;
    if (seen.has(room)) continue;
    seen.add(room);
    if (reaches(room, to, seen)) return true;
  }
  return false;
}

/** The files of one circle of imports, or none. */
function circleOfFiles(): readonly string[] {
  const targets = new Map<string, readonly string[]>();
  for (const source of SOURCES) {
    const local = loaded(source.path, source.text).filter((name) => name.startsWith('.'));
    targets.set(
      source.path,
      local.map((name) => resolvePath(source.path, name)),
    );
  }
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): readonly string[] => {
    if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path];
    if (done.has(path)) return [];
    for (const target of targets.get(path) ?? []) {
      const circle = walk(target, [...trail, path]);
      if (circle.length > 0) return circle;
    }
    done.add(path);
    return [];
  };
  for (const path of targets.keys()) {
    const circle = walk(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

function sourcesBelow(folder: string): readonly string[] {
  return readdirSync(join(SOURCE_FOLDER, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.[cm]?tsx?$/.test(path))
    .sort();
}

function roomOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash);
}

function packageOf(reference: string): string {
  return reference
    .split('/')
    .slice(0, reference.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Path below `src/` of what a source names by a relative path. */
function resolvePath(from: string, reference: string): string {
  return new URL(reference, `file:///${from}`).pathname.slice(1);
}
