'use strict';
// Required into every process of ours by `--profile`: SIGUSR2 begins a CPU profile, the next one writes it, so that only what is
// measured is in it. (`--cpu-prof` would hold the start, the market and the pauses, too, and is not allowed in NODE_OPTIONS.)
const { Session } = require('node:inspector');
const { writeFileSync } = require('node:fs');
const path = require('node:path');

const dir = process.env.MIDSTREAM_BENCH_PROFILES;
const name = path
  .basename(path.dirname(process.argv[1] ?? 'node'))
  .replace(/^app$/, path.basename(path.resolve(process.argv[1] ?? '.', '../..')));
let session;
let count = 0;

process.on('SIGUSR2', () => {
  if (session === undefined) {
    session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.setSamplingInterval', { interval: 1000 });
    session.post('Profiler.start');
    return;
  }
  session.post('Profiler.stop', (error, result) => {
    if (error === null) writeFileSync(path.join(dir, `${name}-${process.pid}-${(count += 1)}.cpuprofile`), JSON.stringify(result.profile));
  });
  session.disconnect();
  session = undefined;
});
