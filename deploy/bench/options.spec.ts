import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UsageProblem } from '../drill/options';
import { findPgbench } from './floor';
import { marketOf } from './market';
import { BENCHES, NUMBERS, optionsOf, USAGE } from './options';

const told = (text: RegExp) => (error: unknown) => error instanceof UsageProblem && text.test(error.message);

describe('options of a bench', () => {
  it('are all there with nothing but a name', () => {
    assert.deepEqual(optionsOf(['place']), {
      ...{ bench: 'place', bus: 'embedded', clients: undefined, lines: undefined, linesPerOrder: undefined, rate: undefined },
      ...{ events: 100_000, offers: 50_000, history: 0, seconds: 10, rounds: 3, substitutes: 5, capacity: 600, merchants: 20 },
      ...{ regime: 'A', seeds: Array.from({ length: 20 }, (_, n) => 101 + n), days: undefined, data: undefined, panel: undefined },
      ...{ scarce: false, first: false, profile: false, keep: false, json: false },
    });
  });

  it('are taken as they are said', () => {
    const options = optionsOf(['storm', '--bus', 'kafka', '--lines', '2000', '--lines-per-order', '5', '--json', '--profile']);
    assert.ok(options !== 'help');
    const { bench, bus, lines, linesPerOrder, json, profile } = options;
    assert.deepEqual(
      { bench, bus, lines, linesPerOrder, json, profile },
      {
        ...{ bench: 'storm', bus: 'kafka', lines: 2_000, linesPerOrder: 5, json: true, profile: true },
      },
    );
  });

  it('refuse a regime that is none, and seeds that are no range', () => {
    assert.throws(() => optionsOf(['market', '--regime', 'D']), told(/^--regime is A, B or C, not D/));
    for (const seeds of ['', '3-1', '1-', '1-2000', 'x']) assert.throws(() => optionsOf(['market', '--seeds', seeds]), told(/^--seeds is/));
  });

  it('name the benches where none, or an unknown one, is asked for', () => {
    for (const args of [[], ['speed'], ['place', 'storm'], ['--json']]) {
      assert.throws(() => optionsOf(args), told(/^no bench is called .*: place, storm, lap, relay, holds, memory, all/));
    }
  });

  it('refuse what is no number, or none within its limits, and say which', () => {
    for (const [name, { least, most }] of Object.entries(NUMBERS)) {
      for (const text of ['many', '1.5', '-1', '', '1e3', String(most + 1), ...(least > 0 ? [String(least - 1)] : [])]) {
        assert.throws(
          () => optionsOf(['place', `--${name}=${text}`]),
          told(new RegExp(`^--${name} is a whole number from ${least} to ${most}`)),
        );
      }
      for (const good of [least, most]) assert.doesNotThrow(() => optionsOf(['place', `--${name}`, String(good)]));
    }
  });

  it('refuse a bus that there is not, and an option that there is not', () => {
    assert.throws(() => optionsOf(['place', '--bus', 'rabbit']), told(/^--bus is embedded or kafka, not rabbit/));
    assert.throws(() => optionsOf(['place', '--loud']), told(/--loud/));
  });

  it('are explained on demand, all of them', () => {
    assert.equal(optionsOf(['place', '--help']), 'help');
    for (const name of [...Object.keys(BENCHES), ...Object.keys(NUMBERS).map((it) => `--${it}`)]) assert.ok(USAGE.includes(name), name);
  });
});

describe('what a bench needs', () => {
  const plan = { name: 'm', products: 3, capacityPerMinute: 600, leadTimeMs: 0 };

  it('is a market where a line that loses its offer finds another', () => {
    assert.throws(() => marketOf({ ...plan, substitutes: 0 }), told(/^the market has no substitutes/));
    assert.equal(marketOf({ ...plan, substitutes: 1 }).offers.length, 6);
  });

  it('is one cheapest offer for each product, not always of the same supplier', () => {
    const { offers, products } = marketOf({ ...plan, substitutes: 2, hotCapacityPerMinute: 1 });
    const cheapest = products.map(({ sku }) => offers.filter((it) => it.sku === sku && it.costTiers[0]?.costMinor === 900));
    assert.deepEqual(
      cheapest.map((it) => it.map((offer) => offer.supplierId)),
      [['m-s0'], ['m-s1'], ['m-s2']],
    );
    assert.deepEqual(
      offers.filter((it) => it.capacityPerMinute === 1),
      cheapest.flat(),
    );
  });

  it('is pgbench, and where there is none it says how to get it', () => {
    assert.throws(() => findPgbench('/nowhere', '/nowhere'), told(/^no pgbench: .*apt-get install postgresql-contrib/));
  });
});
