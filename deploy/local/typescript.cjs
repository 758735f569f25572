'use strict';
// `node --conditions=@midstream/source -r ./deploy/local/typescript.cjs file.ts`: runs the sources as they lie, so that
// a laptop and a test need no build step. Types are checked by `npm run typecheck`; production runs dist/.
// What a source compiles to is kept under node_modules/.cache, by its content: a process that finds all of it there never loads the compiler, and
// source maps are read when an error is printed. That is 57 MB and a fifth of the start for each process.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { threadId } = require('node:worker_threads');

const ROOT = path.join(__dirname, '../..');
const { $schema: _schema, ...options } = JSON.parse(fs.readFileSync(path.join(ROOT, '.swcrc'), 'utf8'));
const compiler = JSON.stringify([options, require('@swc/core/package.json').version]);
const kept = path.join(ROOT, 'node_modules/.cache/midstream');

const placeOf = (source, filename) => path.join(kept, createHash('sha256').update(`${compiler}\0${filename}\0${source}`).digest('hex'));

/** Under names of their own first: processes that start together compile the same. Where nothing can be written, nothing is kept. */
function keep(texts) {
  try {
    fs.mkdirSync(kept, { recursive: true });
    for (const [file, text] of texts) {
      const own = `${file}.${process.pid}.${threadId}`;
      fs.writeFileSync(own, text);
      fs.renameSync(own, file);
    }
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC'].includes(error.code)) throw error;
  }
}

function compiled(source, filename) {
  const place = placeOf(source, filename);
  if (fs.existsSync(`${place}.js`)) return fs.readFileSync(`${place}.js`, 'utf8');
  const { code, map } = require('@swc/core').transformSync(source, { ...options, swcrc: false, filename, sourceMaps: true });
  const named = `${code}\n//# sourceMappingURL=${pathToFileURL(place).href}.map`;
  keep([[`${place}.map`, map], [`${place}.js`, named]]); // prettier-ignore
  return named;
}

Module._extensions['.ts'] = (module, filename) => module._compile(compiled(fs.readFileSync(filename, 'utf8'), filename), filename);

const maps = new Map();
function mapOf(filename) {
  if (!maps.has(filename)) {
    // An error must not fail at being printed, whatever has become of the files
    try {
      const place = placeOf(fs.readFileSync(filename, 'utf8'), filename);
      maps.set(filename, new Module.SourceMap(JSON.parse(fs.readFileSync(`${place}.map`, 'utf8'))));
    } catch {
      maps.set(filename, undefined);
    }
  }
  return maps.get(filename);
}

/** Where it stands in the source, if that is known. A file that has changed or gone meanwhile has no map. */
function inSource(frame) {
  const [file, line, column] = [frame.getFileName(), frame.getLineNumber(), frame.getColumnNumber()];
  if (!file?.endsWith('.ts')) return `${frame}`;
  const { originalLine, originalColumn } = mapOf(file)?.findEntry(line - 1, column - 1) ?? {};
  return originalLine === undefined ? `${frame}` : `${frame}`.replace(`:${line}:${column}`, `:${originalLine + 1}:${originalColumn + 1}`);
}

// Node's runner of tests asks for the maps of all that it loads, to say where a test stands
if (process.env.NODE_TEST_CONTEXT !== undefined) process.setSourceMapsEnabled(true);
else Error.prepareStackTrace = (error, frames) => [Error.prototype.toString.call(error), ...frames.map(inSource)].join('\n    at ');
