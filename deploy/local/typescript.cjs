'use strict';
// `node --conditions=@midstream/source -r ./deploy/local/typescript.cjs file.ts`: runs the sources as they lie, so that
// a laptop and a test need no build step. Types are checked by `npm run typecheck`; production runs dist/.
const fs = require('node:fs');
const path = require('node:path');
const Module = require('node:module');
const { transformSync } = require('@swc/core');

const { $schema: _schema, ...options } = JSON.parse(fs.readFileSync(path.join(__dirname, '../../.swcrc'), 'utf8'));

Module._extensions['.ts'] = (module, filename) => {
  const source = fs.readFileSync(filename, 'utf8');
  const { code } = transformSync(source, { ...options, swcrc: false, filename, sourceMaps: 'inline' });
  module._compile(code, filename);
};
process.setSourceMapsEnabled(true);
