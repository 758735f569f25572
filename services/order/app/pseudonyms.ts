import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Database, SETTINGS } from '@midstream/runtime';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';

const SECRET_LENGTH_LEAST = 32;

/**
 * Names buyers to the other services: HMAC-SHA-256 of merchant and reference, so that the same buyer of one merchant is always the same, and
 * nobody without the key can say who it is. The key is MIDSTREAM_BUYER_KEY (or …_FILE); without it the database keeps one that was drawn once.
 */
@Injectable()
export class Pseudonyms implements OnModuleInit {
  private key: Buffer | undefined;

  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Readonly<Record<string, string>>,
  ) {}

  async onModuleInit(): Promise<void> {
    const { buyerKey } = this.settings;
    if (buyerKey !== undefined && buyerKey.length < SECRET_LENGTH_LEAST)
      throw new Error(`MIDSTREAM_BUYER_KEY is too short: ${SECRET_LENGTH_LEAST} characters at least`);
    this.key = buyerKey === undefined ? await this.drawn() : Buffer.from(hkdfSync('sha256', buyerKey, '', 'buyers', 32));
  }

  of(merchantId: string, reference: string): string {
    if (this.key === undefined) throw new Error('pseudonyms are asked for before their key is there');
    return createHmac('sha256', this.key).update(`${merchantId}\n${reference}`).digest('hex').slice(0, 32);
  }

  private async drawn(): Promise<Buffer> {
    await this.database.query('INSERT INTO pseudonym_key (secret) VALUES ($1) ON CONFLICT DO NOTHING', [randomBytes(32)]);
    const { rows } = await this.database.query<{ secret: Buffer }>('SELECT secret FROM pseudonym_key');
    const [row] = rows;
    if (row === undefined) throw new Error('the key of the pseudonyms cannot be read');
    return row.secret;
  }
}
