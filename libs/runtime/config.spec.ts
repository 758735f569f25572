import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectionsOf } from './config';
import { CONNECTIONS } from './limits';

describe('the connections of a replica to its database', () => {
  it('are as many as is usual, or as is said', () => {
    for (const value of [undefined, '']) assert.equal(connectionsOf(value), CONNECTIONS.usual);
    for (const n of [CONNECTIONS.least, 20, CONNECTIONS.most]) assert.equal(connectionsOf(String(n)), n);
  });

  it('are refused by their name, with what may be', () => {
    for (const value of ['4', '101', '8.5', '-5', 'many', ' 8'])
      assert.throws(() => connectionsOf(value), { message: `DATABASE_CONNECTIONS is ${value}: a number from 5 to 100` });
  });
});
