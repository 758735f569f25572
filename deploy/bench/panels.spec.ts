import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomOf } from '@midstream/simulation/random';
import { UsageProblem } from '../drill/options';
import { foretell, panelOf, readPanels } from './panels';

const GOODS = ['one', 'two', 'three', 'four'];
const [HOUSEHOLDS, EACH] = [120, 20];

/** Households that stay with a favourite most of the time, and else take what is cheap just then. */
function columns(seed: number): Record<string, (string | number)[]> {
  const random = randomOf(seed);
  const made: Record<string, (string | number)[]> = { id: [], choice: [], ...Object.fromEntries(GOODS.map((it) => [`price.${it}`, []])) };
  for (let household = 0; household < HOUSEHOLDS; household++) {
    const favourite = random.pick(GOODS);
    for (let n = 0; n < EACH; n++) {
      const prices = new Map(GOODS.map((it) => [it, random.chance(0.3) ? 0.7 : 1]));
      const others = GOODS.filter((it) => it !== favourite);
      const cheap = others.filter((it) => prices.get(it) === 0.7);
      const passes = random.chance(cheap.length > 0 ? 0.4 : 0.05);
      made['id']?.push(household);
      made['choice']?.push(passes ? random.pick(cheap.length > 0 ? cheap : others) : favourite);
      for (const [it, price] of prices) made[`price.${it}`]?.push(price);
    }
  }
  return made;
}

describe('panels of households', () => {
  it('show whether prices were learnt to matter', () => {
    const foretold = new Map(foretell(panelOf('made', columns(1))).map((it) => [it.predictor, it]));
    assert.deepEqual([...foretold.keys()], ['popularity', 'nearest price', 'household history', 'midstream']);
    const [ours, popular] = [foretold.get('midstream'), foretold.get('popularity')];
    assert.ok(ours && popular && ours.switches > 100);
    assert.ok(ours.top1 > popular.top1 + 0.15 && ours.logLikelihood > popular.logLikelihood + 0.1);
  });

  it('are judged in the last part of each household’s purchases, where these were not its favourite', () => {
    const choice = [...Array.from({ length: 7 }, () => 'one'), 'two', 'one', 'three', 'two'];
    const id = [...Array.from({ length: 10 }, () => 1), 2]; // the other has no part that could teach
    const prices = Object.fromEntries(GOODS.map((it) => [`price.${it}`, choice.map(() => 1)]));
    for (const { switches, top1, logLikelihood } of foretell(panelOf('tiny', { id, choice, ...prices }))) {
      assert.equal(switches, 2);
      assert.ok(top1 >= 0 && top1 <= 1 && logLikelihood < 0);
    }
  });

  it('are refused where they are not whole', () => {
    const { choice: _, ...without } = columns(1);
    const broken = [without, { ...columns(1), 'price.one': [1] }, { id: [1], choice: ['a'], 'price.a': [1], 'price.b': [1] }];
    for (const it of broken) assert.throws(() => panelOf('made', it), UsageProblem);
    assert.throws(
      () => readPanels('/no/such/file'),
      (error) => error instanceof UsageProblem && /--panel \/no\/such\/file/.test(error.message),
    );
  });
});
