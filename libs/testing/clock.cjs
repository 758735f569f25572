'use strict';
// Preloaded into each spec file's process by run.ts: notes how long the file took, loading included. The runner's own events
// come in the order of the files, not when things happen.
const fs = require('node:fs');
const file = process.argv[1] ?? '';
if (process.env.MIDSTREAM_TEST_CLOCK && process.env.NODE_TEST_CONTEXT && file.endsWith('.spec.ts')) {
  process.once('exit', () => {
    fs.appendFileSync(process.env.MIDSTREAM_TEST_CLOCK, `${JSON.stringify({ file, ms: Math.round(performance.now()) })}\n`);
  });
}
