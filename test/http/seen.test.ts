import { describe, expect, it } from 'vitest';
import { base64url } from '../../src/core/base64.ts';
import { utf8 } from '../../src/core/bytes.ts';
import { type AppUnderTest, createAppUnderTest } from '../support/http-app.ts';

function appThatIsTold(): { app: AppUnderTest; told: Uint8Array[] } {
  const app = createAppUnderTest();
  const told: Uint8Array[] = [];
  app.main.publish();
  app.main.reportSeen = async (note) => {
    told.push(note);
    return 'contained';
  };
  return { app, told };
}

const ask = async (app: AppUnderTest, value: string, path = '/main/checkpoint'): Promise<number> =>
  (await app.request(path, { headers: { 'varve-seen': value } })).status;

describe('Varve-Seen', () => {
  it('is handed to the log that the request is about, once', async () => {
    const { app, told } = appThatIsTold();
    const note = utf8('localhost:6962/main\n7\n…');
    for (let i = 0; i < 3; i++) expect(await ask(app, base64url(note))).toBe(200);
    await app.post('/main/events', '{}', 'application/json', { 'varve-seen': base64url(note) });
    expect(told).toEqual([note]);
    await ask(app, base64url(utf8('another')));
    expect(told).toHaveLength(2);
  });

  it('refuses and holds up nothing, whatever it says', async () => {
    const { app, told } = appThatIsTold();
    for (const value of ['', '=', '!', 'a', 'A'.repeat(2_052), 'AA==']) {
      expect(await ask(app, value)).toBe(200);
    }
    expect(told.filter((note) => note.length > 0)).toEqual([]);
    app.main.reportSeen = () => Promise.reject(new Error('disk'));
    expect(await ask(app, 'AAAA')).toBe(200);
    await new Promise((resolve) => setImmediate(resolve));
    expect(app.logged).toMatchObject([{ level: 'error', values: { log: 'main' } }]);
  });

  it('is looked at again after many others, and never kept without end', async () => {
    const { app, told } = appThatIsTold();
    for (let i = 0; i < 300; i++) await ask(app, base64url(utf8(`n${i}`)));
    await ask(app, base64url(utf8('n0')));
    expect(told).toHaveLength(301);
  });

  it('is not read from those who may not ask', async () => {
    const { app, told } = appThatIsTold();
    expect(await ask(app, 'AAAA', '/other/checkpoint')).toBe(404);
    await app.request('/main/checkpoint', {
      headers: { 'varve-seen': 'AAAA', origin: 'https://evil.example' },
    });
    expect(told).toEqual([]);
  });
});
