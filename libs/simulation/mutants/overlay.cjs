'use strict';
// Preloaded beside typescript.cjs: plants a bug in a file's text when the file is read, and leaves the file as it lies. Which, says
// MIDSTREAM_MUTANT ({ file, before, after }), or whoever sets `globalThis.midstreamMutant`. Files that are loaded again, without a bug, are not
// translated again.
const fs = require('node:fs');
const Module = require('node:module');

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

const translated = new Map();
const load = Module._extensions['.ts'];
Module._extensions['.ts'] = (module, file) => {
  if (file === globalThis.midstreamMutant?.file) return load(module, file);
  const known = translated.get(file);
  if (known !== undefined) return module._compile(known, file);
  const compile = module._compile.bind(module);
  module._compile = (code, name) => {
    translated.set(file, code);
    return compile(code, name);
  };
  return load(module, file);
};
