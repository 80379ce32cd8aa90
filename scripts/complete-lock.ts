import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Adds to package-lock.json the builds for other platforms that a registry without them left out. `npm ci` refuses a lock
 * that lacks one, on every platform, although it installs only its own. Run it after `npm install`.
 */

interface LockEntry {
  version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  optional?: boolean;
  os?: readonly string[];
  cpu?: readonly string[];
  libc?: readonly string[];
}

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPU = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const file = join(import.meta.dirname, '..', 'package-lock.json');
// Written by npm; a file of another shape is not completed but breaks here.
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockEntry> };
const added: string[] = [];
for (const [owner, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const platform = /^\d/.test(version) ? platformOf(name) : undefined;
    const path = pathFor(owner, name, version);
    if (platform === undefined || path === undefined) continue;
    lock.packages[path] = {
      version,
      ...platform,
      ...(entry.dev === true ? { dev: true } : {}),
      optional: true,
    };
    added.push(path);
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(
  file,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
);
console.log(`${added.length} builds for other platforms added`);

/** Where a package must be added for its owner to find it; undefined if the owner finds that version already. */
function pathFor(owner: string, name: string, version: string): string | undefined {
  for (let folder = owner; ; ) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    const found = lock.packages[path];
    if (found?.version === version) return undefined;
    if (found !== undefined) return `${owner}/node_modules/${name}`;
    if (folder === '') return path;
    const nested = folder.lastIndexOf('/node_modules/');
    folder = nested < 0 ? '' : folder.slice(0, nested);
  }
}

/** Platform of a build by its name: `@biomejs/cli-linux-arm64-musl`. */
function platformOf(name: string): Pick<LockEntry, 'os' | 'cpu' | 'libc'> | undefined {
  const words = name.slice(name.lastIndexOf('/') + 1).split('-');
  const os = words.find((word) => OS.includes(word));
  const cpu = words.find((word) => CPU.includes(word));
  const libc = words.includes('musl') ? 'musl' : words.includes('gnu') ? 'glibc' : undefined;
  if (cpu === undefined || (os === undefined && cpu !== 'wasm32')) return undefined;
  return {
    cpu: [cpu],
    ...(libc === undefined ? {} : { libc: [libc] }),
    ...(os === undefined ? {} : { os: [os] }),
  };
}
