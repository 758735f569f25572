import type { Database, Loop } from '@midstream/runtime';
import { knowModels, type Models, MODELS, verdictOf } from '@midstream/selection-engine-domain';
import { bookOf } from '../book';
import { dropOtherLines, judgedLines, readyLines, settleLines, SETTLED_MAX } from './lines';

const FOLLOW_MS = 2_000;
const JUDGE_MS = 10_000;
/** Judged anew when a tenth more lines say something. */
const GROWTH = 1.1;

/** Every replica ranks by the same champion, and draws for the same trial. */
export const modelsLoop = (): Loop => ({
  name: 'models',
  everyMs: FOLLOW_MS,
  async run({ database }) {
    const { rows } = await database.query<{ state: Models }>('SELECT state FROM model WHERE id = $1', [MODELS]);
    if (rows[0] !== undefined) knowModels(bookOf(database), rows[0].state);
    return false;
  },
});

/** While a trial runs, one replica works out what its lines came to, and has it judged. Every replica runs it; whoever has the lease does it. */
export function trialsLoop(): Loop {
  const judged = new WeakMap<Database, { readonly name: string; readonly lines: number }>();
  return {
    name: 'trials',
    everyMs: JUDGE_MS,
    async run({ database, handle }) {
      const name = bookOf(database).models.running?.name;
      if (name === undefined) return false;
      const settled = await settleLines(database, name);
      if (settled === undefined || settled === SETTLED_MAX) return settled !== undefined;
      const last = judged.get(database);
      if (last?.name !== name) await dropOtherLines(database, name);
      const lines = await readyLines(database, name);
      if (lines < Math.max(1, GROWTH * (last?.name === name ? last.lines : 0))) return false;
      const verdict = verdictOf(await judgedLines(database, name), name, Date.now());
      await handle({ type: 'JudgeTrial', name, verdict } as { type: string });
      judged.set(database, { name, lines });
      return false;
    },
  };
}
