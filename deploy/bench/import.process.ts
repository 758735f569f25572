import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { inventoryService } from '@midstream/inventory/service';
import { loggerOf, type RunningService, startService } from '@midstream/runtime';
import { serve } from './part';
import { takesAll } from './takes-all';

export interface ImportTold {
  readonly databaseUrl: string;
  readonly operatorKey: string;
}

export interface ImportHouse {
  readonly url: string;
  /** Resident megabytes of this process: now, and the most since it was asked the last time. */
  readonly residentMb: number;
  readonly peakMb: number;
}

/** Of proc(5): the most that a process was resident with is counted anew. */
const RESET_PEAK = '5';

let running: Promise<RunningService> | undefined;

/** Inventory alone, with its real HTTP: each question begins the count of its memory anew. */
serve<ImportTold, ImportHouse>(async ({ databaseUrl, operatorKey }) => {
  running ??= startService(inventoryService, {
    databaseUrl,
    port: 0,
    bus: takesAll(),
    bootstrapKey: operatorKey,
    logger: loggerOf('bench').child({}, { level: 'error' }),
    settings: { vaultKey: secret(), fingerprintKey: secret(), allowPrivate: 'true' },
  });
  const { url } = await running;
  const status = readFileSync('/proc/self/status', 'utf8');
  const megabytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1_024;
  // What it took to start is not asked for
  writeFileSync('/proc/self/clear_refs', RESET_PEAK);
  return { url, residentMb: megabytes('VmRSS'), peakMb: megabytes('VmHWM') };
});

const secret = (): string => randomBytes(32).toString('base64');
