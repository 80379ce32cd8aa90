import { createWitnessCosigner, type Fetch, type WitnessCosigner } from '../client/client.ts';
import type { Policy } from '../core/policy.ts';
import { KEY_TYPE, parseVkey } from '../core/vkey.ts';
import type { MonitoringUrls } from './monitoring.ts';

/**
 * What asks the witnesses of a policy about one log; undefined where the policy names none.
 *
 * The `log` lines of the policy are for readers of the file: nothing here depends on them.
 *
 * @param log.vkey  the log's own key
 * @param log.monitoringUrls  where witnesses show what they cosigned, if not where they are asked
 * @throws {TransparencyError} policy.malformed for a URL that is not http or https
 */
export async function cosignerOf(
  policy: Policy | null,
  log: {
    readonly vkey: string;
    readonly fetch: Fetch;
    readonly monitoringUrls: MonitoringUrls;
  },
): Promise<WitnessCosigner | undefined> {
  if (policy === null || policy.witnesses.length === 0) return undefined;
  const { fetch, monitoringUrls } = log;
  const options = { policy, logKey: parseVkey(log.vkey), fetch, monitoringUrls };
  const hasMlDsa44 = policy.witnesses.some(({ key }) => key.type === KEY_TYPE.mlDsa44);
  if (!hasMlDsa44) return createWitnessCosigner(options);
  // Loaded where a policy asks for it alone: the library behind it is experimental.
  const { verifyMlDsa44 } = await import('../core/ml-dsa.ts');
  return createWitnessCosigner({ ...options, mlDsa44: verifyMlDsa44 });
}
