import { openLogClient, readOpenings } from '../client/client.ts';
import { base64 } from '../core/base64.ts';
import { isTransparencyError, TransparencyError } from '../core/error.ts';
import { type Command, exitCodeOf } from './command.ts';
import { parseFlags } from './flags.ts';
import { checkUrl } from './submit.ts';
import { fetchWithToken } from './token-fetch.ts';
import { requireTrust, TRUST_FLAGS } from './trust-flags.ts';

/** `varve openings` */
export const openings: Command = {
  name: 'openings',
  summary: 'the values that an entry withholds, held against it',
  help: `varve openings URL INDEX --policy FILE|--vkey KEY

Prints what a log keeps of the values that an entry withholds, as one JSON
object: values by pointer, what an adapter read ("raw", base64), what is erased
and by which entry, what cannot be read. Proves the entry, and holds every value
against its commitment. Exits with 1 if one is not what the entry commits to.
What is erased or unreadable is the log's word, and proven by nothing.

  URL            of the log: http://127.0.0.1:6962/main
  INDEX          of the entry
  --policy FILE  whom to trust; see 'varve verify'
  --vkey KEY     instead: the key of the log, and no witness

Variable: VARVE_TOKEN, a token with the role audit, where one is asked for
`,
  async run(args, io) {
    const flags = parseFlags(args, { text: TRUST_FLAGS, operands: [2, 2] });
    const [url = '', index = ''] = flags.operands;
    checkUrl(url);
    if (!/^(?:0|[1-9][0-9]{0,14})$/.test(index)) {
      throw new TransparencyError('config.malformed', 'INDEX: an integer expected');
    }
    const policy = await requireTrust(flags);
    const fetch = fetchWithToken(io);
    const client = openLogClient({ url, policy, fetch });
    try {
      const checked = await readOpenings(client, { url, fetch }, Number(index), io.stop);
      const { values, raw, erased, unreadable } = checked;
      const opened = Object.fromEntries(values.map(({ pointer, value }) => [pointer, value]));
      const told = { index: Number(index), values: opened, raw: raw && base64(raw) };
      io.write(`${JSON.stringify({ ...told, erased, unreadable })}\n`);
      return 0;
    } catch (error) {
      if (!isTransparencyError(error) || exitCodeOf(error) !== 1) throw error;
      io.note(`DOES NOT HOLD: ${error.message}`);
      return 1;
    }
  },
};
