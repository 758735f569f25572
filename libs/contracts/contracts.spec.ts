import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { asyncApiYaml } from './generate';
import { type Envelope, factOf, faultOf, factTypeOf, topicNames, TOPICS, topicOf, topicsOf, topicsReadBy } from './index';

const samples = readdirSync(join(__dirname, 'samples')).map(
  (file) => JSON.parse(readFileSync(join(__dirname, 'samples', file), 'utf8')) as Envelope,
);
const types = topicNames.flatMap((topic) => Object.keys(TOPICS[topic].facts));

describe('a fact', () => {
  it('has one home', () => {
    assert.equal(new Set(types).size, types.length);
  });

  it('has a golden sample, and no sample is without its fact', () => {
    assert.deepEqual(samples.map((it) => factTypeOf(it.type)).sort(), [...types].sort());
  });

  for (const sample of samples) {
    const type = factTypeOf(sample.type) ?? '';
    it(`${type}: the golden sample keeps the schema, and its subject is the key of its topic`, () => {
      assert.equal(faultOf(type, sample.data), undefined);
      const topic = topicOf(type);
      assert.ok(topic !== undefined);
      assert.equal((sample.data as Record<string, unknown>)[TOPICS[topic].key], sample.subject);
      assert.deepEqual(factOf(sample), { type, ...(sample.data as object) });
    });
  }
});

describe('an unknown property', () => {
  const [sample] = samples.filter((it) => factTypeOf(it.type) === 'LineClosed');
  const data = { ...(sample?.data as object), added: 'in a later version' };

  it('is refused at our own door', () => {
    assert.match(faultOf('LineClosed', data, 'out') ?? '', /additional properties/);
  });

  it('is let in from a newer writer', () => {
    assert.equal(faultOf('LineClosed', data, 'in'), undefined);
  });
});

it('says which property of which fact is broken', () => {
  assert.equal(faultOf('LineClosed', {}), "LineClosed must have required property 'orderId'");
});

it('skips a type that this version does not know', () => {
  const [sample] = samples;
  assert.ok(sample !== undefined);
  assert.equal(factOf({ ...sample, type: 'midstream.FromTheFuture' }), undefined);
});

describe('a topic', () => {
  it('is not read by its own owner', () => {
    for (const topic of topicNames) assert.ok(!(TOPICS[topic].readers as readonly string[]).includes(TOPICS[topic].owner), topic);
  });

  it('that is compacted carries one type, with a version', () => {
    for (const topic of topicNames.filter((it) => TOPICS[it].compacted)) {
      const facts = Object.values(TOPICS[topic].facts as Readonly<Record<string, { readonly properties: object }>>);
      assert.equal(facts.length, 1, topic);
      assert.ok('version' in (facts[0]?.properties ?? {}), topic);
    }
  });

  it('is found from both its ends', () => {
    assert.deepEqual(topicsOf('selection-engine'), ['selection.by-order', 'selection.additions', 'selection.by-sku', 'selection.market']);
    assert.deepEqual(topicsReadBy('compliance'), ['selection.by-order', 'inventory.by-sku', 'order.by-api-key']);
  });
});

it('AsyncAPI is fresh: run npm run generate', () => {
  assert.equal(readFileSync(join(__dirname, 'asyncapi.yaml'), 'utf8'), asyncApiYaml());
});
