import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { saidOf } from './telemetry';

describe('an error in the log', () => {
  it('says what it is, and not what hangs on it', () => {
    const error = Object.assign(new Error('terminating connection'), {
      code: '57P01',
      table: 'code',
      detail: 'Failing row contains (1, secret)',
      client: { connectionParameters: { password: 'secret' } },
    });
    const said = saidOf(new Error('it broke', { cause: error }));
    assert.match(JSON.stringify(said), /it broke: terminating connection/);
    assert.deepEqual(
      { ...saidOf(error), stack: '' },
      { type: 'Error', message: 'terminating connection', stack: '', code: '57P01', table: 'code' },
    );
    assert.doesNotMatch(JSON.stringify([said, saidOf(error)]), /secret|connectionParameters/);
  });

  it('says what is thrown without being an error', () => {
    assert.deepEqual(saidOf('gone'), { message: 'gone' });
  });
});
