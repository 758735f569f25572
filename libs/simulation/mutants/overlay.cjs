'use strict';
// Preloaded beside typescript.cjs: plants a bug in a file's text when the file is read, and leaves the file as it lies. Which, says
// MIDSTREAM_MUTANT ({ file, before, after }), or whoever sets `globalThis.midstreamMutant`.
const fs = require('node:fs');

globalThis.midstreamMutant = process.env.MIDSTREAM_MUTANT === undefined ? undefined : JSON.parse(process.env.MIDSTREAM_MUTANT);

const read = fs.readFileSync;
fs.readFileSync = (name, ...options) => {
  const text = read(name, ...options);
  const mutant = globalThis.midstreamMutant;
  if (mutant === undefined || name !== mutant.file) return text;
  const parts = text.split(mutant.before);
  if (parts.length !== 2) throw new Error(`the bug's text stands ${parts.length - 1} times in ${mutant.file}`);
  mutant.planted = true;
  return parts.join(mutant.after);
};
