import { CONTENT_TYPE, wireTypeOf } from './envelope';
import { type Service, topicNames, TOPICS, type Topic } from './topics';

const camel = (topic: Topic): string => topic.replace(/[.-](\w)/g, (_, letter: string) => letter.toUpperCase());

const factsOf = (topic: Topic): [string, object][] => Object.entries(TOPICS[topic].facts as Readonly<Record<string, object>>);

/** AsyncAPI 3.0 of the hub's inside, made from TOPICS; `asyncapi.yaml` is this, and a test says so. */
export function asyncApi(): object {
  const services = [...new Set(topicNames.flatMap((it): readonly Service[] => [TOPICS[it].owner, ...TOPICS[it].readers]))];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Midstream events',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in structured JSON mode. Facts of one key arrive in order; a reader may see a fact again. Kafka is the inside of the hub: merchants get webhooks and streams.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: CONTENT_TYPE,
    channels: Object.fromEntries(topicNames.map((topic) => [camel(topic), channelOf(topic)])),
    operations: Object.fromEntries(
      services.flatMap((service) => [
        ...topicNames
          .filter((it) => TOPICS[it].owner === service)
          .map((it) => [`${service}-publishes-${camel(it)}`, operationOf('send', service, it)]),
        ...topicNames
          .filter((it) => TOPICS[it].readers.includes(service))
          .map((it) => [`${service}-reads-${camel(it)}`, operationOf('receive', service, it)]),
      ]) as [string, object][],
    ),
    components: {
      messages: Object.fromEntries(
        topicNames.flatMap((topic) => factsOf(topic).map(([type, schema]) => [type, messageOf(type, schema, TOPICS[topic].key)])),
      ),
    },
  };
}

const channelOf = (topic: Topic): object => ({
  address: topic,
  description: TOPICS[topic].about,
  messages: Object.fromEntries(factsOf(topic).map(([type]) => [type, { $ref: `#/components/messages/${type}` }])),
  bindings: {
    kafka: { topicConfiguration: { 'cleanup.policy': [TOPICS[topic].compacted ? 'compact' : 'delete'] }, bindingVersion: '0.5.0' },
  },
});

const operationOf = (action: 'send' | 'receive', service: Service, topic: Topic): object => ({
  action,
  summary: `${service} ${action === 'send' ? 'publishes' : 'reads'} ${topic}`,
  channel: { $ref: `#/channels/${camel(topic)}` },
});

const messageOf = (type: string, schema: object, key: string): object => ({
  name: type,
  contentType: CONTENT_TYPE,
  bindings: { kafka: { key: { type: 'string', description: `the fact's ${key}` }, bindingVersion: '0.5.0' } },
  payload: {
    schemaFormat: 'application/schema+json;version=draft-2020-12',
    schema: {
      type: 'object',
      required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'sequence', 'data'],
      properties: {
        specversion: { const: '1.0' },
        id: { type: 'string', format: 'uuid' },
        source: { type: 'string' },
        type: { const: wireTypeOf(type) },
        subject: { type: 'string' },
        time: { type: 'string', format: 'date-time' },
        datacontenttype: { const: 'application/json' },
        sequence: { type: 'string', description: 'Grows with every fact of one subject' },
        traceparent: { type: 'string' },
        data: JSON.parse(JSON.stringify(schema)) as object,
      },
    },
  },
});
