import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';

/**
 * Starts the machine's own Chromium without a window, with an empty profile in `profileFolder`, and with all of its own
 * traffic to the network turned off.
 */
export function startChromium(profileFolder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profileFolder, {
    executablePath: findChromium(),
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
    ],
  });
}

/** The browser's path: `CHROMIUM`, a system package's, or one unpacked into `.cache/chromium`. */
export function findChromium(): string {
  const named = process.env['CHROMIUM'];
  const unpacked = join(import.meta.dirname, '..', '..', '.cache', 'chromium', 'usr', 'bin');
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), unpacked];
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = [
    ...(named === undefined ? [] : [named]),
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
  ].find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new Error('no Chromium: install the package chromium, or name one in CHROMIUM');
}
