import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
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
      append(file, `${JSON.stringify(entry)}\n`);
      enter(shops, entry);
    },
    clear: () => {
      writeFileSync(file, '', { mode: 0o600 });
      shops.clear();
    },
  };
}

/** Whole or not at all: half of a line, on a full disk, would spoil the next one. */
function append(file: string, line: string): void {
  const before = existsSync(file) ? statSync(file).size : 0;
  try {
    appendFileSync(file, line, { mode: 0o600 });
  } catch (error) {
    if (existsSync(file)) truncateSync(file, before);
    throw error;
  }
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
