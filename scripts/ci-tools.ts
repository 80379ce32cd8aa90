import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program that suites need beside Node. */
export type Tool = 'go' | 'chromium' | 'strace' | 'gcc' | 'python3';

/** A tool that could not be had, and why. */
export interface MissingTool {
  readonly tool: Tool;
  readonly why: string;
}

/** Debian's package of a tool; null where Debian's is too old, so that the machine must have it. */
const PACKAGES: Readonly<Record<Tool, string | null>> = {
  go: null,
  chromium: 'chromium',
  strace: 'strace',
  gcc: 'gcc',
  python3: 'python3-venv',
};

/** Installs what is missing of the tools from Debian's packages; what is missing still. */
export async function installTools(tools: readonly Tool[]): Promise<readonly MissingTool[]> {
  const wanted = tools.filter((tool) => !isInstalled(tool));
  const packages = wanted.flatMap((tool) => PACKAGES[tool] ?? []);
  let said = '';
  if (packages.length > 0) {
    said = await apt(['update', '-qq']);
    said += await apt(['install', '-y', '-qq', '--no-install-recommends', ...packages]);
  }
  return wanted
    .filter((tool) => !isInstalled(tool))
    .map((tool) => ({ tool, why: said.trim().split('\n').at(-1) || 'not on this machine' }));
}

function isInstalled(tool: Tool): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, tool), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Runs apt-get, as root if we are not; what it said. */
function apt(args: readonly string[]): Promise<string> {
  const words = ['apt-get', '-o', 'DPkg::Lock::Timeout=120', ...args];
  const [command = '', ...rest] = process.getuid?.() === 0 ? words : ['sudo', '-n', '-E', ...words];
  return new Promise((resolve) => {
    const child = spawn(command, rest, {
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8');
    });
    child.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString('utf8');
    });
    child.on('error', (error) => resolve(String(error)));
    child.on('close', () => resolve(said));
  });
}
