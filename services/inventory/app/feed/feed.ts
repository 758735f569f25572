import { type Caller, Database, Problem, withoutNulls } from '@midstream/runtime';
import { Injectable } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { House } from '../house';
import { SupplierFeed } from '../supplier-feed';
import type { StockReportView } from '../views';
import { FeedMessageDto } from './feed.dto';
import { faultOf, type Signed, type SignatureFault, TOLERANCE_MS } from './signature';

/** So long a message's id is remembered: twice as long as one could come again and still be in time. */
const REMEMBERED_MS = 2 * TOLERANCE_MS;

const FAULTS: Readonly<Record<SignatureFault, readonly [status: number, title: string]>> = {
  'signature-missing': [401, 'Sign the message: webhook-id, webhook-timestamp and webhook-signature'],
  'signature-malformed': [400, 'The headers are not those of Standard Webhooks'],
  'signature-too-old': [400, 'The message is older than five minutes; sign it again with the time of now'],
  'signature-too-new': [400, 'The message is signed for a time that has not come; set your clock'],
  'signature-wrong': [401, 'No secret of this supplier gives this signature'],
};

/** What suppliers push: signed, in time, and each message once. */
@Injectable()
export class SignedFeed {
  constructor(
    private readonly database: Database,
    private readonly house: House,
    private readonly feed: SupplierFeed,
  ) {}

  /** @throws Problem where it is not genuine, comes again, or is no message of a feed */
  async take(supplierId: string, signed: Signed): Promise<StockReportView> {
    // a supplier that is not there has no secret: the answer is the same, so that nobody can probe
    const fault = faultOf(signed, await this.house.feedSecrets.of(supplierId), Date.now());
    if (fault !== undefined) throw new Problem(FAULTS[fault][0], fault, FAULTS[fault][1]);
    const message = await read(signed.body);
    const id = signed.id ?? '';
    if (await this.isKnown(supplierId, id))
      throw new Problem(409, 'message-known', 'A message of this webhook-id has been taken; nothing was taken again');
    const caller: Caller = { scope: 'supplier', supplierId, keyId: 'feed' };
    const report = await this.feed.take(supplierId, message.data.changes, caller);
    // Only now: one whose process dies before comes again, and what was taken of it is known by its sequence
    await this.remember(supplierId, id);
    return report;
  }

  private async isKnown(supplierId: string, id: string): Promise<boolean> {
    const { rowCount } = await this.database.pool.query(`SELECT 1 FROM feed_message WHERE supplier_id = $1 AND webhook_id = $2`, [
      supplierId,
      id,
    ]);
    return rowCount !== 0;
  }

  private async remember(supplierId: string, id: string): Promise<void> {
    await this.database.pool.query(`DELETE FROM feed_message WHERE taken_at < clock_timestamp() - make_interval(secs => $1)`, [
      REMEMBERED_MS / 1000,
    ]);
    await this.database.pool.query(`INSERT INTO feed_message (supplier_id, webhook_id) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [
      supplierId,
      id,
    ]);
  }
}

/** Read after the signature was found genuine: what is wrong with it is told to nobody else. */
async function read(body: string): Promise<FeedMessageDto> {
  const message = plainToInstance(FeedMessageDto, parsed(body));
  const errors = await validate(message, { whitelist: true, forbidNonWhitelisted: true });
  const fields = errors.flatMap((it) => fieldsOf(it));
  if (fields.length > 0)
    throw new Problem(400, 'invalid-body', 'The message is none of a feed', fields.map((it) => `${it.field}: ${it.message}`).join('; '), {
      fields,
    });
  return withoutNulls(message);
}

function parsed(body: string): object {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // told below
  }
  throw new Problem(400, 'invalid-body', 'The message is not a JSON object');
}

function fieldsOf({ property, constraints = {}, children = [] }: ValidationError, path = ''): { field: string; message: string }[] {
  const field = path === '' ? property : `${path}.${property}`;
  return [...Object.values(constraints).map((message) => ({ field, message })), ...children.flatMap((it) => fieldsOf(it, field))];
}
