import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mergeMetrics, mergeOpenApi } from './merge';

const metric = (name: string, ...samples: string[]) =>
  [`# HELP ${name} What ${name} is.`, `# TYPE ${name} gauge`, ...samples, ''].join('\n');

describe('the metrics of several services', () => {
  it('tell each metric once, with the samples of all together', () => {
    const one = metric('lag', 'lag{service="order"} 1') + metric('parked', 'parked{service="order"} 0');
    const other = metric('lag', 'lag{service="inventory"} 2');
    assert.equal(
      mergeMetrics([one, other]),
      [
        ...['# HELP lag What lag is.', '# TYPE lag gauge', 'lag{service="order"} 1', 'lag{service="inventory"} 2'],
        ...['# HELP parked What parked is.', '# TYPE parked gauge', 'parked{service="order"} 0', ''],
      ].join('\n'),
    );
  });

  it('keep the buckets of a histogram with their metric', () => {
    const histogram = '# HELP took Seconds.\n# TYPE took histogram\ntook_bucket{le="1"} 3\ntook_sum 2\ntook_count 3\n';
    assert.equal(mergeMetrics([histogram]), histogram);
  });

  it('are those of the others where a service is away', () => {
    assert.equal(mergeMetrics(['', metric('lag', 'lag 1')]), metric('lag', 'lag 1'));
  });
});

describe('the OpenAPI documents of several services', () => {
  const order = {
    openapi: '3.1.0',
    info: { title: 'Midstream order', version: '1' },
    paths: { '/v1/orders': { get: {} }, '/healthz': { get: {} }, '/readyz': { get: {} }, '/metrics': { get: {} } },
    components: { schemas: { Buyer: { type: 'object' } } },
  };
  const inventory = { openapi: '3.1.0', paths: { '/v1/stock': { get: {} } }, components: { schemas: { Stock: { type: 'object' } } } };

  it('become one, with the paths and schemas of all, and without what each has for its own probes', () => {
    assert.deepEqual(mergeOpenApi([order, inventory]), {
      openapi: '3.1.0',
      info: { title: 'Midstream', version: '1' },
      paths: { '/v1/orders': { get: {} }, '/v1/stock': { get: {} } },
      components: { schemas: { Buyer: { type: 'object' }, Stock: { type: 'object' } } },
    });
  });

  it('may share a schema that both describe alike', () => {
    const { schemas } = mergeOpenApi([order, { components: { schemas: { Buyer: { type: 'object' } } } }]).components ?? {};
    assert.deepEqual(schemas, { Buyer: { type: 'object' } });
  });

  it('may not give one name to two things', () => {
    const other = { components: { schemas: { Buyer: { type: 'string' } } } };
    assert.throws(() => mergeOpenApi([order, other]), /schemas\/Buyer/);
  });
});
