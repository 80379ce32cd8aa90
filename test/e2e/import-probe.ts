import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runWell } from './run.ts';

/** What importing modules loaded. */
export interface ImportTrace {
  /** How many names they export. */
  readonly exported: number;
  /** Each import that was resolved: the URL, and the file that asked for it. */
  readonly imports: readonly { readonly url: string; readonly parent: string }[];
}

/** Runs in the threads of Node's own module loader, so that nothing that is loaded stays unseen. */
const HOOKS = `
import { writeSync } from 'node:fs';
export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  const { url } = resolved;
  writeSync(1, JSON.stringify({ url, parent: context.parentURL ?? '' }) + '\\n');
  return resolved;
}
`;

const PROBE = `
import { register } from 'node:module';
import { writeSync } from 'node:fs';
register('./probe-hooks.mjs', import.meta.url);
let exported = 0;
for (const specifier of process.argv.slice(2)) exported += Object.keys(await import(specifier)).length;
writeSync(1, JSON.stringify({ exported }) + '\\n');
`;

/** Writes the probe into a folder in which packages are installed. */
export function writeProbe(folder: string): void {
  writeFileSync(join(folder, 'probe-hooks.mjs'), HOOKS);
  writeFileSync(join(folder, 'probe.mjs'), PROBE);
}

/** Imports modules in a process of their own, in a folder with the probe. */
export async function traceImports(
  folder: string,
  specifiers: readonly string[],
): Promise<ImportTrace> {
  const output = await runWell(process.execPath, ['probe.mjs', ...specifiers], {
    cwd: folder,
    limitMs: 30_000,
  });
  const lines = output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { url?: string; parent?: string; exported?: number });
  return {
    exported: lines.find((line) => line.exported !== undefined)?.exported ?? 0,
    imports: lines.flatMap(({ url, parent = '' }) => (url === undefined ? [] : [{ url, parent }])),
  };
}
