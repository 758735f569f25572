import type { Failures } from './failures';
import type { Counts, LateCounts } from './rates';
import type { Times } from './response';
import { Rows, viewOf } from './rows';

const CountsView = viewOf('good', 'bad', 'at');
const LateCountsView = viewOf('labels', 'pending', 'matured', 'at');
const TimesView = viewOf('answers', 'sumMs', 'at');
const FailuresView = viewOf('quick', 'quickSumMs', 'slow', 'slowSumMs', 'at');

/** Where each part of a history begins in its row, and how long that is. */
const [FILL, COMPLAINT, REPURCHASE, INVALID, AMBIGUOUS, TIMES, FAILURES, WIDTH] = [0, 3, 7, 11, 14, 17, 20, 25] as const;

/** What was heard of an offer, a supplier, a category or the whole market; a view of its row. */
export class History {
  constructor(
    private readonly numbers: Float64Array,
    private readonly from: number,
  ) {}

  get fill(): Counts {
    return new CountsView(this.numbers, this.from + FILL);
  }

  get complaint(): LateCounts {
    return new LateCountsView(this.numbers, this.from + COMPLAINT);
  }

  get repurchase(): LateCounts {
    return new LateCountsView(this.numbers, this.from + REPURCHASE);
  }

  get invalid(): Counts {
    return new CountsView(this.numbers, this.from + INVALID);
  }

  get ambiguous(): Counts {
    return new CountsView(this.numbers, this.from + AMBIGUOUS);
  }

  /** Of deliveries. */
  get times(): Times {
    return new TimesView(this.numbers, this.from + TIMES);
  }

  /** Of what did not deliver: how long it took until the next attempt could begin. */
  get failures(): Failures {
    return new FailuresView(this.numbers, this.from + FAILURES);
  }
}

export type Histories = Rows<History>;

export const noHistories = (): Histories => new Rows(WIDTH, (numbers, from) => new History(numbers, from));

export const emptyHistory = (at: number): History => begun(new History(new Float64Array(WIDTH), 0), at);

/** That of the id; one that begins at `at`, where it has none yet. */
export const historyIn = (histories: Histories, id: string, at: number): History => histories.get(id) ?? begun(histories.add(id), at);

function begun(it: History, at: number): History {
  for (const part of [it.fill, it.complaint, it.repurchase, it.invalid, it.ambiguous, it.times, it.failures]) part.at = at;
  return it;
}
