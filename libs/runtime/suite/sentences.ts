import { batchSentences } from './sentences.batch';
import { logSentences } from './sentences.log';
import { parkingSentences } from './sentences.parking';
import { readingSentences } from './sentences.reading';
import { stoppingSentences } from './sentences.stopping';
import { todoSentences } from './sentences.todo';
import type { BusKind } from './world';

/** What the shell promises, whatever bus it runs on (issue 3, "What must work" 3). */
export function sentences(kind: BusKind): void {
  logSentences(kind);
  batchSentences(kind);
  readingSentences(kind);
  parkingSentences(kind);
  todoSentences(kind);
  stoppingSentences(kind);
}
