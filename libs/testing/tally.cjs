'use strict';
// A reporter for `node --test`, loaded by Node itself and therefore no TypeScript: one JSON line a finished test or suite.
module.exports = async function* tally(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const { name, file, nesting, skip, todo, details } = data;
    const passedOver = skip !== undefined || todo !== undefined;
    yield `${JSON.stringify({ passed: type === 'test:pass', suite: details.type === 'suite', passedOver, name, file, nesting })}\n`;
  }
};
