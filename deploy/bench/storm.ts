import type { BenchOptions } from './options';
import type { Result } from './result';
import type { Say } from './run';

export async function storm(_options: BenchOptions, _say: Say): Promise<Result> {
  throw new Error('not yet');
}
