import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type InventoryCommand, type Offer, roomOf, type Rows, rowOf } from '@midstream/inventory-domain';
import { type Caller, Commands, Database, NotFound, Problem } from '@midstream/runtime';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isCode } from './codes';
import { House } from './house';
import type { ImportView } from './views';

export const CODES_PER_IMPORT_MAX = 100_000;
const CODES_AT_ONCE = 500;
const LINES_NAMED_MAX = 20;

/** Reads codes as they come, some hundred at a time: neither the stream nor a code in clear is ever kept. */
@Injectable()
export class CodeImports implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly house: House,
    private readonly commands: Commands<InventoryCommand>,
    private readonly host: HttpAdapterHost,
  ) {}

  /** Streams are handed on as they are; the limit of other bodies is not theirs. */
  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    for (const type of ['application/x-ndjson', 'text/csv'])
      fastify.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
  }

  /** @throws Problem where the offer is not a vault's, or the stream is too long; what was read before that is stored, and may be sent again. */
  async take(offerId: string, request: FastifyRequest, caller: Caller): Promise<ImportView> {
    const { sku } = await this.vaultOffer(offerId);
    const count = { read: 0, stored: 0, invalid: 0, duplicates: 0 };
    const invalidLines: number[] = [];
    const parse = /^text\/csv/i.test(request.headers['content-type'] ?? '') ? firstColumn : codeOfJson;
    let batch: string[] = [];
    const store = async () => {
      const stored = await this.house.codes.stock(offerId, sku, batch);
      count.stored += stored;
      count.duplicates += batch.length - stored;
      batch = [];
    };
    for await (const line of createInterface({ input: bodyOf(request), crlfDelay: Infinity })) {
      if (line.trim() === '') continue;
      count.read += 1;
      if (count.read > CODES_PER_IMPORT_MAX)
        throw new Problem(413, 'too-many-codes', `An import has at most ${CODES_PER_IMPORT_MAX} codes; send it in parts`);
      const code = parse(line);
      if (isCode(code)) batch.push(code);
      else if ((count.invalid += 1) <= LINES_NAMED_MAX) invalidLines.push(count.read);
      if (batch.length >= CODES_AT_ONCE) await store();
    }
    if (batch.length > 0) await store();
    return { ...count, invalidLines, available: await this.count(offerId, caller) };
  }

  private async vaultOffer(offerId: string): Promise<Offer> {
    const { rows } = await this.database.pool.query<{ state: Offer }>(`SELECT state FROM offer WHERE id = $1`, [offerId]);
    const offer = rows[0]?.state;
    if (offer === undefined) throw new NotFound('unknown-offer');
    if (offer.kind !== 'vault')
      throw new Problem(409, 'not-a-vault', 'Codes are imported into offers of a vault; this supplier is bought from');
    return offer;
  }

  private async count(offerId: string, caller: Caller): Promise<number> {
    const stocked = await this.house.codes.stocked(offerId);
    return this.commands.run<number>(
      { type: 'CountVault', offerId, stocked },
      { caller, answer: ({ offers }: Rows) => roomOf(rowOf(offers, offerId)) },
    );
  }
}

function bodyOf(request: FastifyRequest): Readable {
  const { body } = request;
  const isStream = typeof body === 'object' && body !== null && 'pipe' in body;
  if (!isStream) throw new Problem(415, 'media-type-unknown', 'Send application/x-ndjson or text/csv');
  return body as Readable;
}

function codeOfJson(line: string): unknown {
  try {
    const value = JSON.parse(line) as unknown;
    return typeof value === 'object' && value !== null && 'code' in value ? value.code : value;
  } catch {
    return undefined;
  }
}

/** The head line of a CSV is no code: it is reported as a line without one. */
function firstColumn(line: string): unknown {
  const [, quoted, plain] = /^(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/.exec(line) ?? [];
  const value = quoted === undefined ? plain : quoted.replaceAll('""', '"');
  return value === 'code' ? undefined : value;
}
