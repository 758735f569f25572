#!/usr/bin/env bash
# Asks validators that are not ours whether the OpenAPI and AsyncAPI documents are what they say they are.
set -euo pipefail
cd "$(dirname "$0")/../.."
OPENAPI=0.9.0 ASYNCAPI=3.6.6

python=.cache/openapi-spec-validator-$OPENAPI
if [ ! -x "$python/bin/openapi-spec-validator" ]; then
  rm -rf "$python"
  python3 -m venv "$python"
  "$python/bin/pip" install --quiet --disable-pip-version-check "openapi-spec-validator==$OPENAPI"
fi
"$python/bin/openapi-spec-validator" --schema 3.1 libs/contracts/openapi/*.json

node=.cache/asyncapi-parser-$ASYNCAPI
if [ ! -d "$node/node_modules/@asyncapi/parser" ]; then
  mkdir -p "$node"
  echo '{"private":true}' >"$node/package.json"
  npm install --prefix "$node" --no-save --no-progress --ignore-scripts "@asyncapi/parser@$ASYNCAPI" >/dev/null 2>&1
fi
node - "$node/node_modules/@asyncapi/parser" libs/contracts/asyncapi.yaml <<'JS'
const [folder, file] = process.argv.slice(2);
const { Parser } = require(require('node:path').resolve(folder));
const ERROR = 0;
new Parser().parse(require('node:fs').readFileSync(file, 'utf8')).then(({ document, diagnostics }) => {
  const wrong = diagnostics.filter((it) => it.severity === ERROR);
  for (const it of wrong) console.error(`${file}: ${it.path.join('.')}: ${it.message}`);
  if (wrong.length > 0 || document === undefined) process.exit(1);
  const messages = document.allMessages().all().length;
  if (messages === 0) throw new Error(`${file} names no message`);
  console.log(`${file}: OK (${messages} messages)`);
});
JS
