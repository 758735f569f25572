/**
 * A named place where a crash is tested for real. `MIDSTREAM_CRASH_AT=name` (or `name#3`, the third time) ends the process there, as
 * SIGKILL would: no handler runs, no buffer is flushed. Without it the call costs a comparison.
 */
const wanted = process.env['MIDSTREAM_CRASH_AT'] ?? '';
const [wantedName = '', wantedTime = '1'] = wanted.split('#');
let times = 0;

export function point(name: string): void {
  if (wantedName === '' || name !== wantedName) return;
  times += 1;
  if (times === Number(wantedTime)) process.kill(process.pid, 'SIGKILL');
}
