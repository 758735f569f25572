import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A new folder of the system's temporary place that the database's own account can reach too. */
export function scratchFolder(what: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `midstream-${what}-`));
  fs.chmodSync(folder, 0o711);
  return folder;
}
