import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { enter, type Shops } from './shop';
import type { Entry } from './words';

export interface Journal {
  /** Written down first, then done: a supplier that is killed has not forgotten what it sold. */
  write(entry: Entry): void;
  clear(): void;
}

/** Without a file the sandbox remembers nothing beyond its process. */
export function openJournal(shops: Shops, file: string | undefined): Journal {
  if (file === undefined) return { write: (entry) => enter(shops, entry), clear: () => shops.clear() };
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) for (const entry of entriesIn(file)) enter(shops, entry);
  return {
    write: (entry) => {
      appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
      enter(shops, entry);
    },
    clear: () => {
      writeFileSync(file, '', { mode: 0o600 });
      shops.clear();
    },
  };
}

/** A last line that a power cut broke off was never answered, and is cut away, so that the next one does not grow onto it. */
function entriesIn(file: string): Entry[] {
  const text = readFileSync(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole !== text) writeFileSync(file, whole, { mode: 0o600 });
  return whole
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Entry);
}
