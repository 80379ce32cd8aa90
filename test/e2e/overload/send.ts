import type { Batch } from './bodies.ts';

/** What emitters were answered, all together. */
export class Answers {
  readonly ids: string[] = [];
  /** Code of a refusal → how often it was given. */
  readonly refused: Map<string, number> = new Map();
  /** Refusals that did not say when to come back. */
  unguided = 0;
  /** Requests that broke. */
  cut = 0;

  refuse(code: string, retryAfter: string | null): void {
    this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
    if (!(Number(retryAfter) >= 1)) this.unguided += 1;
  }

  toString(): string {
    const refusals = [...this.refused].map(([code, count]) => `${count} × ${code}`);
    return `${this.ids.length} events taken, refused first: ${refusals.join(', ') || 'none'}`;
  }
}

/**
 * Sends batches one after the other, each until it is taken: what is 503 again after `Retry-After`, what broke after a
 * second, as emitters do.
 *
 * @throws for any other answer: an emitter would throw the batch away
 */
export async function emit(
  logUrl: string,
  batches: readonly Batch[],
  answers: Answers,
): Promise<void> {
  for (const batch of batches) {
    for (;;) {
      const { path, headers, body } = batch;
      const answer = await fetch(`${logUrl}${path}`, { method: 'POST', headers, body }).catch(
        () => undefined,
      );
      const text = await answer?.text().catch(() => undefined);
      // 201: of events in their native form, some were new.
      if (answer?.status === 200 || answer?.status === 201) {
        for (const id of batch.ids) answers.ids.push(id);
        break;
      }
      let waitMs = 1_000;
      if (answer === undefined || text === undefined) answers.cut += 1;
      else if (answer.status === 503) {
        const retryAfter = answer.headers.get('retry-after');
        answers.refuse(codeIn(text), retryAfter);
        waitMs = Number(retryAfter ?? 1) * 1_000;
      } else throw new Error(`${path}: ${answer.status} ${text.slice(0, 200)}`);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  }
}

/** The code in a problem, or in the message of a google.rpc.Status of either form. */
function codeIn(text: string): string {
  return /"code":"([a-z.-]+)"/.exec(text)?.[1] ?? /([a-z]+\.[a-z-]+): /.exec(text)?.[1] ?? 'none';
}
