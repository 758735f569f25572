import { compliance } from '@midstream/compliance-domain';
import { type AnyFact, SERVICES, type Service, TOPICS, topicsReadBy } from '@midstream/contracts';
import { inventory } from '@midstream/inventory-domain';
import { notification } from '@midstream/notification-domain';
import { order as orders } from '@midstream/order-domain';
import { selection } from '@midstream/selection-engine-domain';
import { asViolations, type Found, type Violation } from './check';
import type { Databases } from './databases';

/** Far more than there is to tell of one hole. */
const TOLD_MAX = 20;
/** A timer is done within a moment of its time; on a machine that has much to do, within seconds. */
const OVERDUE_S = 10;

/** Whether every fact has reached each of its readers once, and whether anything is left to do. */
export async function checkEvents(databases: Databases): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const reader of SERVICES) {
    violations.push(...asViolations('events/heard', await unheard(databases, reader)));
    violations.push(...asViolations('events/newest', await behind(databases, reader)));
  }
  violations.push(...asViolations('events/told', await untold(databases)));
  for (const service of SERVICES) {
    violations.push(...asViolations('todo/left', inDatabase(service, await databases.query<Found>(service, LEFT_TO_DO, [OVERDUE_S]))));
    violations.push(...asViolations('parked/keys', inDatabase(service, await databases.query<Found>(service, PARKED_KEYS))));
    violations.push(...asViolations('parked/messages', inDatabase(service, await databases.query<Found>(service, PARKED_MESSAGES))));
  }
  return violations;
}

const inDatabase = (service: Service, rows: readonly Found[]): Found[] =>
  rows.map(({ where, what }) => ({ where: `${service}: ${where}`, what }));

/** What a fact calls for at its reader, by the reader's own domain: what calls for nothing leaves no trace in its inbox. */
const CALLS: Readonly<Record<Service, (fact: AnyFact) => readonly unknown[]>> = {
  order: orders.react,
  'selection-engine': selection.react,
  compliance: compliance.react,
  inventory: inventory.react,
  notification: notification.react,
};

/** I5: a reader's inbox against the owners' logs. */
async function unheard({ query }: Databases, reader: Service): Promise<Found[]> {
  const topics = topicsReadBy(reader);
  const inbox = await query<{ id: string }>(reader, `SELECT event_id::text AS id FROM inbox WHERE consumer = $1`, [reader]);
  const heard = new Set(inbox.map((it) => it.id));
  const found: Found[] = [];
  for (const owner of SERVICES) {
    const plain = topics.filter((it) => TOPICS[it].owner === owner && !TOPICS[it].compacted);
    const told = await query<{ id: string; n: string; type: string; key: string; data: object }>(
      owner,
      `SELECT event_id::text AS id, id AS n, type, key, data FROM event WHERE topic = ANY($1) ORDER BY id`,
      [plain],
    );
    for (const { id, n, type, key, data } of told)
      if (!heard.delete(id) && CALLS[reader]({ type, ...data } as AnyFact).length > 0)
        found.push({ where: `${owner}: event ${n}`, what: `${reader} has not heard ${type} of ${key} (${id})` });
  }
  found.push(...[...heard].map((id) => ({ where: `${reader}: inbox`, what: `it has heard ${id}, which nobody has told` })));
  return found.length > TOLD_MAX ? [...found.slice(0, TOLD_MAX), { where: reader, what: `and ${found.length - TOLD_MAX} more` }] : found;
}

interface State {
  readonly key: string;
  readonly version: string;
}

/** Of compacted topics: the newest state against the reader's projection. */
async function behind({ query }: Databases, reader: Service): Promise<Found[]> {
  const found: Found[] = [];
  for (const topic of topicsReadBy(reader).filter((it) => TOPICS[it].compacted)) {
    const { owner } = TOPICS[topic];
    const newest = await query<State>(
      owner,
      `SELECT key, max((data ->> 'version')::bigint) AS version FROM event WHERE topic = $1 GROUP BY key`,
      [topic],
    );
    const rows = await query<State>(reader, `SELECT key, version FROM projection WHERE topic = $1`, [topic]);
    const known = new Map(rows.map((it) => [it.key, it.version]));
    for (const { key, version } of newest)
      if (known.get(key) !== version)
        found.push({
          where: `${reader}: ${topic} ${key}`,
          what: `is at version ${known.get(key) ?? 'none'}, ${owner} has told ${version}`,
        });
  }
  return found;
}

/** What hearing once comes to: notification numbers what it tells of an order without a gap and without a repeat. */
async function untold({ query }: Databases): Promise<Found[]> {
  return query<Found>(
    'notification',
    `SELECT coalesce(t.id, e.id) AS where, format('told up to %s, by %s facts of which the highest is %s', t.sequence, e.n, e.highest) AS what
       FROM order_told t FULL JOIN (
         SELECT data ->> 'orderId' AS id, count(DISTINCT (data ->> 'sequence')::int) AS n, max((data ->> 'sequence')::int) AS highest, count(*) AS facts
           FROM event WHERE type = 'FactTold' GROUP BY 1) e USING (id)
      WHERE t.sequence IS DISTINCT FROM e.highest OR e.n <> e.highest OR e.facts <> e.n`,
  );
}

const LEFT_TO_DO = `SELECT format('todo %s', id) AS where,
    format('%s of %s, due at %s, %s attempts%s%s: %s', kind, key, due_at, attempts, CASE WHEN stuck THEN ', stuck' END, CASE WHEN lease_until IS NOT NULL THEN ', leased until ' || lease_until END, coalesce(error, left(payload::text, 300))) AS what
  FROM todo WHERE stuck OR kind <> 'command' OR due_at < clock_timestamp() - make_interval(secs => $1) LIMIT 20`;

const PARKED_KEYS = `SELECT key AS where, 'the key is parked: ' || error AS what FROM parked_key`;

const PARKED_MESSAGES = `SELECT key AS where, format('message %s of %s is parked: %s', id, topic, left(envelope, 300)) AS what FROM parked_message`;
