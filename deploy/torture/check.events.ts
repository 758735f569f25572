import { SERVICES, type Service, TOPICS, type Topic, topicsReadBy } from '@midstream/contracts';
import { asViolations, type Found, type Violation } from './check';
import type { Databases } from './databases';

/** Far more than there is to tell of one hole. */
const TOLD_MAX = 20;
/** A timer is done within a moment of its time; on a machine that has much to do, within seconds. */
const OVERDUE_S = 10;

/** Whether every fact has reached each of its readers once, and whether anything is left to do. */
export async function checkEvents(databases: Databases): Promise<Violation[]> {
  const violations: Violation[] = [];
  for (const reader of SERVICES) violations.push(...asViolations('events', await unheard(databases, reader)));
  violations.push(...asViolations('events', await untold(databases)));
  for (const service of SERVICES) {
    violations.push(...asViolations('todo', inDatabase(service, await databases.query<Found>(service, LEFT_TO_DO, [OVERDUE_S]))));
    violations.push(...asViolations('parked', inDatabase(service, await databases.query<Found>(service, PARKED))));
  }
  return violations;
}

const inDatabase = (service: Service, rows: readonly Found[]): Found[] =>
  rows.map(({ where, what }) => ({ where: `${service}: ${where}`, what }));

/** I5: the readers' inboxes against the owners' logs; of compacted topics, the newest state against the reader's projection. */
async function unheard({ query }: Databases, reader: Service): Promise<Found[]> {
  const topics = topicsReadBy(reader);
  const inbox = await query<{ id: string }>(reader, `SELECT event_id::text AS id FROM inbox WHERE consumer = $1`, [reader]);
  const heard = new Set(inbox.map((it) => it.id));
  const found: Found[] = [];
  for (const owner of SERVICES) {
    const plain = topics.filter((it) => TOPICS[it].owner === owner && !TOPICS[it].compacted);
    const told = await query<{ id: string; n: string; type: string; key: string }>(
      owner,
      `SELECT event_id::text AS id, id AS n, type, key FROM event WHERE topic = ANY($1) ORDER BY id`,
      [plain],
    );
    for (const { id, n, type, key } of told)
      if (!heard.delete(id)) found.push({ where: `${owner}: event ${n}`, what: `${reader} has not heard ${type} of ${key} (${id})` });
    for (const topic of topics.filter((it) => TOPICS[it].owner === owner && TOPICS[it].compacted))
      found.push(...(await behind(query, topic, owner, reader)));
  }
  found.push(...[...heard].map((id) => ({ where: `${reader}: inbox`, what: `it has heard ${id}, which nobody has told` })));
  return found.length > TOLD_MAX ? [...found.slice(0, TOLD_MAX), { where: reader, what: `and ${found.length - TOLD_MAX} more` }] : found;
}

interface State {
  readonly key: string;
  readonly version: string;
}

async function behind(query: Databases['query'], topic: Topic, owner: Service, reader: Service): Promise<Found[]> {
  const newest = await query<State>(
    owner,
    `SELECT key, max((data ->> 'version')::bigint) AS version FROM event WHERE topic = $1 GROUP BY key`,
    [topic],
  );
  const known = new Map(
    (await query<State>(reader, `SELECT key, version FROM projection WHERE topic = $1`, [topic])).map((it) => [it.key, it.version]),
  );
  return newest
    .filter(({ key, version }) => known.get(key) !== version)
    .map(({ key, version }) => ({
      where: `${reader}: ${topic} ${key}`,
      what: `is at version ${known.get(key) ?? 'none'}, ${owner} has told ${version}`,
    }));
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

const PARKED = `SELECT key AS where, 'the key is parked: ' || error AS what FROM parked_key
  UNION ALL SELECT key, format('message %s of %s is parked: %s', id, topic, left(envelope, 300)) FROM parked_message`;
